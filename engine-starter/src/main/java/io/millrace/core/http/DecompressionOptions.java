package io.millrace.core.http;

/**
 * How far request bodies are decompressed.
 *
 * @param maxSize how many bytes may come out, 1 or more; above, the client gets 413
 * @param maxRatio how many times more bytes may come out than went in, 1 or more,
 * regarded from {@link #FREE_SIZE} on; above, the client gets 413
 */
public record DecompressionOptions(long maxSize, int maxRatio) {

	/** So much of a body may come out of however little. */
	public static final long FREE_SIZE = 64 * 1024;

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming what is out of range
	 */
	public DecompressionOptions {
		require(maxSize >= 1, "decompressedSize", maxSize);
		require(maxRatio >= 1, "decompressedRatio", maxRatio);
	}

	private static void require(boolean valid, String name, long value) {
		if (!valid) {
			throw new IllegalArgumentException(name + " has to be 1 or more, and is " + value);
		}
	}

}
