package io.millrace.accesslog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One line in the making: bytes that grow, to be used again. Belongs to one thread at a
 * time.
 */
final class Line {

	private static final int INITIAL = 512;

	private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

	private byte[] bytes = new byte[INITIAL];

	private int length;

	/**
	 * How long it is.
	 * @return the number of bytes
	 */
	int length() {
		return this.length;
	}

	/**
	 * How much memory it holds.
	 * @return the number of bytes that there is room for
	 */
	int capacity() {
		return this.bytes.length;
	}

	/**
	 * Begin anew.
	 * @return this line
	 */
	Line clear() {
		this.length = 0;
		return this;
	}

	/**
	 * Take bytes off the end.
	 * @param length how many stay
	 */
	void cut(int length) {
		this.length = length;
	}

	Line append(char ascii) {
		room(1);
		this.bytes[this.length++] = (byte) ascii;
		return this;
	}

	/**
	 * Append text that is known to need no escapes.
	 * @param ascii the text
	 * @return this line
	 */
	Line append(String ascii) {
		int count = ascii.length();
		room(count);
		for (int i = 0; i < count; i++) {
			this.bytes[this.length++] = (byte) ascii.charAt(i);
		}
		return this;
	}

	Line append(byte[] encoded) {
		return append(encoded, encoded.length);
	}

	/**
	 * Append encoded text.
	 * @param encoded holds the text
	 * @param count how many bytes of it
	 * @return this line
	 */
	Line append(byte[] encoded, int count) {
		room(count);
		System.arraycopy(encoded, 0, this.bytes, this.length, count);
		this.length += count;
		return this;
	}

	/**
	 * Append a number.
	 * @param number counts or measures something: what is negative is written as 0
	 * @return this line
	 */
	Line append(long number) {
		long rest = Math.max(number, 0);
		int digits = digits(rest);
		room(digits);
		for (int i = this.length + digits - 1; i >= this.length; i--) {
			this.bytes[i] = (byte) ('0' + rest % 10);
			rest /= 10;
		}
		this.length += digits;
		return this;
	}

	/**
	 * Append three digits.
	 * @param number 0 to 999
	 * @return this line
	 */
	Line appendThousandths(int number) {
		return append((char) ('0' + number / 100)).append((char) ('0' + number / 10 % 10))
			.append((char) ('0' + number % 10));
	}

	Line appendHex(int number, int digits) {
		room(digits);
		for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
			this.bytes[this.length++] = HEX[(number >> shift) & 0xf];
		}
		return this;
	}

	/**
	 * Hand the bytes to somebody else.
	 * @param target where to, at its end
	 */
	void copyTo(Line target) {
		target.append(this.bytes, this.length);
	}

	/**
	 * The bytes themselves, as many as the line is long.
	 * @return the bytes, valid until something is appended
	 */
	byte[] array() {
		return this.bytes;
	}

	@Override
	public String toString() {
		return new String(this.bytes, 0, this.length, StandardCharsets.UTF_8);
	}

	private void room(int count) {
		if (this.bytes.length - this.length < count) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, this.length + count));
		}
	}

	private static int digits(long number) {
		int digits = 1;
		for (long rest = number; rest >= 10; rest /= 10) {
			digits++;
		}
		return digits;
	}

}
