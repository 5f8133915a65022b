package io.millrace.servlet;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes session ids. For all threads.
 */
final class SessionIds {

	// 128 bits cannot be guessed; 64 would do (OWASP). The form is that of Tomcat's ids.
	private static final int BYTES = 16;

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	private final SecureRandom random = new SecureRandom();

	String next() {
		byte[] bytes = new byte[BYTES];
		this.random.nextBytes(bytes);
		return HEX.formatHex(bytes);
	}

	/**
	 * Whether a text has the form of our ids.
	 * @param text any text
	 * @return whether it could be one
	 */
	static boolean isId(String text) {
		return text.length() == 2 * BYTES && text.chars().allMatch(HexFormat::isHexDigit);
	}

}
