package io.millrace.servlet;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;

/**
 * A WebSocket client that sends what it is told to, right or wrong.
 */
final class FrameClient implements AutoCloseable {

	static final int TEXT = 0x81;

	static final int BINARY = 0x82;

	static final int CLOSE = 0x88;

	static final int PING = 0x89;

	static final int PONG = 0x8a;

	/** Of what is sent in parts. */
	static final int FIN = 0x80;

	private static final byte[] MASK = { 1, 2, 3, 4 };

	private final RawClient client;

	private final DataInputStream in;

	FrameClient(RawClient client) {
		this.client = client;
		this.in = new DataInputStream(client.in());
	}

	static String request(String path, String... headers) {
		return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
				+ String.join("", Arrays.stream(headers).map((header) -> header + "\r\n").toList()) + "\r\n";
	}

	/**
	 * Open a connection.
	 * @param path where
	 * @param headers further lines of the request
	 * @return the response
	 */
	Response open(String path, String... headers) throws IOException {
		return this.client.send(request(path, headers)).receiveHead();
	}

	FrameClient text(String text) throws IOException {
		return send(TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	FrameClient send(int head, byte[] payload) throws IOException {
		this.client.send(frame(head, payload, true));
		return this;
	}

	FrameClient sendRaw(byte[] bytes) throws IOException {
		this.client.send(bytes);
		return this;
	}

	static byte[] frame(int head, byte[] payload, boolean masked) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(head);
		int mask = masked ? 0x80 : 0;
		if (payload.length < 126) {
			out.write(mask | payload.length);
		}
		else if (payload.length < 65536) {
			out.write(mask | 126);
			out.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
		}
		else {
			out.write(mask | 127);
			out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
		}
		if (masked) {
			out.writeBytes(MASK);
			for (int i = 0; i < payload.length; i++) {
				out.write(payload[i] ^ MASK[i % 4]);
			}
		}
		else {
			out.writeBytes(payload);
		}
		return out.toByteArray();
	}

	Frame receive() throws IOException {
		int head = this.in.readUnsignedByte();
		int length = this.in.readUnsignedByte();
		if (length == 126) {
			length = this.in.readUnsignedShort();
		}
		else if (length == 127) {
			length = (int) this.in.readLong();
		}
		byte[] payload = new byte[length];
		this.in.readFully(payload);
		return new Frame(head, payload);
	}

	/**
	 * Whether nothing follows.
	 * @return whether the server has closed its side
	 */
	boolean isEnded() throws IOException {
		return this.in.read() < 0;
	}

	RawClient raw() {
		return this.client;
	}

	@Override
	public void close() throws IOException {
		this.client.close();
	}

	record Frame(int head, byte[] payload) {

		String text() {
			return new String(this.payload, StandardCharsets.UTF_8);
		}

		/**
		 * What a close frame says.
		 * @return the code
		 */
		int code() {
			return (this.head == CLOSE) ? ByteBuffer.wrap(this.payload).getShort() & 0xffff : -1;
		}

	}

}
