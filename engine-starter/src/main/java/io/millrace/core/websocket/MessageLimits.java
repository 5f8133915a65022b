package io.millrace.core.websocket;

/**
 * How large the messages of one connection may be. Set by its application on any thread,
 * read by whoever reads its messages.
 */
final class MessageLimits {

	private volatile int text;

	private volatile int binary;

	MessageLimits(int both) {
		this.text = both;
		this.binary = both;
	}

	int text() {
		return this.text;
	}

	void text(int limit) {
		this.text = positive(limit);
	}

	int binary() {
		return this.binary;
	}

	void binary(int limit) {
		this.binary = positive(limit);
	}

	int of(Opcode opcode) {
		return (opcode == Opcode.TEXT) ? this.text : this.binary;
	}

	private static int positive(int limit) {
		if (limit < 1) {
			throw new IllegalArgumentException("The limit of a message has to be 1 byte or more, and is " + limit);
		}
		return limit;
	}

}
