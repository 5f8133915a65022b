package io.millrace.servlet.tyrus;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import org.jspecify.annotations.Nullable;

/**
 * Follows the heads of the frames that a client sends (RFC 6455 §5.2) without looking at
 * what they carry, and stops at the first that must not be: Tyrus takes frames that are
 * not masked, or longer than they say in the shortest way, and learns that one is too big
 * when it has all of it. Bytes in, a number out. Used by one thread at a time.
 */
final class FrameGuard {

	/** The size of the largest head of a frame. */
	static final int LARGEST_HEAD = 14;

	private static final int TEXT = 1;

	private static final int SHORT_LENGTH = 126;

	private static final int LONG_LENGTH = 127;

	private static final int MASK_SIZE = 4;

	private final Limit limit;

	private State state = State.OPCODE;

	private boolean control;

	// Of the message that is coming, whose first frame says so.
	private boolean text;

	// Of the length, how many bytes are still to come.
	private int lengthBytes;

	private long length;

	// What a shorter form of the length could have said.
	private long shorter;

	// Of mask and payload, how many bytes are still to come.
	private long rest;

	private @Nullable CloseReason violation;

	/**
	 * Follow a connection from its first frame.
	 * @param limit how much a frame may carry, asked for each
	 */
	FrameGuard(Limit limit) {
		this.limit = limit;
	}

	/**
	 * Look at what has come next.
	 * @param bytes the bytes
	 * @param count how many there are
	 * @return how many of them may be taken: all, or those before a frame that must not
	 * be
	 */
	int admit(byte[] bytes, int count) {
		int at = 0;
		int whole = 0;
		while (at < count && this.violation == null) {
			if (this.state == State.PAYLOAD) {
				long skipped = Math.min(this.rest, count - at);
				this.rest -= skipped;
				at += (int) skipped;
				if (this.rest == 0) {
					this.state = State.OPCODE;
					whole = at;
				}
			}
			else {
				this.violation = next(bytes[at++] & 0xff);
			}
		}
		return (this.violation != null) ? whole : count;
	}

	private @Nullable CloseReason next(int octet) {
		return switch (this.state) {
			case OPCODE -> opcode(octet);
			case LENGTH -> length(octet);
			case MORE_LENGTH -> moreLength(octet);
			case PAYLOAD -> throw new IllegalStateException("The payload is skipped");
		};
	}

	private @Nullable CloseReason opcode(int octet) {
		int opcode = octet & 0x0f;
		this.control = opcode >= 8;
		this.text = this.control ? this.text : (opcode == TEXT || (opcode == 0 && this.text));
		this.state = State.LENGTH;
		if ((opcode & 0x07) > 2) {
			return violation(CloseCodes.PROTOCOL_ERROR, "The opcode of a frame is reserved");
		}
		if (this.control && (octet & 0x80) == 0) {
			return violation(CloseCodes.PROTOCOL_ERROR, "A control frame is fragmented");
		}
		return null;
	}

	private @Nullable CloseReason length(int octet) {
		if ((octet & 0x80) == 0) {
			return violation(CloseCodes.PROTOCOL_ERROR, "A frame is not masked");
		}
		int indicated = octet & 0x7f;
		if (indicated < SHORT_LENGTH) {
			return payload(indicated);
		}
		if (this.control) {
			return violation(CloseCodes.PROTOCOL_ERROR, "A control frame is longer than 125 bytes");
		}
		boolean extended = indicated == LONG_LENGTH;
		this.lengthBytes = extended ? Long.BYTES : Short.BYTES;
		this.shorter = extended ? 0xffff : SHORT_LENGTH - 1;
		this.length = 0;
		this.state = State.MORE_LENGTH;
		return null;
	}

	private @Nullable CloseReason moreLength(int octet) {
		this.length = (this.length << 8) | octet;
		this.lengthBytes--;
		if (this.lengthBytes > 0) {
			return null;
		}
		if (this.length < 0) {
			return violation(CloseCodes.PROTOCOL_ERROR, "The length of a frame has more than 63 bits");
		}
		if (this.length <= this.shorter) {
			return violation(CloseCodes.PROTOCOL_ERROR, "The length of a frame is not written in the shortest form");
		}
		return payload(this.length);
	}

	private @Nullable CloseReason payload(long size) {
		long most = this.control ? size : this.limit.of(this.text);
		if (size > most) {
			return violation(CloseCodes.TOO_BIG, "A frame is larger than " + most + " bytes");
		}
		this.rest = MASK_SIZE + size;
		this.state = State.PAYLOAD;
		return null;
	}

	private static CloseReason violation(CloseCode code, String reason) {
		return new CloseReason(code, reason);
	}

	/**
	 * What must not be.
	 * @return what to tell the client, {@code null} while all is well
	 */
	@Nullable CloseReason violation() {
		return this.violation;
	}

	/** How much a frame may carry. */
	interface Limit {

		/**
		 * Say how much.
		 * @param text whether it is of a text message, or else of a binary one
		 * @return a number of bytes
		 */
		long of(boolean text);

	}

	private enum State {

		OPCODE, LENGTH, MORE_LENGTH, PAYLOAD

	}

}
