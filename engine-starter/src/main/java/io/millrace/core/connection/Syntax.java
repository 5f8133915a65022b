package io.millrace.core.connection;

/**
 * The character classes of RFC 9110 §5.6.2 and §5.5.
 */
public final class Syntax {

	private static final boolean[] TOKEN = new boolean[256];

	static {
		for (int c = '0'; c <= 'z'; c++) {
			TOKEN[c] = Character.isLetterOrDigit(c);
		}
		for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
			TOKEN[c] = true;
		}
	}

	private Syntax() {
	}

	/**
	 * Whether a byte may stand in a token.
	 * @param b the byte
	 * @return whether it may
	 */
	public static boolean isToken(byte b) {
		return TOKEN[b & 0xFF];
	}

	/**
	 * Find the end of a token.
	 * @param bytes where to look
	 * @param start where the token starts
	 * @param end an index that is not of the token, and readable
	 * @return the index after its last character, {@code start} where there is no token
	 */
	public static int tokenEnd(byte[] bytes, int start, int end) {
		int at = start;
		while (at < end && TOKEN[bytes[at] & 0xFF]) {
			at++;
		}
		return Math.min(at, end - 1);
	}

	/**
	 * Find the end of a field value: visible characters, space, tab and obs-text.
	 * @param bytes where to look
	 * @param start where the value starts
	 * @param end an index that is not of the value
	 * @return the index of the first byte that is none of these
	 */
	public static int valueEnd(byte[] bytes, int start, int end) {
		int at = start;
		while (at < end - 1 && isValue(bytes[at])) {
			at++;
		}
		return at;
	}

	private static boolean isValue(int c) {
		return c >= ' ' && c != 0x7F || c < 0 || c == '\t';
	}

	/**
	 * Whether a text is a token.
	 * @param text the text
	 * @return whether it is
	 */
	public static boolean isToken(CharSequence text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) > 0x7F || !TOKEN[text.charAt(i)]) {
				return false;
			}
		}
		return !text.isEmpty();
	}

	/**
	 * Whether a text may be a field value.
	 * @param text the text
	 * @return whether it has no control character
	 */
	public static boolean isValue(CharSequence text) {
		for (int i = 0; i < text.length(); i++) {
			if (!isValue(text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

}
