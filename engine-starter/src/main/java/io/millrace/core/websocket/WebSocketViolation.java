package io.millrace.core.websocket;

import java.io.IOException;

/**
 * The client has broken the rules: the connection is closed with the code that RFC 6455
 * has for it.
 */
final class WebSocketViolation extends IOException {

	private static final long serialVersionUID = 1L;

	private final CloseReason reason;

	WebSocketViolation(int code, String text) {
		super(text);
		this.reason = new CloseReason(code, text);
	}

	static WebSocketViolation protocol(String text) {
		return new WebSocketViolation(CloseReason.PROTOCOL_ERROR, text);
	}

	static WebSocketViolation tooLarge(String text) {
		return new WebSocketViolation(CloseReason.TOO_LARGE, text);
	}

	CloseReason reason() {
		return this.reason;
	}

	// An answer to the client and not a defect of ours: its stack is of no use.
	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
