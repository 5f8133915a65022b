package io.millrace.core.http1;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.millrace.core.EngineConfig;
import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.Route;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which responses a worker writes itself, and which are left to the event loop: seen with
 * a loop that is busy with something else.
 */
class DirectResponseTests {

	private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

	// So many responses that are late are no chance.
	private static final int FULL = 50;

	@TempDir
	Path directory;

	@BeforeEach
	void needsEpoll() {
		Assumptions.assumeTrue(Transport.EPOLL.isAvailable());
	}

	static List<Transport> others() {
		return TestServer.transports().stream().filter((transport) -> transport != Transport.EPOLL).toList();
	}

	@Test
	void aSmallWholeResponseDoesNotWaitForTheLoop() throws Exception {
		try (BusyLoop loop = new BusyLoop(Transport.EPOLL, WorkerMode.POOL,
				(exchange) -> TestServer.text(exchange, "hello"))) {
			RawClient client = loop.send(GET);
			assertThat(client.receive().body()).isEqualTo("hello");
			loop.release();
			assertThat(loop.outcome()).isEqualTo(Exchange.Outcome.COMPLETED);
			assertThat(client.get("/again").receive().body()).isEqualTo("hello");
		}
	}

	@Test
	void aBodyThatHasComeIsNoObstacle() throws Exception {
		try (BusyLoop loop = new BusyLoop(Transport.EPOLL, WorkerMode.POOL, TestServer::echo)) {
			RawClient client = loop.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
			assertThat(client.receive().body()).isEqualTo("POST / body");
			loop.release();
		}
	}

	@Test
	void aResponseWithoutBodyDoesNotWaitEither() throws Exception {
		try (BusyLoop loop = new BusyLoop(Transport.EPOLL, WorkerMode.POOL, (exchange) -> {
			exchange.response().status(204);
			exchange.responseBody().write(null, true);
		})) {
			assertThat(loop.send(GET).receive().status()).isEqualTo(204);
			loop.release();
		}
	}

	@ParameterizedTest
	@MethodSource("others")
	void otherTransportsLeaveItToTheLoop(Transport transport) throws Exception {
		assertLeftToTheLoop(transport, WorkerMode.POOL, GET, (exchange) -> TestServer.text(exchange, "hello"), "hello");
	}

	@Test
	void aLargeBodyIsLeftToTheLoop() throws Exception {
		String large = "x".repeat(ResponseWriter.COPY_LIMIT + 1);
		assertLeftToTheLoop(GET, (exchange) -> TestServer.text(exchange, large), large);
	}

