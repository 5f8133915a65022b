package io.millrace.core.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Takes the mask off a payload (RFC 6455 §5.3).
 */
final class Masking {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private Masking() {
	}

	/**
	 * Unmask in place.
	 * @param bytes where the bytes are
	 * @param from the first of them
	 * @param to behind the last of them
	 * @param mask the mask of the frame
	 * @param offset how many bytes of the frame come before them
	 */
	static void unmask(byte[] bytes, int from, int to, int mask, long offset) {
		int turned = Integer.rotateLeft(mask, (int) (offset & 3) * 8);
		long wide = ((long) turned << 32) | (turned & 0xFFFFFFFFL);
		int i = from;
		for (; i + 8 <= to; i += 8) {
			LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ wide);
		}
		for (int shift = 24; i < to; i++, shift = (shift + 24) & 31) {
			bytes[i] ^= (byte) (turned >>> shift);
		}
	}

}
