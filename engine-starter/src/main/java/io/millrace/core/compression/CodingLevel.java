package io.millrace.core.compression;

/**
 * A coding for responses, and how hard it tries.
 *
 * @param coding the coding
 * @param level its level
 */
public record CodingLevel(ContentCoding coding, int level) {

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

}
