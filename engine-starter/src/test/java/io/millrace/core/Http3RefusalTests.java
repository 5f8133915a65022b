package io.millrace.core;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.http3.Http3Client;
import io.millrace.core.http3.Http3Options;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.handler.codec.quic.QuicStreamType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What HTTP/3 answers to what is not right, too much, too slow or gone.
 */
@Timeout(120)
class Http3RefusalTests {

	private static final ExchangeHandler HELLO = (exchange) -> Http3Tests.drain(exchange,
			() -> TestEngine.text(exchange, "hello"));

	private static TestEngine start(ExchangeHandler handler) throws Exception {
		return new TestEngine(Transport.best(), handler, Http3Tests.http3((builder) -> builder)).start();
	}

	static Stream<Arguments> malformed() {
		return Stream.of(Arguments.of("two hosts", List.of("host", "other")),
				Arguments.of("connection", List.of("connection", "close")),
				Arguments.of("transfer-encoding", List.of("transfer-encoding", "chunked")),
				Arguments.of("te", List.of("te", "gzip")), Arguments.of("space", List.of("x", " a")),
				Arguments.of("no length", List.of("content-length", "x")),
				Arguments.of("content that does not come", List.of("content-length", "5")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void malformed(String what, List<String> fields) throws Exception {
		try (TestEngine engine = start(HELLO); Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.head("GET", "/", true, fields.toArray(String[]::new));
			assertReset(stream, Http3ErrorCode.H3_MESSAGE_ERROR);
			assertThat(client.get("/").body()).isEqualTo("hello");
			assertErrors(engine, "syntax", 1);
		}
	}

	@Test
	void aStreamWithoutARequestIsReset() throws Exception {
		try (TestEngine engine = start(HELLO); Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.channel().shutdownOutput();
			assertReset(stream, Http3ErrorCode.H3_REQUEST_INCOMPLETE);
			assertThat(client.get("/").body()).isEqualTo("hello");
			assertErrors(engine, "syntax", 1);
		}
	}

	@Test
	void framesThatMustNotBeThereEndTheConnection() throws Exception {
		try (TestEngine engine = start(HELLO)) {
			assertClosed(engine, new byte[] { 0, 1, 'a' }, Http3ErrorCode.H3_FRAME_UNEXPECTED);
			assertClosed(engine, new byte[] { 2, 0 }, Http3ErrorCode.H3_FRAME_UNEXPECTED);
			assertClosed(engine, new byte[] { 4, 0 }, Http3ErrorCode.H3_FRAME_UNEXPECTED);
			assertClosed(engine, new byte[] { 1, 2, (byte) 0xff, (byte) 0xff },
					Http3ErrorCode.QPACK_DECOMPRESSION_FAILED);
			assertErrors(engine, "syntax", 4);
			try (Http3Client client = Http3Tests.connect(engine)) {
				assertThat(client.get("/").body()).isEqualTo("hello");
			}
		}
	}

	private static void assertClosed(TestEngine engine, byte[] sent, Http3ErrorCode code) throws Exception {
		try (Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.raw(Unpooled.directBuffer().writeBytes(sent));
			QuicConnectionCloseEvent close = client.closed().get(30, TimeUnit.SECONDS);
			assertThat(close.isApplicationClose()).isTrue();
			assertThat(close.error()).isEqualTo(code.code());
		}
	}

	@Test
	void whatIsTooLargeIsAnswered() throws Exception {
		Http1Options limits = new Http1Options(8192, 4096, 20, 1000, 0, 0, null);
		try (TestEngine engine = new TestEngine(Transport.best(), new Http3Tests.Echo(),
				Http3Tests.http3((builder) -> builder.http1(limits)))
			.start(); Http3Client client = Http3Tests.connect(engine)) {
			assertThat(client.get("/", "x", "a".repeat(4200)).status()).isEqualTo(431);
			String[] many = new String[42];
			for (int i = 0; i < many.length; i += 2) {
				many[i] = "x" + i;
				many[i + 1] = "y";
			}
			assertThat(client.get("/", many).status()).isEqualTo(431);
			assertThat(
					client.send("POST", "/", new byte[10], "content-length", "1001").get(30, TimeUnit.SECONDS).status())
				.isEqualTo(413);
			assertThat(client.send("POST", "/", new byte[1000]).get(30, TimeUnit.SECONDS).body()).hasSize(1000);
			assertErrors(engine, "limit", 3);
			Http3Client.Stream held = client.open();
			held.head("POST", "/", false);
			held.content(new byte[600], false);
			held.head().get(30, TimeUnit.SECONDS);
			held.content(new byte[600], false);
			// The response was on its way: it is cut.
			assertReset(held, Http3ErrorCode.H3_INTERNAL_ERROR);
			assertErrors(engine, "limit", 4);
			// Twice as large as it may be, and more: the connection is closed.
			client.send("GET", "/", null, "x", "a".repeat(20_000));
			assertThat(client.closed().get(30, TimeUnit.SECONDS).error())
				.isEqualTo(Http3ErrorCode.H3_EXCESSIVE_LOAD.code());
		}
	}

	@Test
	void badTargetsAndMethodsAreAnswered() throws Exception {
		try (TestEngine engine = start(HELLO); Http3Client client = Http3Tests.connect(engine)) {
			assertThat(client.get("/%00").status()).isEqualTo(400);
			assertThat(client.get("/a<b").status()).isEqualTo(400);
			Http3Client.Response options = client.send("OPTIONS", "*", null).get(30, TimeUnit.SECONDS);
			assertThat(options.header("allow")).contains("GET");
			assertErrors(engine, "syntax", 2);
		}
	}

	@Test
	void aRequestThatNobodyHasRoomForIsTurnedAway() throws Exception {
		TestEngine.Gate gate = new TestEngine.Gate(1);
		try (TestEngine engine = new TestEngine(Transport.best(), TestEngine.slow("/slow", gate),
				Http3Tests.http3((builder) -> builder.worker(TestEngine.workers(1, 1))))
			.start(); Http3Client client = Http3Tests.connect(engine)) {
			var slow = client.send("GET", "/slow", null);
			gate.awaitEntered();
			// One of them waits.
			List<CompletableFuture<Http3Client.Response>> others = List.of(client.send("GET", "/1", null),
					client.send("POST", "/2", new byte[10]), client.send("GET", "/3", null));
			Awaitility.await().until(() -> others.stream().filter(CompletableFuture::isDone).count() == 2);
			for (CompletableFuture<Http3Client.Response> other : others) {
				if (other.isDone()) {
					assertThat(other.join().status()).isEqualTo(503);
					assertThat(other.join().header("retry-after")).isNotNull();
					assertThat(other.join().body()).startsWith("503 ");
				}
			}
			assertThat(client.get("/fast").body()).isEqualTo("fast");
			gate.open();
			assertThat(slow.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
			assertThat(engine.engine().snapshot().refusals().refused()).containsEntry("full", 2L);
		}
	}

	@Test
	void aClientThatResetsItsRequestIsNoError() throws Exception {
		AtomicReference<Exchange> open = new AtomicReference<>();
		try (TestEngine engine = start((exchange) -> {
			if (exchange.request().method().equals("POST")) {
				open.set(exchange);
			}
			else {
				HELLO.handle(exchange);
			}
		}); Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.head("POST", "/", false);
			Awaitility.await().until(() -> open.get() != null);
			stream.channel().shutdown(Http3ErrorCode.H3_REQUEST_CANCELLED.code());
			Awaitility.await().until(() -> open.get().outcome() == Exchange.Outcome.ABORTED);
			assertThat(client.get("/").body()).isEqualTo("hello");
			EngineSnapshot now = engine.engine().snapshot();
			assertThat(now.requests().aborted()).isOne();
			assertErrors(engine, "syntax", 0);
		}
	}

	@Test
	void aClientThatStopsAResponseEndsIt() throws Exception {
		AtomicReference<Exchange> open = new AtomicReference<>();
		try (TestEngine engine = start((exchange) -> {
			open.set(exchange);
			exchange.responseBody().write(Unpooled.copiedBuffer("event", StandardCharsets.US_ASCII), false);
		}); Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.head("GET", "/", true);
			stream.head().get(30, TimeUnit.SECONDS);
			stream.channel().shutdownInput(Http3ErrorCode.H3_REQUEST_CANCELLED.code());
			// As soon as there is something to say, it is seen that nobody hears it.
			Awaitility.await().until(() -> {
				open.get().responseBody().write(Unpooled.copiedBuffer("event", StandardCharsets.US_ASCII), false);
				return open.get().outcome() == Exchange.Outcome.ABORTED;
			});
		}
	}

	@Test
	void manyResetsEndTheConnection() throws Exception {
		try (TestEngine engine = start(HELLO); Http3Client client = Http3Tests.connect(engine)) {
			for (int i = 0; i < 2000 && client.goAways().isEmpty() && !client.closed().isDone(); i++) {
				Awaitility.await()
					.pollInterval(Duration.ofMillis(5))
					.until(() -> client.connection().peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) > 0
							|| client.closed().isDone());
				Http3Client.Stream stream = client.open();
				stream.head("POST", "/", false);
				stream.channel().shutdown(Http3ErrorCode.H3_REQUEST_CANCELLED.code());
			}
			Awaitility.await().until(() -> !client.goAways().isEmpty() || client.closed().isDone());
		}
	}

	@Test
	void slowClientsAreToldSo() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(Duration.ofMillis(300), Duration.ofSeconds(60),
				Duration.ofSeconds(30), Duration.ofSeconds(3), 1_000_000, Duration.ofMillis(300), Duration.ZERO);
		try (TestEngine engine = new TestEngine(Transport.best(), new Http3Tests.Echo(),
				Http3Tests.http3((builder) -> builder.timeouts(timeouts)))
			.start(); Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Stream noHead = client.open();
			noHead.raw(Unpooled.directBuffer().writeBytes(new byte[] { 1, 20, 0 }));
			assertThat(noHead.head().get(30, TimeUnit.SECONDS).status()).hasToString("408");
			Http3Client.Stream slowBody = client.open();
			slowBody.head("POST", "/", false);
			assertThat(slowBody.head().get(30, TimeUnit.SECONDS).status()).hasToString("408");
			assertThat(engine.engine().snapshot().refusals().timeouts()).containsEntry("header", 1L)
				.containsEntry("body", 1L);
		}
	}

	@Test
	void aClientThatDoesNotReadIsGivenUp() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(60),
				Duration.ofMillis(500), Duration.ofSeconds(3), 240, Duration.ofSeconds(10), Duration.ZERO);
		AtomicReference<Exchange> open = new AtomicReference<>();
		try (TestEngine engine = new TestEngine(Transport.best(), (exchange) -> {
			open.set(exchange);
			exchange.responseBody().write(Unpooled.wrappedBuffer(new byte[10_000_000]), false);
		}, Http3Tests.http3((builder) -> builder.timeouts(timeouts))).start();
				Http3Client client = Http3Tests.connect(engine)) {
			Http3Client.Stream stream = client.open();
			stream.paused(true);
			stream.head("GET", "/", true);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> open.get() != null && open.get().outcome() == Exchange.Outcome.ABORTED);
			assertThat(engine.engine().snapshot().refusals().timeouts()).containsEntry("write", 1L);
		}
	}

	@Test
	void connectionsAreCountedForTheirClient() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.best(), HELLO,
				Http3Tests.http3((builder) -> builder
					.listener(new ListenerOptions(TestEngine.loopback(0), 100, false, 0, 1, List.of()))))
			.start(); Http3Client first = Http3Tests.connect(engine)) {
			assertThat(first.get("/").body()).isEqualTo("hello");
			try (Http3Client second = Http3Tests.connect(engine)) {
				assertThat(second.closed().get(30, TimeUnit.SECONDS).error())
					.isEqualTo(Http3ErrorCode.H3_EXCESSIVE_LOAD.code());
			}
			assertThat(first.get("/").body()).isEqualTo("hello");
		}
	}

	@Test
	void aClientShowsItsAddressWhereItIsAskedTo() throws Exception {
		Http3Options options = new Http3Options(100, Duration.ofSeconds(30), 262_144, 2_097_152, false, true,
				Duration.ZERO);
		try (TestEngine engine = new TestEngine(Transport.best(), HELLO,
				Http3Tests.http3((builder) -> builder.http3(options)))
			.start(); Http3Client client = Http3Tests.connect(engine)) {
			assertThat(client.get("/").body()).isEqualTo("hello");
		}
	}

	private static void assertReset(Http3Client.Stream stream, Http3ErrorCode code) {
		assertThat(stream.response()).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOfSatisfying(QuicStreamResetException.class,
					(reset) -> assertThat(reset.applicationProtocolCode()).isEqualTo(code.code()));
	}

	private static void assertErrors(TestEngine engine, String kind, long count) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(engine.engine().snapshot().refusals().protocolErrors().get(kind))
				.isEqualTo(count));
	}

}
