package io.millrace.core.http2;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2Error;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an engine does with the requests of HTTP/2 that it does with those of HTTP/1.1:
 * workers, refusals, files, draining.
 */
@Timeout(120)
class Http2EngineTests {

	private final CountDownLatch gate = new CountDownLatch(1);

	private final CountDownLatch entered = new CountDownLatch(1);

	private Engine engine;

	@TempDir
	Path directory;

	@AfterEach
	void close() {
		this.gate.countDown();
		this.engine.close();
	}

	@ParameterizedTest
	@EnumSource(value = WorkerMode.class, names = { "POOL", "VIRTUAL" })
	void handlersThatBlockHoldUpNobody(WorkerMode mode) throws Exception {
		if (mode == WorkerMode.VIRTUAL && Runtime.version().feature() < 21) {
			mode = WorkerMode.POOL;
		}
		start(new WorkerOptions(mode, 4, 0, Duration.ofSeconds(60), 4, 4), (builder) -> builder);
		try (FrameClient client = FrameClient.connect(this.engine.port())) {
			client.send(Frame.request(1, HeaderBlock.get("/wait")));
			await(this.entered);
			assertThat(client.get(3, "/").body()).isEqualTo("HTTP/2.0 3");
			EngineSnapshot.Protocol protocol = this.engine.snapshot().connections().byProtocol().get("http2");
			assertThat(protocol).isEqualTo(new EngineSnapshot.Protocol(1, 0));
			this.gate.countDown();
			assertThat(client.awaitAnswer(1).body()).isEqualTo("HTTP/2.0 1");
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.engine.snapshot().connections().byProtocol().get("http2").idle())
					.isOne());
		}
	}

	@Test
	void aRequestForWhichThereIsNoWorkerIsRefusedAndTheOthersGoOn() throws Exception {
		start(new WorkerOptions(WorkerMode.POOL, 1, 0, Duration.ofSeconds(60), 1, 1), (builder) -> builder);
		try (FrameClient client = FrameClient.connect(this.engine.port())) {
			client.send(Frame.request(1, HeaderBlock.get("/wait")));
			await(this.entered);
			client.send(Frame.request(3, HeaderBlock.get("/")));
			Answer refused = client.get(5, "/");
			assertThat(refused.status()).isEqualTo(503);
			assertThat(refused.header("retry-after")).isNotNull();
			assertThat(refused.body()).startsWith("503 Service Unavailable");
			client.send(Frame.request(7, HeaderBlock.of("HEAD", "/")));
			assertThat(client.awaitAnswer(7).status()).isEqualTo(503);
			assertThat(client.answer(7).length()).isZero();
			this.gate.countDown();
			assertThat(client.awaitAnswer(1).status()).isEqualTo(200);
			assertThat(client.awaitAnswer(3).status()).isEqualTo(200);
			assertThat(this.engine.snapshot().refusals().refused()).containsEntry("full", 2L);
		}
	}

	@Test
	void aBodyThatFillsASmallWindowIsHandledWhileItComesThoughThreadsAreScarce() throws Exception {
		start(new WorkerOptions(WorkerMode.POOL, 4, 0, Duration.ofSeconds(60), 4, 4),
				(builder) -> builder.http2(new Http2Options(100, 32 * 1024, 16384, Duration.ZERO)));
		try (FrameClient client = FrameClient.connect(this.engine.port())) {
			client.send(Frame.request(1, HeaderBlock.get("/wait")));
			await(this.entered);
			client.send(Frame.open(3, HeaderBlock.post("/"))).upload(3, new byte[32 * 1024], false);
			assertThat(client.awaitAnswer(3).body()).isEqualTo("HTTP/2.0 3");
			this.gate.countDown();
			assertThat(client.awaitAnswer(1).status()).isEqualTo(200);
		}
	}

	@Test
	void aServerThatStopsSaysGoodbyeInTwoStepsAndAnswersWhatIsUnderWay() throws Exception {
		start(WorkerOptions.defaults(), (builder) -> builder);
		try (FrameClient client = FrameClient.connect(this.engine.port())) {
			client.send(Frame.request(1, HeaderBlock.get("/wait")));
			await(this.entered);
			CompletableFuture<Void> drained = this.engine.drain().toCompletableFuture();
			Frame warning = client.awaitFrame(Frame.GOAWAY);
			assertThat(warning.lastStream()).isEqualTo(Integer.MAX_VALUE);
			assertThat(warning.error()).isEqualTo(Http2Error.NO_ERROR);
			// This was on its way already: the client answers the ping when it reads on.
			client.send(Frame.request(3, HeaderBlock.get("/")));
			Frame last = client.awaitFrame(Frame.GOAWAY);
			assertThat(last.lastStream()).isEqualTo(3);
			assertThat(client.awaitAnswer(3).status()).isEqualTo(200);
			assertThat(drained).isNotDone();
			client.send(Frame.request(5, HeaderBlock.get("/")));
			this.gate.countDown();
			assertThat(client.awaitAnswer(1).body()).isEqualTo("HTTP/2.0 1");
			drained.get(20, TimeUnit.SECONDS);
			client.assertClosed();
			assertThat(client.answer(5).head()).isNull();
		}
	}

	@Test
	void aConnectionHasAsManyRequestsAsItMay() throws Exception {
		Http1Options defaults = Http1Options.defaults();
		start(WorkerOptions.defaults(), (builder) -> builder.http1(new Http1Options(defaults.maxRequestLineSize(),
				defaults.maxHeaderSize(), defaults.maxHeaderCount(), 0, defaults.maxDrainSize(), 2, null)));
		try (FrameClient client = FrameClient.connect(this.engine.port())) {
			assertThat(client.get(1, "/").status()).isEqualTo(200);
			client.send(Frame.request(3, HeaderBlock.get("/")));
			client.awaitFrame("the last GOAWAY", (frame) -> frame.is(Frame.GOAWAY) && frame.lastStream() == 3);
			assertThat(client.awaitAnswer(3).status()).isEqualTo(200);
			client.assertClosed();
		}
	}

	@Test
	void aRegionOfAFileIsSentAsTheClientTakesIt() throws Exception {
		byte[] content = new byte[700_000];
		for (int i = 0; i < content.length; i++) {
			content[i] = (byte) (i * 31 + i / 251);
		}
		Files.write(this.directory.resolve("content"), content);
		start(WorkerOptions.defaults(), (builder) -> builder);
		try (FrameClient client = FrameClient.connect(this.engine.port())) {
			Answer answer = client.get(1, "/file");
			assertThat(answer.header("content-length")).isEqualTo("699000");
			assertThat(answer.bytes()).isEqualTo(Arrays.copyOfRange(content, 1000, content.length));
			Answer head = client.send(Frame.request(3, HeaderBlock.of("HEAD", "/file"))).awaitAnswer(3);
			assertThat(head.header("content-length")).isEqualTo("699000");
			assertThat(head.length()).isZero();
		}
	}

	@Test
	void aStreamThatIsGivenNoWindowIsNotWritable() throws Exception {
		start(WorkerOptions.defaults(), (builder) -> builder);
		try (FrameClient client = FrameClient.open(this.engine.port()).handshake(4, 0)) {
			client.send(Frame.request(1, HeaderBlock.get("/writable")));
			client.awaitHead(1);
			client.send(Frame.windowUpdate(1, 100));
			assertThat(client.awaitAnswer(1).body()).isEqualTo("false");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/later", "/later-file" })
	void anAnswerThatEndsOnTheEventLoopIsSentWithoutAnythingElse(String path) throws Exception {
		Files.writeString(this.directory.resolve("content"), "late");
		start(WorkerOptions.defaults(), (builder) -> builder);
		try (FrameClient client = FrameClient.connect(this.engine.port())) {
			assertThat(client.get(1, path).body()).isEqualTo("late");
			client.send(Frame.request(3, HeaderBlock.of("HEAD", path)));
			assertThat(client.awaitAnswer(3).status()).isEqualTo(200);
		}
	}

	@Test
	void aRequestThatAsksForTheUpgradeIsAnsweredAsStreamOne() throws Exception {
		start(WorkerOptions.defaults(), (builder) -> builder);
		try (Socket socket = connect()) {
			String request = "GET /upgraded HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
					+ "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			String expected = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
			assertThat(new String(socket.getInputStream().readNBytes(expected.length()), StandardCharsets.US_ASCII))
				.isEqualTo(expected);
			FrameClient client = new FrameClient(socket).handshake();
			assertThat(client.awaitAnswer(1).body()).isEqualTo("HTTP/2.0 1");
			assertThat(client.get(3, "/").body()).isEqualTo("HTTP/2.0 3");
		}
	}

	@Test
	void anUpgradeThatIsNotRightIsIgnored() throws Exception {
		start(WorkerOptions.defaults(), (builder) -> builder);
		String ask = "Host: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n";
		assertThat(raw("POST / HTTP/1.1\r\n" + ask + "HTTP2-Settings: AAMAAABk\r\nContent-Length: 1\r\n\r\nx"))
			.startsWith("HTTP/1.1 200")
			.endsWith("HTTP/1.1 ");
		assertThat(raw("GET / HTTP/1.1\r\n" + ask + "\r\n")).startsWith("HTTP/1.1 200").endsWith("HTTP/1.1 ");
		assertThat(raw("GET / HTTP/1.1\r\n" + ask + "HTTP2-Settings: !\r\n\r\n")).startsWith("HTTP/1.1 200");
		assertThat(raw("GET / HTTP/1.1\r\n" + ask + "HTTP2-Settings: AAMAAABk\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"))
			.startsWith("HTTP/1.1 200");
	}

	private String raw(String request) throws Exception {
		try (Socket socket = connect()) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	private Socket connect() throws Exception {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.engine.port());
		socket.setSoTimeout(30_000);
		return socket;
	}

	private void start(WorkerOptions workers, UnaryOperator<EngineConfig.Builder> more) throws Exception {
		this.engine = new Engine(more
			.apply(EngineConfig.builder()
				.eventLoops(1)
				.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
				.http2(Http2Options.defaults())
				.worker(workers))
			.build(), new Application());
		this.engine.start();
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
	}

	/** Blocks where it is told to. */
	private final class Application implements ExchangeHandler {

		@Override
		public void handle(Exchange exchange) throws Exception {
			String path = exchange.request().target().path();
			if (path.equals("/wait")) {
				Http2EngineTests.this.entered.countDown();
				await(Http2EngineTests.this.gate);
			}
			if (path.equals("/file")) {
				FileChannel file = FileChannel.open(Http2EngineTests.this.directory.resolve("content"));
				exchange.responseBody().writeFile(file, 1000, file.size() - 1000, true);
				return;
			}
			if (path.startsWith("/later")) {
				exchange.stream().executor().schedule(() -> {
					answerLater(exchange, path);
					return null;
				}, 1, TimeUnit.MILLISECONDS);
				return;
			}
			String text = path.equals("/writable") ? String.valueOf(exchange.responseBody().isWritable())
					: exchange.request().version().text() + " " + exchange.requestId();
			exchange.responseBody().write(ByteBufUtil.writeUtf8(exchange.allocator(), text), true);
		}

		private void answerLater(Exchange exchange, String path) throws IOException {
			if (path.equals("/later-file")) {
				FileChannel file = FileChannel.open(Http2EngineTests.this.directory.resolve("content"));
				exchange.responseBody().writeFile(file, 0, file.size(), true);
			}
			else {
				exchange.responseBody().write(ByteBufUtil.writeUtf8(exchange.allocator(), "late"), true);
			}
		}

		@Override
		public boolean mayBlock() {
			return true;
		}

	}

}
