package io.millrace.boot;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.EngineConfig;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.ListenerOptions;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.GracefulShutdownResult;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServerException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Boot's contract of a web server, over real sockets.
 */
@ExtendWith(OutputCaptureExtension.class)
class MillraceWebServerTests {

	private final TestApplication application = new TestApplication();

	private final Queue<GracefulShutdownResult> results = new ConcurrentLinkedQueue<>();

	private @Nullable MillraceWebServer server;

	@AfterEach
	void destroy() {
		if (this.server != null) {
			this.server.destroy();
		}
	}

	@Test
	void aStartedServerSaysWhereItListensAndOnWhat(CapturedOutput output) {
		this.application.contextPath = "/";
		MillraceWebServer started = start(Shutdown.IMMEDIATE);
		assertThat(started.getPort()).isPositive();
		assertThat(output).contains("Millrace started on port " + started.getPort() + " (http) with context path '/'");
		assertThat(output).contains("Transport " + started.getEngine().transport().id()
				+ " with 1 event loop, worker mode " + "pool (max 200 threads, queue 16384)");
	}

	@Test
	void anApplicationWithoutContextPathHasNoneInTheLog(CapturedOutput output) {
		MillraceWebServer started = start(Shutdown.IMMEDIATE);
		assertThat(output).containsPattern("Millrace started on port " + started.getPort() + " \\(http\\)\\R");
	}

	@Test
	void startingTwiceStartsOnce(CapturedOutput output) {
		MillraceWebServer started = start(Shutdown.IMMEDIATE);
		int port = started.getPort();
		started.start();
		assertThat(started.getPort()).isEqualTo(port);
		assertThat(output).containsOnlyOnce("Millrace started");
	}

