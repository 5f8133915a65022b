package io.millrace.core.compression;

/**
 * A coding for responses, and how hard it tries.
 *
 * @param coding the coding
 * @param level its level
 */
public record CodingLevel(ContentCoding coding, int level) {

	private static final long MB = 1024 * 1024;

	/**
	 * Check the level.
	 * @throws IllegalArgumentException naming what is out of range
	 */
	public CodingLevel {
		if (coding == ContentCoding.DEFLATE) {
			throw new IllegalArgumentException("Responses are not coded with deflate");
		}
		if (level < coding.minLevel() || level > coding.maxLevel()) {
			throw new IllegalArgumentException(coding.token() + "Level has to be " + coding.minLevel() + " to "
					+ coding.maxLevel() + ", and is " + level);
		}
	}

	/**
	 * How much native memory an encoder takes, about: the windows of all are bounded, the
	 * tables to find matches with grow with the level.
	 * @return the number of bytes
	 */
	public long memory() {
		if (this.coding == ContentCoding.GZIP) {
			return 272 * 1024;
		}
		if (this.level <= 4) {
			return 2 * MB;
		}
		return (this.level <= 9) ? 4 * MB : 16 * MB;
	}

}
