package io.millrace.core.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import io.millrace.core.RawClient;

/**
 * A client that sends the frames it is told to, right or wrong, and shows those it gets.
 */
final class FrameClient implements AutoCloseable {

	static final int CONTINUATION = 0x0;

	static final int TEXT = 0x1;

	static final int BINARY = 0x2;

	static final int CLOSE = 0x8;

	static final int PING = 0x9;

	static final int PONG = 0xA;

	static final int FIN = 0x80;

	static final int RSV1 = 0x40;

	private final RawClient raw;

	private final RawClient.Response response;

	private final DataInputStream in;

	private FrameClient(RawClient raw, RawClient.Response response) {
		this.raw = raw;
		this.response = response;
		this.in = new DataInputStream(raw.in());
	}

	static FrameClient open(int port, String path, String... headers) throws IOException {
		return open(new RawClient(new Socket(InetAddress.getLoopbackAddress(), port)), path, headers);
	}

	static FrameClient open(RawClient raw, String path, String... headers) throws IOException {
		raw.send(handshake(path, headers));
		RawClient.Response response = raw.receiveHead();
		if (response.status() != 101) {
			throw new IOException("The handshake was answered with " + response.statusLine());
		}
		return new FrameClient(raw, response);
	}

	static String handshake(String path, String... headers) {
		return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
				+ String.join("", Arrays.stream(headers).map((header) -> header + "\r\n").toList()) + "\r\n";
	}

	RawClient.Response response() {
		return this.response;
	}

	Socket socket() {
		return this.raw.socket();
	}

	FrameClient raw(byte[] bytes) throws IOException {
		this.raw.send(bytes);
		return this;
	}

	FrameClient raw(String hex) throws IOException {
		return raw(HexFormat.of().parseHex(hex.replace(" ", "")));
	}

	FrameClient text(String text) throws IOException {
		return frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	FrameClient close(int code, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return frame(FIN | CLOSE, ByteBuffer.allocate(2 + bytes.length).putShort((short) code).put(bytes).array());
	}

	FrameClient frame(int first, byte[] payload) throws IOException {
		return raw(bytes(first, payload));
	}

	FrameClient frame(int first, String text) throws IOException {
		return frame(first, text.getBytes(StandardCharsets.UTF_8));
	}

	static byte[] bytes(int first, byte[] payload) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(first);
		if (payload.length < 126) {
			out.write(0x80 | payload.length);
		}
		else if (payload.length <= 0xFFFF) {
			out.write(0x80 | 126);
			out.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
		}
		else {
			out.write(0x80 | 127);
			out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
		}
		byte[] mask = ByteBuffer.allocate(4).putInt(ThreadLocalRandom.current().nextInt()).array();
		out.writeBytes(mask);
		for (int i = 0; i < payload.length; i++) {
			out.write(payload[i] ^ mask[i & 3]);
		}
		return out.toByteArray();
	}

	Frame receive() throws IOException {
		int first = this.in.readUnsignedByte();
		int length = this.in.readUnsignedByte();
		if ((length & 0x80) != 0) {
			throw new IOException("The server has masked a frame");
		}
		long size = (length == 126) ? this.in.readUnsignedShort() : (length == 127) ? this.in.readLong() : length;
		return new Frame(first, this.in.readNBytes((int) size));
	}

	/** Nothing but the end of the connection may follow. */
	boolean isAtEnd() throws IOException {
		try {
			return this.in.read() < 0;
		}
		catch (SocketException ex) {
			// It was cut.
			return true;
		}
	}

	@Override
	public void close() throws IOException {
		this.raw.close();
	}

	record Frame(int first, byte[] payload) {

		String text() {
			return new String(this.payload, StandardCharsets.UTF_8);
		}

		int code() {
			return ByteBuffer.wrap(this.payload).getShort() & 0xFFFF;
		}

		String reason() {
			return new String(this.payload, 2, this.payload.length - 2, StandardCharsets.UTF_8);
		}

		boolean isClose() {
			return this.first == (FIN | CLOSE);
		}

	}

}