	@Test
	void aStoppedServerCanBeStartedAgainAndKeepsItsApplication() throws Exception {
		MillraceWebServer started = start(Shutdown.IMMEDIATE);
		int port = started.getPort();
		assertThat(get(port, "/now")).startsWith("HTTP/1.1 200");
		started.stop();
		assertThat(started.getPort()).isEqualTo(-1);
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> get(port, "/now"));
		started.stop();
		started.start();
		assertThat(get(started.getPort(), "/now")).startsWith("HTTP/1.1 200");
		assertThat(this.application.loaded).hasValue(1);
		assertThat(this.application.destroyed).hasValue(0);
	}

	@Test
	void aDestroyedServerHasToldItsApplicationOnceAndEndedItsThreads() {
		MillraceWebServer started = start(Shutdown.IMMEDIATE);
		started.destroy();
		started.destroy();
		assertThat(started.getPort()).isEqualTo(-1);
		assertThat(this.application.destroyed).hasValue(1);
		assertThat(started.getEngine().eventLoops().isTerminated()).isTrue();
	}

	@Test
	void aServerThatWasNeverStartedCanBeDestroyed() {
		MillraceWebServer created = create(0, Shutdown.GRACEFUL, true);
		created.stop();
		created.destroy();
		assertThat(created.getEngine().eventLoops().isShuttingDown()).isTrue();
		assertThat(this.application.destroyed).hasValue(1);
	}

	@Test
	void aServerWithNegativePortDoesNotListen(CapturedOutput output) {
		MillraceWebServer created = create(0, Shutdown.GRACEFUL, false);
		created.start();
		assertThat(created.getPort()).isEqualTo(-1);
		assertThat(this.application.loaded).hasValue(1);
		assertThat(output).contains("Millrace started without listening on a port");
		created.shutDownGracefully(this.results::add);
		assertThat(this.results).containsExactly(GracefulShutdownResult.IDLE);
	}

	@Test
	void aPortInUseIsSaidAsBootSaysIt() throws Exception {
		try (ServerSocket other = new ServerSocket(0)) {
			MillraceWebServer created = create(other.getLocalPort(), Shutdown.IMMEDIATE, true);
			assertThatExceptionOfType(PortInUseException.class).isThrownBy(created::start)
				.satisfies((ex) -> assertThat(ex.getPort()).isEqualTo(other.getLocalPort()));
			assertThat(created.getPort()).isEqualTo(-1);
		}
	}

	@Test
	void anAddressOfAnotherMachineIsNotAPortInUse() {
		InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 0);
		this.server = new MillraceWebServer(config(elsewhere), this.application, Shutdown.IMMEDIATE, true);
		assertThatExceptionOfType(WebServerException.class).isThrownBy(this.server::start)
			.isNotInstanceOf(PortInUseException.class)
			.withMessageContaining("192.0.2.1");
	}

	@Test
	void anApplicationThatCannotBeLoadedStopsStartUp() {
		this.application.loadFailure = new IllegalStateException("no");
		MillraceWebServer created = create(0, Shutdown.IMMEDIATE, true);
		assertThatExceptionOfType(WebServerException.class).isThrownBy(created::start)
			.withCause(this.application.loadFailure);
		assertThat(created.getPort()).isEqualTo(-1);
	}

	@Test
	void anImmediateShutdownWaitsForNobody(CapturedOutput output) throws Exception {
		MillraceWebServer started = start(Shutdown.IMMEDIATE);
		try (Socket socket = send(started.getPort(), "/later")) {
			awaitRequest();
			started.shutDownGracefully(this.results::add);
			assertThat(this.results).containsExactly(GracefulShutdownResult.IMMEDIATE);
			started.stop();
			assertThat(readAll(socket)).isEmpty();
		}
		assertThat(output).doesNotContain("graceful shutdown");
	}

	@Test
	void aRequestInFlightIsAnsweredBeforeAGracefulShutdownIsComplete(CapturedOutput output) throws Exception {
		MillraceWebServer started = start(Shutdown.GRACEFUL);
		int port = started.getPort();
		try (Socket socket = send(port, "/later"); Socket idle = send(port, "/now")) {
			awaitRequest();
			idle.getInputStream().read();
			started.shutDownGracefully(this.results::add);
			assertThat(output).contains("Commencing graceful shutdown. Waiting for active requests to complete");
			assertThat(readAll(idle)).endsWith("now");
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> get(port, "/now"));
			assertThat(this.results).isEmpty();
			this.application.answer();
			assertThat(readAll(socket)).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("connection: close")
				.endsWith("later");
		}
		await().untilAsserted(() -> assertThat(this.results).containsExactly(GracefulShutdownResult.IDLE));
		assertThat(output).contains("Graceful shutdown complete");
		started.stop();
		assertThat(this.results).hasSize(1);
		assertThat(output).doesNotContain("aborted");
	}

	@Test
	void aStopEndsAGracefulShutdownWithRequestsActive(CapturedOutput output) throws Exception {
		MillraceWebServer started = start(Shutdown.GRACEFUL);
		try (Socket socket = send(started.getPort(), "/later")) {
			awaitRequest();
			started.shutDownGracefully(this.results::add);
			assertThat(this.results).isEmpty();
			started.stop();
			assertThat(this.results).containsExactly(GracefulShutdownResult.REQUESTS_ACTIVE);
			assertThat(output).contains("Graceful shutdown aborted with one or more requests still active");
			assertThat(readAll(socket)).isEmpty();
		}
		started.destroy();
		assertThat(this.results).hasSize(1);
		assertThat(output).doesNotContain("Graceful shutdown complete");
	}

	@Test
	void theThreadsOfTheServerKeepTheProcessAlive() {
		start(Shutdown.IMMEDIATE);
		assertThat(Thread.getAllStackTraces().keySet())
			.anySatisfy((thread) -> assertThat(thread).matches((t) -> t.getName().startsWith("millrace-loop"))
				.matches((t) -> !t.isDaemon()));
	}

	private MillraceWebServer start(Shutdown shutdown) {
		MillraceWebServer created = create(0, shutdown, true);
		created.start();
		return created;
	}

	private MillraceWebServer create(int port, Shutdown shutdown, boolean listening) {
		MillraceWebServer created = new MillraceWebServer(config(new InetSocketAddress("127.0.0.1", port)),
				this.application, shutdown, listening);
		this.server = created;
		return created;
	}

	private static EngineConfig config(InetSocketAddress address) {
		return EngineConfig.builder().listener(ListenerOptions.at(address)).eventLoops(1).build();
	}

	private void awaitRequest() {
		await().until(() -> !this.application.waiting.isEmpty());
	}

	private static String get(int port, String path) throws IOException {
		try (Socket socket = send(port, path)) {
			socket.shutdownOutput();
			return readAll(socket);
		}
	}

	private static Socket send(int port, String path) throws IOException {
		Socket socket = new Socket("127.0.0.1", port);
		socket.setSoTimeout(30_000);
		socket.getOutputStream()
			.write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	// A connection that is cut has nothing more to say.
	private static String readAll(Socket socket) {
		StringBuilder text = new StringBuilder();
		try {
			InputStream in = socket.getInputStream();
			for (int b = in.read(); b >= 0; b = in.read()) {
				text.append((char) b);
			}
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
		return text.toString();
	}

	private static final class TestApplication implements ServedApplication, ExchangeHandler {

		private final AtomicInteger loaded = new AtomicInteger();

		private final AtomicInteger destroyed = new AtomicInteger();

		private final Queue<Exchange> waiting = new ConcurrentLinkedQueue<>();

		private @Nullable String contextPath;

		private @Nullable RuntimeException loadFailure;

		@Override
		public ExchangeHandler handler() {
			return this;
		}

		@Override
		public boolean mayBlock() {
			return true;
		}

		@Override
		public void handle(Exchange exchange) {
			if (exchange.request().target().path().equals("/later")) {
				this.waiting.add(exchange);
			}
			else {
				exchange.responseBody().write(Unpooled.copiedBuffer("now", StandardCharsets.US_ASCII), true);
			}
		}

		void answer() {
			this.waiting.remove().responseBody().write(Unpooled.copiedBuffer("later", StandardCharsets.US_ASCII), true);
		}

		@Override
		public @Nullable String contextPath() {
			return this.contextPath;
		}

		@Override
		public void load() {
			this.loaded.incrementAndGet();
			if (this.loadFailure != null) {
				throw this.loadFailure;
			}
		}

		@Override
		public void destroy() {
			this.destroyed.incrementAndGet();
		}

	}

}
