package io.millrace.core.http2;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * A client that sends the frames it is given, valid or not, and says what came back. It
 * acknowledges settings and pings, and gives back the windows for what it reads unless
 * told to hold them. Not for several threads.
 */
public final class FrameClient implements AutoCloseable {

	/** What a client sends first (RFC 9113 §3.4). */
	public static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private final Socket socket;

	private final DataInputStream in;

	private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1024 * 1024);

	private final Map<Integer, Answer> answers = new LinkedHashMap<>();

	private final Map<Integer, Long> settings = new TreeMap<>();

	private final List<String> seen = new ArrayList<>();

	// What the server has credited to a stream, or to the connection (0), and what was
	// sent.
	private final Map<Integer, Long> credited = new HashMap<>();

	private final Map<Integer, Long> sent = new HashMap<>();

	private boolean holdsWindows;

	private long pings;

	/** A connection on which nothing was said yet. */
	public FrameClient(Socket socket) throws IOException {
		this.socket = socket;
		this.socket.setSoTimeout(20_000);
		this.socket.setTcpNoDelay(true);
		this.in = new DataInputStream(new BufferedInputStream(this.socket.getInputStream()));
	}

	/** A connection on which nothing was said yet. */
	public static FrameClient open(int port) throws IOException {
		return new FrameClient(new Socket(InetAddress.getLoopbackAddress(), port));
	}

	/** A connection on which both sides have agreed on their settings. */
	public static FrameClient connect(int port) throws IOException {
		return open(port).handshake();
	}

	/**
	 * Send the preface and wait until each side has acknowledged the other's settings.
	 * @param pairs identifiers and values of the client's settings
	 * @return this client
	 */
	public FrameClient handshake(long... pairs) throws IOException {
		send(PREFACE).send(Frame.settings(pairs));
		awaitFrame("an acknowledgement of the settings", (frame) -> frame.is(Frame.SETTINGS) && frame.has(Frame.ACK));
		assertThat(this.seen.get(0)).as("the preface of the server").startsWith("SETTINGS");
		return this;
	}

	/** From now on nothing that comes is credited to the server's windows. */
	public FrameClient holdWindows() {
		this.holdsWindows = true;
		return this;
	}

	public FrameClient send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		this.socket.getOutputStream().flush();
		return this;
	}

	/** Send frames in one piece. */
	public FrameClient send(Frame... frames) throws IOException {
		ByteBuffer all = ByteBuffer
			.allocate(Arrays.stream(frames).mapToInt((frame) -> 9 + frame.payload().length).sum());
		for (Frame frame : frames) {
			all.put(frame.bytes());
			if (frame.is(Frame.DATA)) {
				this.sent.merge(0, (long) frame.payload().length, Long::sum);
				this.sent.merge(frame.stream(), (long) frame.payload().length, Long::sum);
			}
		}
		return send(all.array());
	}

	/** How much may be sent on a stream, or on the connection (0). */
	public long window(int stream) {
		long initial = (stream != 0) ? setting(4, 65535) : 65535;
		return initial + this.credited.getOrDefault(stream, 0L) - this.sent.getOrDefault(stream, 0L);
	}

	/** Read until something of this size may be sent. */
	public FrameClient awaitWindow(int stream, int size) throws IOException {
		while (window(stream) < size || window(0) < size) {
			if (readOrTell("a window of " + size + " for stream " + stream) == null) {
				return fail("Waited for a window of " + size + " and saw " + this.seen);
			}
		}
		return this;
	}

	/** Send a body as the server takes it. */
	public FrameClient upload(int stream, byte[] body, boolean end) throws IOException {
		int offset = 0;
		do {
			int size = Math.min(body.length - offset, 16384);
			awaitWindow(stream, size);
			boolean last = end && offset + size == body.length;
			send(new Frame(Frame.DATA, last ? Frame.END_STREAM : 0, stream,
					Arrays.copyOfRange(body, offset, offset + size)));
			offset += size;
		}
		while (offset < body.length);
		return this;
	}

	/** What the server has set, the default of the RFC where it has not. */
	public long setting(int identifier, long otherwise) {
		return this.settings.getOrDefault(identifier, otherwise);
	}

	/**
	 * Read the next frame.
	 * @return the frame, {@code null} where the connection was closed
	 */
	public @Nullable Frame read() throws IOException {
		Frame frame;
		try {
			int lengthAndType = this.in.readInt();
			int flags = this.in.readUnsignedByte();
			int stream = this.in.readInt();
			byte[] payload = this.in.readNBytes(lengthAndType >>> 8);
			frame = new Frame(lengthAndType & 0xff, flags, stream, payload);
		}
		catch (EOFException | SocketException ex) {
			this.seen.add("closed");
			return null;
		}
		this.seen.add(frame.toString());
		take(frame);
		return frame;
	}

	private void take(Frame frame) throws IOException {
		switch (frame.type()) {
			case Frame.SETTINGS -> {
				if (!frame.has(Frame.ACK)) {
					ByteBuffer payload = ByteBuffer.wrap(frame.payload());
					while (payload.hasRemaining()) {
						this.settings.put((int) payload.getShort(), payload.getInt() & 0xffffffffL);
					}
					reply(Frame.settingsAck());
				}
			}
			case Frame.HEADERS -> answer(frame.stream()).head(decode(frame), frame.endsStream());
			case Frame.DATA -> {
				answer(frame.stream()).body(frame);
				if (!this.holdsWindows && frame.payload().length > 0) {
					reply(Frame.windowUpdate(0, frame.payload().length));
					if (!frame.endsStream()) {
						reply(Frame.windowUpdate(frame.stream(), frame.payload().length));
					}
				}
			}
			case Frame.WINDOW_UPDATE -> this.credited.merge(frame.stream(), (long) frame.increment(), Long::sum);
			case Frame.PING -> {
				if (!frame.has(Frame.ACK)) {
					reply(new Frame(Frame.PING, Frame.ACK, 0, frame.payload()));
				}
			}
			case Frame.RST_STREAM -> answer(frame.stream()).reset = frame.error();
			default -> {
			}
		}
	}

	// What the client sends by itself must not hide what the server has sent before it
	// closed.
	private void reply(Frame frame) {
		try {
			send(frame);
		}
		catch (IOException ex) {
			this.seen.add("unsent " + frame);
		}
	}

	private Http2Headers decode(Frame frame) throws IOException {
		byte[] block = frame.payload();
		boolean ended = frame.has(Frame.END_HEADERS);
		while (!ended) {
			Frame next = read();
			assertThat(next).as("after %s", this.seen).isNotNull();
			assertThat(next.type()).as("after %s", this.seen).isEqualTo(Frame.CONTINUATION);
			int length = block.length;
			block = Arrays.copyOf(block, length + next.payload().length);
			System.arraycopy(next.payload(), 0, block, length, next.payload().length);
			ended = next.has(Frame.END_HEADERS);
		}
		try {
			return this.decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(block));
		}
		catch (Http2Exception ex) {
			throw new IOException(ex);
		}
	}

	/** What has come on a stream so far. */
	public Answer answer(int stream) {
		return this.answers.computeIfAbsent(stream, Answer::new);
	}

	/** Read until a frame comes that is waited for. */
	public Frame awaitFrame(String what, Predicate<Frame> wanted) throws IOException {
		Frame frame;
		while ((frame = readOrTell(what)) != null) {
			if (wanted.test(frame)) {
				return frame;
			}
		}
		return fail("Waited for " + what + " and saw " + this.seen);
	}

	private @Nullable Frame readOrTell(String what) throws IOException {
		try {
			return read();
		}
		catch (IOException ex) {
			return fail("Waited for " + what + " and saw " + this.seen, ex);
		}
	}

	public Frame awaitFrame(int type) throws IOException {
		return awaitFrame("a frame of type " + type, (frame) -> frame.is(type));
	}

	/** Read until a response is whole, or its stream was reset. */
	public Answer awaitAnswer(int stream) throws IOException {
		while (!answer(stream).isOver()) {
			if (readOrTell("the answer on stream " + stream) == null) {
				return fail("Waited for the answer on stream " + stream + " and saw " + this.seen);
			}
		}
		return answer(stream);
	}

	/** Read until the head of a response is there. */
	public Answer awaitHead(int stream) throws IOException {
		while (answer(stream).status() == 0 && !answer(stream).isOver()) {
			if (readOrTell("the head on stream " + stream) == null) {
				return fail("Waited for the head on stream " + stream + " and saw " + this.seen);
			}
		}
		return answer(stream);
	}

	/** Read until some bytes of a body have come. */
	public Answer awaitBody(int stream, int length) throws IOException {
		while (answer(stream).length() < length) {
			if (readOrTell(length + " bytes on stream " + stream) == null) {
				return fail("Waited for " + length + " bytes on stream " + stream + " and saw " + this.seen);
			}
		}
		return answer(stream);
	}

	/** Ask and read the answer to it. */
	public Answer get(int stream, String path) throws IOException {
		return send(Frame.request(stream, HeaderBlock.get(path))).awaitAnswer(stream);
	}

	/**
	 * The connection is fine: everything that was sent before was read, and a PING is
	 * answered.
	 */
	public FrameClient assertAlive() throws IOException {
		long data = 0x6d696c6c00000000L + ++this.pings;
		send(Frame.ping(0, data));
		Frame pong = awaitFrame("the answer to a PING",
				(frame) -> frame.is(Frame.PING) && ByteBuffer.wrap(frame.payload()).getLong() == data);
		assertThat(pong.flags()).isEqualTo(Frame.ACK);
		return this;
	}

	/**
	 * A connection error (RFC 9113 §5.4.1): GOAWAY with one of these codes, then the end.
	 */
	public Frame assertConnectionError(Http2Error... codes) throws IOException {
		Frame goAway = awaitFrame("GOAWAY of " + Arrays.toString(codes), (frame) -> frame.is(Frame.GOAWAY));
		assertThat(goAway.error()).as("%s", this.seen).isIn((Object[]) codes);
		assertClosed();
		return goAway;
	}

	/**
	 * A stream error (RFC 9113 §5.4.2): RST_STREAM with one of these codes, and the
	 * connection goes on.
	 */
	public FrameClient assertStreamError(int stream, Http2Error... codes) throws IOException {
		Frame reset = awaitFrame("RST_STREAM or GOAWAY of " + Arrays.toString(codes),
				(frame) -> frame.is(Frame.GOAWAY) || frame.is(Frame.RST_STREAM) && frame.stream() == stream);
		assertThat(reset.is(Frame.RST_STREAM)).as("%s", this.seen).isTrue();
		assertThat(reset.error()).as("%s", this.seen).isIn((Object[]) codes);
		return assertAlive();
	}

	/** A stream error, or a connection error where the RFC leaves that open. */
	public FrameClient assertError(int stream, Http2Error... codes) throws IOException {
		Frame end = awaitFrame("RST_STREAM or GOAWAY of " + Arrays.toString(codes),
				(frame) -> frame.is(Frame.GOAWAY) || frame.is(Frame.RST_STREAM) && frame.stream() == stream);
		assertThat(end.error()).as("%s", this.seen).isIn((Object[]) codes);
		return end.is(Frame.GOAWAY) ? assertClosed() : assertAlive();
	}

	/** Read to the end of the connection. */
	public FrameClient assertClosed() throws IOException {
		Frame frame;
		do {
			frame = readOrTell("the end of the connection");
		}
		while (frame != null);
		return this;
	}

	public Socket socket() {
		return this.socket;
	}

	/** What was not read as a frame yet. */
	public InputStream in() {
		return this.in;
	}

	/** All frames that have come, for what an assertion says. */
	public List<String> seen() {
		return this.seen;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
