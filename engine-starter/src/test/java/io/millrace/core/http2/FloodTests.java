package io.millrace.core.http2;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that make a server work without asking for anything (RFC 9113 §10.5). Each is
 * told to keep calm and loses its connection, and nobody else notices.
 */
class FloodTests {

	private static final int MANY = 5000;

	private static final byte[] BLOCK = HeaderBlock.get("/wait").bytes();

	private static final byte[] BODY_BLOCK = HeaderBlock.post("/wait").bytes();

	private static Http2TestServer server;

	private FrameClient client;

	private FrameClient neighbour;

	@BeforeAll
	static void start() throws Exception {
		server = Http2TestServer.start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void connect() throws Exception {
		this.neighbour = server.connect();
		this.neighbour.send(Frame.open(1, HeaderBlock.post("/")));
		this.client = server.connect();
	}

	// Neither the requests that were under way elsewhere nor new ones have suffered.
	@AfterEach
	void othersAreServed() throws Exception {
		this.client.close();
		this.neighbour.send(Frame.data(1, Frame.END_STREAM, "unharmed"));
		assertThat(this.neighbour.awaitAnswer(1).body()).isEqualTo("POST / unharmed");
		assertThat(this.neighbour.get(3, "/").status()).isEqualTo(200);
		this.neighbour.close();
		server.awaitNothingInFlight();
		server.awaitAllClosed();
	}

	private void flood(IntFunction<Frame[]> frames) throws IOException {
		try {
			for (int i = 0; i < MANY; i++) {
				this.client.send(frames.apply(i));
			}
		}
		catch (IOException ex) {
			// Closed in the middle of it.
		}
	}

	private static Frame[] frames(Frame... frames) {
		return frames;
	}

	private void isToldToKeepCalm() throws Exception {
		this.client.assertConnectionError(Http2Error.ENHANCE_YOUR_CALM);
	}

	static Stream<Arguments> idle() {
		return Stream.of(Arguments.of("ping", frames(Frame.ping(0, 1))), Arguments.of("pong", frames(Frame.ping(1, 1))),
				Arguments.of("settings", frames(Frame.settings())),
				Arguments.of("settings of tables", frames(Frame.settings(1, 0, 1, 4096))),
				Arguments.of("acknowledgements", frames(Frame.settingsAck())),
				Arguments.of("priority", frames(Frame.priority(3, 0, true, 1))),
				Arguments.of("window", frames(Frame.windowUpdate(0, 1))),
				Arguments.of("unknown", frames(Frame.of(0x16, 0, 0))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("idle")
	void framesThatAskForNothing(String kind, Frame[] frames) throws Exception {
		int errors = server.protocolErrors();
		flood((i) -> frames);
		isToldToKeepCalm();
		server.awaitProtocolErrors(errors + 1);
	}

	static Stream<Arguments> onAStream() {
		return Stream.of(Arguments.of("empty data", frames(Frame.data(1, 0, ""))),
				Arguments.of("nothing but padding", frames(Frame.data(1, Frame.PADDED, "\0"))),
				Arguments.of("window", frames(Frame.windowUpdate(1, 1))),
				Arguments.of("priority", frames(Frame.priority(1, 3, false, 1))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("onAStream")
	void framesThatAskForNothingOnAStream(String kind, Frame[] frames) throws Exception {
		int errors = server.protocolErrors();
		this.client.send(Frame.headers(1, Frame.END_HEADERS, BODY_BLOCK));
		flood((i) -> frames);
		isToldToKeepCalm();
		server.awaitProtocolErrors(errors + 1);
	}

	@Test
	void rapidReset() throws Exception {
		flood((i) -> frames(Frame.headers(1 + 2 * i, 5, BLOCK), Frame.reset(1 + 2 * i, Http2Error.CANCEL.code())));
		isToldToKeepCalm();
		assertThat(server.handled().size()).isLessThan(MANY);
	}

	static Stream<Arguments> madeYouReset() {
		return Stream.of(
				Arguments.of("a window by nothing", (IntFunction<Frame>) (stream) -> Frame.windowUpdate(stream, 0)),
				Arguments.of("a window by too much",
						(IntFunction<Frame>) (stream) -> Frame.windowUpdate(stream, 0x7fffffffL)),
				Arguments.of("data after the end", (IntFunction<Frame>) (stream) -> Frame.data(stream, 0, "x")),
				Arguments.of("headers after the end", (IntFunction<Frame>) (stream) -> Frame.headers(stream, 5, BLOCK)),
				Arguments.of("a dependency on itself",
						(IntFunction<Frame>) (stream) -> Frame.priority(stream, stream, false, 1)),
				Arguments.of("priority of another length",
						(IntFunction<Frame>) (stream) -> Frame.of(Frame.PRIORITY, 0, stream, 0, 0, 0, 0)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("madeYouReset")
	void streamsThatTheServerHasToReset(String kind, IntFunction<Frame> wrong) throws Exception {
		flood((i) -> frames(Frame.headers(1 + 2 * i, 5, BLOCK), wrong.apply(1 + 2 * i)));
		isToldToKeepCalm();
	}

	@Test
	void requestsThatAreMalformed() throws Exception {
		byte[] malformed = HeaderBlock.get("/wait").with("Upper", "x").bytes();
		flood((i) -> frames(Frame.headers(1 + 2 * i, 5, malformed)));
		isToldToKeepCalm();
	}

	@Test
	void bodiesThatAreLongerThanTheySay() throws Exception {
		byte[] block = HeaderBlock.post("/wait").with("content-length", "1").bytes();
		flood((i) -> frames(Frame.headers(1 + 2 * i, Frame.END_HEADERS, block), Frame.data(1 + 2 * i, 0, "xx")));
		isToldToKeepCalm();
	}

	@Test
	void trailersThatAreTooLarge() throws Exception {
		int errors = server.protocolErrors();
		byte[] large = HeaderBlock.empty().with("x-large", "x".repeat(8200)).bytes();
		flood((i) -> frames(Frame.headers(1 + 2 * i, Frame.END_HEADERS, BODY_BLOCK),
				Frame.headers(1 + 2 * i, 5, large)));
		isToldToKeepCalm();
		assertThat(server.count("error.flood")).isPositive();
		assertThat(server.protocolErrors()).isGreaterThan(errors + FloodGuard.RESETS);
	}

	@Test
	void streamsAboveTheLimit() throws Exception {
		flood((i) -> frames(Frame.headers(1 + 2 * i, 5, BLOCK)));
		isToldToKeepCalm();
	}

	@Test
	void aHeadOfEmptyFramesThatNeverEnds() throws Exception {
		this.client.send(Frame.headers(1, Frame.END_STREAM, BLOCK));
		flood((i) -> frames(Frame.continuation(1, 0, new byte[0])));
		this.client.assertConnectionError(Http2Error.ENHANCE_YOUR_CALM, Http2Error.PROTOCOL_ERROR);
	}

	@Test
	void aHeadOfSmallFramesThatNeverEnds() throws Exception {
		this.client.send(Frame.headers(1, Frame.END_STREAM, BLOCK));
		byte[] field = HeaderBlock.empty().with("a", "b").bytes();
		flood((i) -> frames(Frame.continuation(1, 0, field)));
		this.client.assertConnectionError(Http2Error.ENHANCE_YOUR_CALM, Http2Error.PROTOCOL_ERROR);
	}

	@Test
	void aHeadOfLargeFramesThatNeverEnds() throws Exception {
		this.client.send(Frame.headers(1, Frame.END_STREAM, BLOCK));
		byte[] field = HeaderBlock.empty().with("a", "b".repeat(16000)).bytes();
		flood((i) -> frames(Frame.continuation(1, 0, field)));
		this.client.assertConnectionError(Http2Error.ENHANCE_YOUR_CALM, Http2Error.PROTOCOL_ERROR,
				Http2Error.COMPRESSION_ERROR);
	}

	@Test
	void aSmallBlockThatDecodesToALargeHead() throws Exception {
		int[] references = new int[16000];
		Arrays.fill(references, 0x80 | 62);
		this.client.send(Frame.request(1, HeaderBlock.get("/bomb").remembered("x-bomb", "x".repeat(4000))));
		assertThat(this.client.awaitAnswer(1).status()).isEqualTo(200);
		this.client.send(Frame.request(3, HeaderBlock.get("/bomb").raw(references)));
		Frame end = this.client.awaitFrame("a refusal",
				(frame) -> frame.is(Frame.GOAWAY) || frame.is(Frame.HEADERS) || frame.is(Frame.RST_STREAM));
		assertThat(end.is(Frame.GOAWAY) || this.client.answer(3).status() == 431).as("%s", this.client.answer(3))
			.isTrue();
		assertThat(server.handled()).containsOnlyOnce("/bomb");
	}

}
