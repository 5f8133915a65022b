package io.millrace.core.websocket;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads frame headers (RFC 6455 §5.2) as their bytes come, and refuses what no client may
 * send. Holds nothing between two headers. For one thread at a time.
 */
final class FrameHeaderParser {

	private static final int MAX_SIZE = 14;

	private static final int LENGTH_16 = 126;

	private static final int LENGTH_64 = 127;

	private static final int MAX_CONTROL = 125;

	private final boolean deflate;

	// A header that has not come whole.
	private byte @Nullable [] begun;

	private int count;

	/**
	 * Create a parser.
	 * @param deflate whether messages may be compressed
	 */
	FrameHeaderParser(boolean deflate) {
		this.deflate = deflate;
	}

	/**
	 * Read on.
	 * @param in what has come, read as far as the header goes
	 * @return the header, {@code null} where more has to come
	 * @throws WebSocketViolation where it is refused
	 */
	@Nullable FrameHeader parse(ByteBuf in) throws WebSocketViolation {
		byte[] bytes = this.begun;
		if (bytes == null) {
			if (!in.isReadable()) {
				return null;
			}
			bytes = new byte[MAX_SIZE];
			this.begun = bytes;
			this.count = 0;
		}
		fill(bytes, 2, in);
		if (this.count < 2) {
			return null;
		}
		Opcode opcode = check(bytes[0], bytes[1]);
		int size = size(bytes[1] & 0x7F);
		fill(bytes, size, in);
		if (this.count < size) {
			return null;
		}
		this.begun = null;
		return header(bytes, opcode, size);
	}

	private void fill(byte[] bytes, int size, ByteBuf in) {
		int more = Math.min(size - this.count, in.readableBytes());
		if (more > 0) {
			in.readBytes(bytes, this.count, more);
			this.count += more;
		}
	}

	private static int size(int length) {
		return switch (length) {
			case LENGTH_16 -> 8;
			case LENGTH_64 -> MAX_SIZE;
			default -> 6;
		};
	}

	private Opcode check(byte first, byte second) throws WebSocketViolation {
		Opcode opcode = Opcode.of(first & 0x0F);
		if (opcode == null) {
			throw WebSocketViolation.protocol("Reserved opcode");
		}
		if ((first & 0x30) != 0) {
			throw WebSocketViolation.protocol("Reserved bits are set");
		}
		boolean first1 = (first & 0x40) != 0;
		if (first1 && (!this.deflate || (opcode != Opcode.TEXT && opcode != Opcode.BINARY))) {
			// RFC 7692 §6.1: on the first frame of a message only.
			throw WebSocketViolation.protocol("Reserved bits are set");
		}
		if ((second & 0x80) == 0) {
			throw WebSocketViolation.protocol("The frame is not masked");
		}
		if (opcode.isControl()) {
			if ((first & 0x80) == 0) {
				throw WebSocketViolation.protocol("A control frame is fragmented");
			}
			if ((second & 0x7F) > MAX_CONTROL) {
				throw WebSocketViolation.protocol("A control frame is too large");
			}
		}
		return opcode;
	}

	private static FrameHeader header(byte[] bytes, Opcode opcode, int size) throws WebSocketViolation {
		long length = bytes[1] & 0x7F;
		if (size > 6) {
			boolean wide = (size == MAX_SIZE);
			length = number(bytes, 2, wide ? 8 : 2);
			if (length < 0) {
				throw WebSocketViolation.protocol("The length of a frame is negative");
			}
			if (length < (wide ? 0x10000 : LENGTH_16)) {
				// §5.2: the minimal number of bytes has to be used.
				throw WebSocketViolation.protocol("The length of a frame is not in its shortest form");
			}
		}
		int mask = (int) number(bytes, size - 4, 4);
		return new FrameHeader((bytes[0] & 0x80) != 0, (bytes[0] & 0x40) != 0, opcode, length, mask);
	}

	private static long number(byte[] bytes, int from, int size) {
		long number = 0;
		for (int i = from; i < from + size; i++) {
			number = (number << 8) | (bytes[i] & 0xFF);
		}
		return number;
	}

}
