package io.millrace.core.websocket;

import org.jspecify.annotations.Nullable;

/**
 * What a frame is (RFC 6455 §5.2, §11.8).
 */
enum Opcode {

	CONTINUATION(0x0), TEXT(0x1), BINARY(0x2), CLOSE(0x8), PING(0x9), PONG(0xA);

	private static final @Nullable Opcode[] BY_CODE = new Opcode[16];

	static {
		for (Opcode opcode : values()) {
			BY_CODE[opcode.code] = opcode;
		}
	}

	private final int code;

	Opcode(int code) {
		this.code = code;
	}

	int code() {
		return this.code;
	}

	/** Whether it may come between the fragments of a message (§5.5). */
	boolean isControl() {
		return this.code >= CLOSE.code;
	}

	/**
	 * The opcode of a number.
	 * @param code 0 to 15
	 * @return the opcode, {@code null} where the number is reserved
	 */
	static @Nullable Opcode of(int code) {
		return BY_CODE[code];
	}

}
