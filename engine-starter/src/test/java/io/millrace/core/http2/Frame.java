package io.millrace.core.http2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.netty.handler.codec.http2.Http2Error;

/**
 * A frame as it is on the wire (RFC 9113 §4.1): nothing is checked, so that wrong ones
 * can be made too.
 */
public record Frame(int type, int flags, int stream, byte[] payload) {

	public static final int DATA = 0;

	public static final int HEADERS = 1;

	public static final int PRIORITY = 2;

	public static final int RST_STREAM = 3;

	public static final int SETTINGS = 4;

	public static final int PUSH_PROMISE = 5;

	public static final int PING = 6;

	public static final int GOAWAY = 7;

	public static final int WINDOW_UPDATE = 8;

	public static final int CONTINUATION = 9;

	public static final int END_STREAM = 0x1;

	public static final int ACK = 0x1;

	public static final int END_HEADERS = 0x4;

	public static final int PADDED = 0x8;

	public static final int PRIORITIZED = 0x20;

	private static final String[] NAMES = { "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE",
			"PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION" };

	public static Frame of(int type, int flags, int stream, int... payload) {
		byte[] bytes = new byte[payload.length];
		for (int i = 0; i < payload.length; i++) {
			bytes[i] = (byte) payload[i];
		}
		return new Frame(type, flags, stream, bytes);
	}

	public static Frame headers(int stream, int flags, byte[] block) {
		return new Frame(HEADERS, flags, stream, block);
	}

	/** A whole head, and nothing after it. */
	public static Frame request(int stream, HeaderBlock block) {
		return headers(stream, END_HEADERS | END_STREAM, block.bytes());
	}

	/** A whole head, and a body after it. */
	public static Frame open(int stream, HeaderBlock block) {
		return headers(stream, END_HEADERS, block.bytes());
	}

	public static Frame continuation(int stream, int flags, byte[] block) {
		return new Frame(CONTINUATION, flags, stream, block);
	}

	public static Frame data(int stream, int flags, String data) {
		return new Frame(DATA, flags, stream, data.getBytes(StandardCharsets.ISO_8859_1));
	}

	public static Frame reset(int stream, long code) {
		return new Frame(RST_STREAM, 0, stream, fourBytes(code));
	}

	public static Frame priority(int stream, int dependency, boolean exclusive, int weight) {
		return new Frame(PRIORITY, 0, stream, priorityFields(dependency, exclusive, weight));
	}

	/** Five bytes as they stand in PRIORITY and at the start of HEADERS. */
	public static byte[] priorityFields(int dependency, boolean exclusive, int weight) {
		return ByteBuffer.allocate(5)
			.putInt(exclusive ? dependency | 0x80000000 : dependency)
			.put((byte) (weight - 1))
			.array();
	}

	/** Settings, as pairs of identifier and value. */
	public static Frame settings(long... pairs) {
		ByteBuffer payload = ByteBuffer.allocate(pairs.length * 3);
		for (int i = 0; i < pairs.length; i += 2) {
			payload.putShort((short) pairs[i]).putInt((int) pairs[i + 1]);
		}
		return new Frame(SETTINGS, 0, 0, payload.array());
	}

	public static Frame settingsAck() {
		return of(SETTINGS, ACK, 0);
	}

	public static Frame ping(int flags, long data) {
		return new Frame(PING, flags, 0, ByteBuffer.allocate(8).putLong(data).array());
	}

	public static Frame goAway(int last, long code) {
		return new Frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(last).putInt((int) code).array());
	}

	public static Frame windowUpdate(int stream, long increment) {
		return new Frame(WINDOW_UPDATE, 0, stream, fourBytes(increment));
	}

	private static byte[] fourBytes(long value) {
		return ByteBuffer.allocate(4).putInt((int) value).array();
	}

	public boolean is(int type) {
		return this.type == type;
	}

	public boolean has(int flag) {
		return (this.flags & flag) != 0;
	}

	public boolean endsStream() {
		return (is(DATA) || is(HEADERS)) && has(END_STREAM);
	}

	/** The error code of RST_STREAM and GOAWAY. */
	public Http2Error error() {
		return Http2Error.valueOf(ByteBuffer.wrap(this.payload).getInt(is(GOAWAY) ? 4 : 0));
	}

	/** The last stream that a GOAWAY speaks of. */
	public int lastStream() {
		return ByteBuffer.wrap(this.payload).getInt(0);
	}

	/** The increment of a WINDOW_UPDATE. */
	public int increment() {
		return ByteBuffer.wrap(this.payload).getInt(0);
	}

	/** The bytes that are sent, with the length that the payload really has. */
	public byte[] bytes() {
		return bytes(this.payload.length);
	}

	/** The bytes that are sent, with a length that need not be true. */
	public byte[] bytes(int length) {
		return ByteBuffer.allocate(9 + this.payload.length)
			.put((byte) (length >> 16))
			.putShort((short) length)
			.put((byte) this.type)
			.put((byte) this.flags)
			.putInt(this.stream)
			.put(this.payload)
			.array();
	}

	@Override
	public String toString() {
		String name = (this.type < NAMES.length) ? NAMES[this.type] : "type " + this.type;
		String more = (is(RST_STREAM) || is(GOAWAY)) ? " " + error() : "";
		return name + "[stream " + this.stream + ", flags " + Integer.toHexString(this.flags) + ", "
				+ this.payload.length + " bytes" + more + "]";
	}

}
