package io.millrace.servlet;

/**
 * The digits of a percent-encoding (RFC 3986 §2.1).
 */
final class PercentCoding {

	private PercentCoding() {
	}

	/**
	 * The value of a hexadecimal digit. Only ASCII: {@link Character#digit} would take
	 * the digits of every script.
	 * @param c the digit
	 * @return 0 to 15, negative where it is none
	 */
	static int digit(int c) {
		if (c >= '0' && c <= '9') {
			return c - '0';
		}
		int lower = c | 0x20;
		return (lower >= 'a' && lower <= 'f') ? lower - 'a' + 10 : -1;
	}

}
