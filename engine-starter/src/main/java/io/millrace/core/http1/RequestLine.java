package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Method and target of what is no request but begins like one, for those who want to see
 * it. Nothing else may rely on it.
 *
 * @param method the method
 * @param target what it asked for, of which nothing was checked but that it is printable
 */
record RequestLine(String method, String target) {

	private static final int MAX_METHOD = 32;

	// Of a target that is too long the beginning says enough.
	private static final int MAX_TARGET = 1024;

	/**
	 * Find the request line.
	 * @param bytes what has come, not consumed
	 * @return the line, {@code null} where there is none
	 */
	static @Nullable RequestLine find(ByteBuf bytes) {
		int start = bytes.readerIndex();
		int methodEnd = visibleEnd(bytes, start, MAX_METHOD);
		if (methodEnd == start || !isSpace(bytes, methodEnd)) {
			return null;
		}
		int targetEnd = visibleEnd(bytes, methodEnd + 1, MAX_TARGET);
		if (targetEnd == methodEnd + 1) {
			return null;
		}
		return new RequestLine(text(bytes, start, methodEnd), text(bytes, methodEnd + 1, targetEnd));
	}

	private static int visibleEnd(ByteBuf bytes, int start, int max) {
		int end = start;
		while (end < bytes.writerIndex() && end - start < max && bytes.getByte(end) > ' '
				&& bytes.getByte(end) < 0x7F) {
			end++;
		}
		return end;
	}

	private static boolean isSpace(ByteBuf bytes, int index) {
		return index < bytes.writerIndex() && bytes.getByte(index) == ' ';
	}

	private static String text(ByteBuf bytes, int start, int end) {
		return bytes.toString(start, end - start, StandardCharsets.US_ASCII);
	}

}
