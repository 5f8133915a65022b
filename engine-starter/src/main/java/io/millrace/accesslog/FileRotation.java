package io.millrace.accesslog;

/**
 * When a file of lines is put aside, and what becomes of those that were. They are named
 * after the file, with the day of their lines and a number:
 * {@code access.log.2026-11-21.0.gz}.
 *
 * @param daily whether each day has a file of its own
 * @param maxSize how many bytes a file may have, about; 0 for any number
 * @param maxHistory for how many days files are kept besides today's, 0 for ever
 * @param totalSizeCap how many bytes the files that were put aside may have together, 0
 * for any number; the oldest are deleted, and the youngest never is
 * @param compress whether they are compressed with gzip
 */
public record FileRotation(boolean daily, long maxSize, int maxHistory, long totalSizeCap, boolean compress) {

	/** The file grows, until somebody else puts it aside. */
	public static final FileRotation NONE = new FileRotation(false, 0, 0, 0, false);

	/**
	 * Check the numbers.
	 * @throws IllegalArgumentException naming what is out of range
	 */
	public FileRotation {
		require(maxSize >= 0, "maxSize", maxSize);
		require(maxHistory >= 0, "maxHistory", maxHistory);
		require(totalSizeCap >= 0, "totalSizeCap", totalSizeCap);
	}

	private static void require(boolean valid, String name, long value) {
		if (!valid) {
			throw new IllegalArgumentException(name + " has to be 0 or more, and is " + value);
		}
	}

	/**
	 * Whether a file is ever put aside.
	 * @return whether it is
	 */
	boolean isOn() {
		return this.daily || this.maxSize > 0;
	}

}