	@Test
	void aBodyInPartsIsLeftToTheLoop() throws Exception {
		assertLeftToTheLoop(GET, (exchange) -> {
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "hel"), false);
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "lo"), true);
		}, "hello");
	}

	@Test
	void aFileIsLeftToTheLoop() throws Exception {
		Path file = Files.writeString(this.directory.resolve("file"), "hello");
		assertLeftToTheLoop(GET, (exchange) -> exchange.responseBody().writeFile(FileChannel.open(file), 0, 5, true),
				"hello");
	}

	@Test
	void trailersAreLeftToTheLoop() throws Exception {
		assertLeftToTheLoop(GET, (exchange) -> {
			exchange.response().trailers(new DefaultHttpHeaders().set("X-Sum", "1"));
			TestServer.text(exchange, "hello");
		}, "hello");
	}

	@Test
	void aResponseWhoseEndSomebodyWaitsForIsLeftToTheLoop() throws Exception {
		AtomicReference<String> told = new AtomicReference<>();
		assertLeftToTheLoop(GET, (exchange) -> {
			exchange.onEnd((outcome) -> told.set(outcome + " by " + Thread.currentThread().getName()));
			TestServer.text(exchange, "hello");
		}, "hello");
		assertThat(told.get()).startsWith("COMPLETED by millrace-loop");
	}

	@Test
	void theLastResponseOfAConnectionIsLeftToTheLoop() throws Exception {
		assertLeftToTheLoop("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
				(exchange) -> TestServer.text(exchange, "hello"), "hello");
	}

	@Test
	void aConnectionThatTheApplicationClosesIsLeftToTheLoop() throws Exception {
		assertLeftToTheLoop(GET, (exchange) -> {
			exchange.response().headers().set("Connection", "close");
			TestServer.text(exchange, "hello");
		}, "hello");
	}

	@Test
	void aResponseIsLeftToTheLoopWhereTheNextRequestWaitsAlready() throws Exception {
		assertLeftToTheLoop(GET + "GET /second HTTP/1.1\r\n",
				(exchange) -> TestServer.text(exchange, exchange.request().target().path()), "/");
	}

	@Test
	void virtualThreadsLeaveItToTheLoop() throws Exception {
		Assumptions.assumeTrue(Runtime.version().feature() >= 21);
		assertLeftToTheLoop(Transport.EPOLL, WorkerMode.VIRTUAL, GET, (exchange) -> TestServer.text(exchange, "hello"),
				"hello");
	}

	@Test
	void aRouteIsNoObstacle() throws Exception {
		try (BusyLoop loop = new BusyLoop(Transport.EPOLL, WorkerMode.POOL,
				(exchange) -> TestServer.text(exchange, "hello"), (options) -> options.policies(List.of(route(0))))) {
			assertThat(loop.send(GET).receive().body()).isEqualTo("hello");
			loop.release();
		}
	}

	@Test
	void aRouteWhosePermitWaitsForTheEndIsLeftToTheLoop() throws Exception {
		try (BusyLoop loop = new BusyLoop(Transport.EPOLL, WorkerMode.POOL,
				(exchange) -> TestServer.text(exchange, "hello"), (options) -> options.policies(List.of(route(1))))) {
			RawClient client = loop.send(GET);
			loop.awaitAnswered();
			assertThat(loop.outcome()).isNull();
			loop.release();
			assertThat(client.receive().body()).isEqualTo("hello");
		}
	}

	private static RoutePolicy route(int limit) {
		return new RoutePolicy("/", (request) -> true, null, limit, limit, null, Priority.NORMAL);
	}

	private void assertLeftToTheLoop(String request, ExchangeHandler handler, String body) throws Exception {
		assertLeftToTheLoop(Transport.EPOLL, WorkerMode.POOL, request, handler, body);
	}

	private void assertLeftToTheLoop(Transport transport, WorkerMode mode, String request, ExchangeHandler handler,
			String body) throws Exception {
		try (BusyLoop loop = new BusyLoop(transport, mode, handler)) {
			RawClient client = loop.send(request);
			loop.awaitAnswered();
			assertThat(loop.outcome()).isNull();
			loop.release();
			assertThat(client.receive().body()).isEqualTo(body);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatTheSocketDoesNotTakeIsSentByTheLoop(boolean byWorker) throws Exception {
		String part = "0123456789abcdef".repeat(ResponseWriter.COPY_LIMIT / 16);
		try (TestServer server = TestServer.start(Transport.EPOLL, TestServer.blocking((exchange) -> {
			if (!byWorker) {
				exchange.onEnd((outcome) -> {
				});
			}
			TestServer.text(exchange, part);
		})); RawClient client = server.connect()) {
			int responses = 4_000;
			int late = 0;
			for (int i = 0; i < responses; i++) {
				client.get("/" + i);
				// No two requests at once, and nobody reads, until the kernel is full.
				if (late < FULL && !isCompleted(server, i + 1)) {
					late++;
				}
			}
			assertThat(late).isEqualTo(FULL);
			for (int i = 0; i < responses; i++) {
				assertThat(client.receive().body()).isEqualTo(part);
			}
		}
	}

	// Above the watermark of the outbound buffer no request is looked at any more.
	private static boolean isCompleted(TestServer server, int expected) throws InterruptedException {
		long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
		while (server.counts.of("completed") < expected && System.nanoTime() < until) {
			Thread.sleep(0, 50_000);
		}
		return server.counts.of("completed") >= expected;
	}

	@Test
	void aConnectionIsIdleFromItsResponseOn() throws Exception {
		CountDownLatch late = new CountDownLatch(1);
		try (TestServer server = TestServer.start(Transport.EPOLL, TestServer.blocking((exchange) -> {
			// Longer than a connection may be idle: it is not, it waits for us.
			assertThat(late.await(500, TimeUnit.MILLISECONDS)).isFalse();
			TestServer.text(exchange, "hello");
		}), (options) -> options.timeouts(TestServer.timeouts(Duration.ofSeconds(20), Duration.ofMillis(200),
				Duration.ofSeconds(20), Duration.ofSeconds(20)))); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
			assertThat(client.readAll()).isEmpty();
			assertThat(server.counts.of("timeout.idle")).isEqualTo(1);
		}
	}

	@Test
	void aBufferThatWasReleasedCutsTheConnection() throws Exception {
		try (TestServer server = TestServer.start(Transport.EPOLL, TestServer.blocking((exchange) -> {
			io.netty.buffer.ByteBuf released = exchange.allocator().buffer(4).writeInt(1);
			released.release();
			exchange.responseBody().write(released, true);
		})); RawClient client = server.connect()) {
			assertThat(client.get("/").readAll()).isEmpty();
			server.awaitCount("aborted", 1);
			assertThat(server.logged()).singleElement().asString().contains("because of a defect");
		}
	}

	/** A server with one loop, which is busy while the handler answers. */
	private static final class BusyLoop implements AutoCloseable {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch busy = new CountDownLatch(1);

		private final CountDownLatch answered = new CountDownLatch(1);

		private final CountDownLatch free = new CountDownLatch(1);

		private final AtomicReference<Exchange> exchange = new AtomicReference<>();

		private final TestServer server;

		private final RawClient client;

		private final RawClient other;

		BusyLoop(Transport transport, WorkerMode mode, ExchangeHandler handler) throws Exception {
			this(transport, mode, handler, (options) -> options);
		}

		BusyLoop(Transport transport, WorkerMode mode, ExchangeHandler handler,
				UnaryOperator<EngineConfig.Builder> more) throws Exception {
			this.server = TestServer.start(transport, TestServer.blocking((exchange) -> {
				this.exchange.compareAndSet(null, exchange);
				this.entered.countDown();
				this.busy.await();
				handler.handle(exchange);
				this.answered.countDown();
			}), (options) -> more.apply(options.eventLoops(1)
				.worker(new WorkerOptions(mode, 4, 0, Duration.ofSeconds(60), 4, 4))
				.routes(List.of(Route.get("/busy", this::keepBusy)))));
			this.client = this.server.connect();
			this.other = this.server.connect();
		}

		private void keepBusy(Exchange exchange) throws Exception {
			this.busy.countDown();
			this.free.await();
			TestServer.text(exchange, "free");
		}

		RawClient send(String request) throws Exception {
			this.client.send(request);
			this.entered.await();
			this.other.get("/busy");
			return this.client;
		}

		void awaitAnswered() throws Exception {
			assertThat(this.answered.await(20, TimeUnit.SECONDS)).isTrue();
		}

		Exchange.Outcome outcome() {
			return this.exchange.get().outcome();
		}

		void release() throws Exception {
			this.free.countDown();
			assertThat(this.other.receive().body()).isEqualTo("free");
		}

		@Override
		public void close() throws Exception {
			this.free.countDown();
			this.client.close();
			this.other.close();
			this.server.close();
		}

	}

}
