package io.millrace.core.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks that text is UTF-8 (RFC 3629) as its bytes come, and says no at the first byte
 * that cannot be right whatever follows (RFC 6455 §8.1).
 */
final class Utf8Check {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private static final long ASCII = 0x8080808080808080L;

	// Of the character that has begun: how many bytes have come, how many are missing,
	// and between what the next has to be.
	private int begun;

	private int missing;

	private int low = 0x80;

	private int high = 0xBF;

	/**
	 * Whether what has come so far may be the start of a text.
	 * @param bytes where more bytes are
	 * @param from the first of them
	 * @param to behind the last of them
	 * @return {@code false} where it is no UTF-8
	 */
	boolean accepts(byte[] bytes, int from, int to) {
		int i = from;
		while (i < to) {
			if (this.missing == 0) {
				while (i + 8 <= to && ((long) LONGS.get(bytes, i) & ASCII) == 0) {
					i += 8;
				}
				if (i == to) {
					return true;
				}
				if (bytes[i] < 0 && !begin(bytes[i] & 0xFF)) {
					return false;
				}
			}
			else {
				int next = bytes[i] & 0xFF;
				if (next < this.low || next > this.high) {
					return false;
				}
				this.missing--;
				this.begun = (this.missing > 0) ? this.begun + 1 : 0;
				this.low = 0x80;
				this.high = 0xBF;
			}
			i++;
		}
		return true;
	}

	// No overlong forms, no surrogates, nothing above U+10FFFF.
	private boolean begin(int lead) {
		if (lead >= 0xC2 && lead <= 0xDF) {
			this.missing = 1;
		}
		else if (lead >= 0xE0 && lead <= 0xEF) {
			this.missing = 2;
			this.low = (lead == 0xE0) ? 0xA0 : 0x80;
			this.high = (lead == 0xED) ? 0x9F : 0xBF;
		}
		else if (lead >= 0xF0 && lead <= 0xF4) {
			this.missing = 3;
			this.low = (lead == 0xF0) ? 0x90 : 0x80;
			this.high = (lead == 0xF4) ? 0x8F : 0xBF;
		}
		this.begun = 1;
		return this.missing > 0;
	}

	/**
	 * Whether no character is unfinished.
	 * @return whether the text may end here
	 */
	boolean isComplete() {
		return this.missing == 0;
	}

	/**
	 * How much of the last character has come, where it is unfinished.
	 * @return 0 to 3 bytes
	 */
	int unfinished() {
		return this.begun;
	}

	/** Be ready for another text. */
	void reset() {
		this.begun = 0;
		this.missing = 0;
		this.low = 0x80;
		this.high = 0xBF;
	}

	/**
	 * Whether bytes are a whole text.
	 * @param bytes the bytes
	 * @return whether they are UTF-8
	 */
	static boolean isText(byte[] bytes) {
		Utf8Check check = new Utf8Check();
		return check.accepts(bytes, 0, bytes.length) && check.isComplete();
	}

}
