package io.millrace.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.millrace.core.SeenExchanges.Seen;
import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RateLimiter;
import io.millrace.core.http.RequestBody;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerPools;
import io.millrace.core.worker.WorkerSnapshot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.assertj.core.api.Assumptions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what those see who are told of each exchange: every one that begins ends once,
 * by whichever of the ways there are.
 */
@Timeout(120)
class EngineExchangeTests {

	private static final String UPGRADE = "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

	private final SeenExchanges seen = new SeenExchanges();

	private final AtomicInteger handled = new AtomicInteger();

	// Completed when one that is under way is to be answered.
	private final CompletableFuture<Void> narrow = new CompletableFuture<>();

	@TempDir
	Path directory;

	static Stream<String> modes() {
		Stream<String> everywhere = Stream.of("pool", "inline", "own");
		int version = JRE.currentVersionNumber();
		return Stream.concat(everywhere,
				(version >= 24) ? Stream.of("virtual", "loop") : (version >= 21) ? Stream.of("virtual") : Stream.of());
	}

	private static WorkerOptions workers(WorkerMode mode, int limit, QueueOptions queue, int reserved) {
		return new WorkerOptions(mode, limit, 0, Duration.ofSeconds(60), limit, queue, reserved);
	}

	private static EngineConfig.Builder mode(EngineConfig.Builder config, String mode) {
		WorkerOptions pool = workers(WorkerMode.POOL, 4, QueueOptions.of(10), 0);
		if (mode.equals("own")) {
			return config.workerPool(new OwnPool(WorkerPools.create(pool)));
		}
		return config.worker(pool.withMode(WorkerMode.valueOf(mode.toUpperCase(Locale.ROOT))));
	}

	private TestEngine engine(String mode, ExchangeHandler application) throws Exception {
		Http1Options limits = Http1Options.defaults();
		return new TestEngine(Transport.best(), application,
				(config) -> mode(config, mode).observer(this.seen)
					.http1(new Http1Options(limits.maxRequestLineSize(), limits.maxHeaderSize(),
							limits.maxHeaderCount(), 1000, limits.maxDrainSize(), 0, null))
					.timeouts(new ConnectionTimeouts(Duration.ofMillis(300), Duration.ofSeconds(60),
							Duration.ofSeconds(60), Duration.ofSeconds(60), 240, Duration.ofSeconds(10), Duration.ZERO))
					.rateLimiter((exchange, later) -> path(exchange).equals("/rate") ? 1 : RateLimiter.ADMITTED)
					.policies(List.of(policy("/late", null, 0, 0, Duration.ofMillis(300), Priority.LOW),
							policy("/urgent", null, 0, 0, null, Priority.HIGH),
							policy("/narrow", null, 1, 0, null, Priority.NORMAL))))
			.start();
	}

	private static RoutePolicy policy(String path, @Nullable WorkerMode mode, int limit, int capacity,
			@Nullable Duration timeout, Priority priority) {
		return new RoutePolicy(path, (request) -> request.target().path().equals(path), mode, limit, capacity, timeout,
				priority);
	}

	private static String path(Exchange exchange) {
		return exchange.request().target().path();
	}

	// Whatever it is run by it must not block, and answers later where it has to.
	private void handle(Exchange exchange) throws Exception {
		this.handled.incrementAndGet();
		switch (path(exchange)) {
			case "/fails" -> throw new IllegalStateException("thrown on purpose");
			case "/stream" -> {
				exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "one"), false);
				exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "three"), true);
			}
			case "/file" -> {
				Path file = Files.write(this.directory.resolve("file"), new byte[100_000]);
				exchange.responseBody().writeFile(FileChannel.open(file), 0, 100_000, true);
			}
			case "/never", "/late" -> {
			}
			case "/narrow" -> this.narrow.thenRun(() -> TestEngine.text(exchange, "hello"));
			case "/half" -> exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "half"), false);
			case "/upgrade" -> {
				RequestBody following = exchange.upgrade();
				exchange.response().headers().set("Upgrade", "echo");
				exchange.responseBody().write(null, false);
				echo(exchange, following);
			}
			case "/body" -> answerWhenRead(exchange);
			default -> TestEngine.text(exchange, "hello");
		}
	}

	private static void answerWhenRead(Exchange exchange) {
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				part.release();
			}
			if (exchange.requestBody().isEnded()) {
				TestEngine.text(exchange, "read");
			}
			else {
				exchange.requestBody().demand(() -> answerWhenRead(exchange));
			}
		}
		catch (IOException ex) {
			exchange.fail(ex);
		}
	}

	private static void echo(Exchange exchange, RequestBody following) {
		try {
			ByteBuf part;
			while ((part = following.read()) != null) {
				exchange.responseBody().write(part, false);
			}
			if (following.isEnded()) {
				exchange.responseBody().write(null, true);
			}
			else {
				following.demand(() -> echo(exchange, following));
			}
		}
		catch (IOException ex) {
			exchange.fail(ex);
		}
	}

	private Seen next(RawClient client, String request) throws Exception {
		int before = this.seen.count();
		client.send(request);
		return this.seen.awaitNext(before);
	}

	private Seen onNewConnection(TestEngine engine, String request) throws Exception {
		try (RawClient client = engine.connect()) {
			return next(client, request);
		}
	}

	// The client goes away when the handler has the request.
	private Seen cut(TestEngine engine, String path) throws Exception {
		int before = this.seen.count();
		int handled = this.handled.get();
		try (RawClient client = engine.connect().send(get(path))) {
			Awaitility.await().until(() -> this.handled.get() > handled);
			if (path.equals("/half")) {
				client.receiveHead();
			}
			client.socket().setSoLinger(true, 0);
		}
		return this.seen.awaitNext(before);
	}

	private Seen upgraded(TestEngine engine) throws Exception {
		int before = this.seen.count();
		try (RawClient client = engine.connect().send(UPGRADE)) {
			assertThat(client.receiveHead().status()).isEqualTo(101);
			assertThat(client.send("abc\r\n").line()).isEqualTo("abc");
			assertThat(this.seen.count()).as("it goes on").isEqualTo(before);
			client.socket().shutdownOutput();
			assertThat(client.readAll()).isEmpty();
		}
		return this.seen.awaitNext(before);
	}

	private static String get(String path) {
		return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
	}

	private static String post(String path, String framing, String body) {
		return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n" + body;
	}

	@ParameterizedTest
	@MethodSource("modes")
	void everyWayToEndIsSeenOnce(String mode) throws Exception {
		try (TestEngine engine = engine(mode, TestEngine.blocking(this::handle)); RawClient client = engine.connect()) {
			answered(client, mode);
			refused(engine, client, mode);
			noWholeRequests(engine, mode);
			assertThat(cut(engine, "/never")).hasToString("GET /never 0 null " + mode + " normal 0 0 aborted");
			assertThat(cut(engine, "/half")).hasToString("GET /half 200 null " + mode + " normal 0 4 aborted");
			assertThat(upgraded(engine)).hasToString("GET /upgrade 101 null " + mode + " normal 5 5 completed");
			int count = this.seen.count();
			this.seen.assertComplete(count);
			List<Seen> all = this.seen.await(count);
			assertThat(all).allSatisfy((each) -> {
				assertThat(each.waitNanos()).isNotNegative();
				assertThat(each.serviceNanos()).isNotNegative();
				assertThat(each.mode().equals("none") ? each.serviceNanos() : 0).isZero();
				assertThat(each.connectionId()).isNotEmpty();
			});
			assertThat(all.subList(0, 11)).extracting(Seen::connectionId).containsOnly(all.get(0).connectionId());
			EngineSnapshot.Requests requests = engine.engine().snapshot().requests();
			assertThat(requests.inFlight()).isZero();
			assertThat(requests.started()).isEqualTo(count);
			assertThat(requests.aborted()).isEqualTo(2);
			assertThat(requests.completed()).isEqualTo(count - 2);
			assertThat(requests.byStatus().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(count - 2);
			assertThat(requests.byStatus()).containsEntry("1xx", 1L).containsEntry("2xx", 11L).containsEntry("3xx", 0L);
		}
	}

	private void answered(RawClient client, String mode) throws Exception {
		String answered = " 200 null " + mode + " normal ";
		assertThat(next(client, get("/a?b=c%20d"))).hasToString("GET /a?b=c%20d" + answered + "0 5 completed");
		assertThat(next(client, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"))
			.hasToString("HEAD /" + answered + "0 0 completed");
		assertThat(next(client, "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n"))
			.hasToString("GET http://a/b" + answered + "0 5 completed");
		assertThat(next(client, post("/body", "Content-Length: 4\r\n", "body")))
			.hasToString("POST /body" + answered + "4 4 completed");
		assertThat(next(client, post("/body", "Transfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n")))
			.hasToString("POST /body" + answered + "4 4 completed");
		assertThat(next(client, get("/stream"))).hasToString("GET /stream" + answered + "0 8 completed");
		assertThat(next(client, get("/file"))).hasToString("GET /file" + answered + "0 100000 completed");
		assertThat(next(client, get("/fast"))).hasToString("GET /fast 200 null inline normal 0 4 completed");
		assertThat(next(client, get("/urgent"))).hasToString("GET /urgent 200 null " + mode + " high 0 5 completed");
		assertThat(next(client, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"))
			.hasToString("OPTIONS * 200 null none normal 0 0 completed");
		assertThat(next(client, get("/fails")).toString()).startsWith("GET /fails 500 null " + mode + " normal 0 ");
	}

	private void refused(TestEngine engine, RawClient client, String mode) throws Exception {
		assertThat(next(client, get("/rate")).toString()).startsWith("GET /rate 429 rate none normal 0 ");
		assertThat(next(client, get("/late")).toString()).startsWith("GET /late 503 request " + mode + " low 0 ");
		int before = this.seen.count();
		try (RawClient first = engine.connect().send(get("/narrow"))) {
			Awaitility.await().until(() -> engine.engine().snapshot().bulkheads().get(0).running() == 1);
			assertThat(next(client, get("/narrow")).toString()).startsWith("GET /narrow 503 route none normal 0 ");
			this.narrow.complete(null);
			assertThat(first.receive().status()).isEqualTo(200);
		}
		assertThat(this.seen.awaitNext(before + 1))
			.hasToString("GET /narrow 200 null " + mode + " normal 0 5 completed");
	}

	private void noWholeRequests(TestEngine engine, String mode) throws Exception {
		assertThat(onNewConnection(engine, "\u0016\u0003\u0001 no http\r\n\r\n").toString())
			.startsWith("null null 400 syntax none normal 0 ");
		assertThat(onNewConnection(engine, "GET /bad HTTP/1.1\r\nBad Header: 1\r\n\r\n").toString())
			.startsWith("GET /bad 400 syntax none normal 0 ");
		assertThat(onNewConnection(engine, "HEAD /bad HTTP/3.0\r\n\r\n"))
			.hasToString("HEAD /bad 505 unsupported none normal 0 0 completed");
		assertThat(onNewConnection(engine, "GET /slow HTTP/1.1\r\nHos").toString())
			.startsWith("GET /slow 408 header none normal 0 ");
		assertThat(
				onNewConnection(engine, post("/large", "Content-Length: 1001\r\n", "GET /x HTTP/1.1\r\n")).toString())
			.startsWith("POST /large 413 limit none normal 0 ");
		assertThat(onNewConnection(engine, post("/body", "Transfer-Encoding: chunked\r\n", "2\r\nab\r\nzz\r\n"))
			.toString()).startsWith("POST /body 400 framing ");
	}

	@Test
	void theWaitForAWorkerIsNotItsService() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = busy(TestEngine.slow("/slow", gate), QueueOptions.of(1), UnaryOperator.identity());
				RawClient first = engine.connect().get("/slow")) {
			gate.awaitEntered();
			try (RawClient second = engine.connect().get("/second"); RawClient third = engine.connect()) {
				awaitWaiting(engine, 1);
				assertThat(next(third, get("/third")).toString()).startsWith("GET /third 503 full none normal 0 ");
				gate.open();
				assertThat(first.receive().status()).isEqualTo(200);
				assertThat(second.receive().status()).isEqualTo(200);
			}
			List<Seen> all = this.seen.await(3);
			Seen slow = all.stream().filter((each) -> "/slow".equals(each.target())).findFirst().orElseThrow();
			Seen waited = all.stream().filter((each) -> "/second".equals(each.target())).findFirst().orElseThrow();
			assertThat(slow.serviceNanos()).isGreaterThan(slow.waitNanos());
			assertThat(waited.waitNanos()).isGreaterThan(waited.serviceNanos());
			this.seen.assertComplete(3);
		}
	}

	@Test
	void whatWaitedTooLongWasHandledByNobody() throws Exception {
		Gate gate = new Gate(1);
		QueueOptions queue = new QueueOptions(10, QueueOrder.FIFO, Duration.ofMillis(100), false);
		try (TestEngine engine = busy(TestEngine.slow("/slow", gate), queue, UnaryOperator.identity());
				RawClient first = engine.connect().get("/slow")) {
			gate.awaitEntered();
			assertThat(onNewConnection(engine, get("/waits")).toString()).startsWith("GET /waits 503 waited none ");
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			this.seen.assertComplete(2);
		}
	}

	@Test
	void whoWentAwayWhileItWaitedWasHandledByNobody() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = busy(TestEngine.slow("/slow", gate), QueueOptions.of(10), UnaryOperator.identity());
				RawClient first = engine.connect().get("/slow")) {
			gate.awaitEntered();
			try (RawClient gone = engine.connect().get("/gone")) {
				awaitWaiting(engine, 1);
				gone.socket().setSoLinger(true, 0);
			}
			assertThat(this.seen.awaitNext(0)).hasToString("GET /gone 0 null none normal 0 0 aborted");
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			this.seen.assertComplete(2);
		}
	}

	@Test
	void whatHadToGiveItsPlaceUpAndWhatIsAboveALimitIsSeen() throws Exception {
		Gate gate = new Gate(1);
		QueueOptions lanes = new QueueOptions(1, QueueOrder.FIFO, Duration.ZERO, true);
		try (TestEngine engine = busy(TestEngine.slow("/slow", gate), lanes,
				(config) -> config.admission(Admission.fixed(2))
					.policies(List.of(policy("/low", null, 0, 0, null, Priority.LOW),
							policy("/high", null, 0, 0, null, Priority.HIGH))));
				RawClient first = engine.connect().get("/slow");
				RawClient urgent = engine.connect()) {
			gate.awaitEntered();
			assertThat(onNewConnection(engine, get("/low")).toString()).startsWith("GET /low 503 limit none low 0 ");
			try (RawClient normal = engine.connect().get("/normal")) {
				awaitWaiting(engine, 1);
				assertThat(onNewConnection(engine, get("/more")).toString())
					.startsWith("GET /more 503 limit none normal 0 ");
				urgent.get("/high");
				assertThat(this.seen.awaitNext(2).toString()).startsWith("GET /normal 503 displaced none normal 0 ");
				assertThat(normal.receive().status()).isEqualTo(503);
			}
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(urgent.receive().status()).isEqualTo(200);
			this.seen.assertComplete(5);
		}
	}

	@Test
	void whatTheReserveRunsIsRunByThreadsOfAPool() throws Exception {
		Assumptions.assumeThat(JRE.currentVersionNumber()).isGreaterThanOrEqualTo(21);
		try (TestEngine engine = new TestEngine(Transport.best(), TestEngine.slow("/slow", new Gate(0)),
				(config) -> config.observer(this.seen)
					.worker(workers(WorkerMode.VIRTUAL, 4, QueueOptions.of(4), 1))
					.policies(List.of(policy("/high", null, 0, 0, null, Priority.HIGH))))
			.start()) {
			assertThat(onNewConnection(engine, get("/high"))).extracting(Seen::mode, Seen::priority)
				.containsExactly("pool", "high");
			assertThat(onNewConnection(engine, get("/other"))).extracting(Seen::mode).isEqualTo("virtual");
		}
	}

	@Test
	void aReactiveApplicationIsRunInlineButWhereARouteSaysOtherwise() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.best(), (exchange) -> TestEngine.text(exchange, "hello"),
				(config) -> config.observer(this.seen)
					.policies(List.of(policy("/blocking", WorkerMode.POOL, 0, 0, null, Priority.NORMAL))))
			.start()) {
			assertThat(onNewConnection(engine, get("/"))).extracting(Seen::mode).isEqualTo("inline");
			assertThat(onNewConnection(engine, get("/blocking"))).extracting(Seen::mode).isEqualTo("pool");
			assertThat(engine.engine().snapshot().workers()).extracting(EngineSnapshot.Workers::name)
				.contains("standard");
		}
	}

	@Test
	void whatIsUnderWayWhenTheEngineStopsEndsToo() throws Exception {
		CountDownLatch handled = new CountDownLatch(2);
		try (TestEngine engine = new TestEngine(Transport.best(), (exchange) -> handled.countDown(),
				(config) -> config.observer(this.seen))
			.start(); RawClient one = engine.connect().get("/one"); RawClient two = engine.connect().get("/two")) {
			TestEngine.await(handled);
			engine.engine().stop();
			assertThat(one.readAll() + two.readAll()).isEmpty();
		}
		assertThat(this.seen.await(2)).extracting(Seen::completed).containsOnly(false);
		this.seen.assertComplete(2);
	}

	@Test
	void whatADrainAnswersIsSeen() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = busy(gate, QueueOptions.of(1), UnaryOperator.identity());
				RawClient client = engine.connect().get("/")) {
			gate.awaitEntered();
			CompletionStage<Void> drained = engine.engine().drain();
			assertThat(engine.engine().snapshot().state()).isEqualTo("draining");
			gate.open();
			assertThat(client.receive().header("connection")).isEqualTo("close");
			drained.toCompletableFuture().get(20, TimeUnit.SECONDS);
			this.seen.assertComplete(1);
		}
	}

	@Test
	void nothingIsMeasuredWhereNobodyWantsToSeeExchanges() throws Exception {
		Queue<Exchange> handled = new ConcurrentLinkedQueue<>();
		try (TestEngine engine = new TestEngine(Transport.best(), (exchange) -> {
			handled.add(exchange);
			TestEngine.text(exchange, "hello");
		}, (config) -> config.observer(EngineObserver.NONE)).start(); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(200);
			assertThat(handled).singleElement().satisfies((exchange) -> assertThat(exchange.observation()).isNull());
			assertThat(engine.engine().snapshot().requests().byStatus()).containsEntry("2xx", 1L);
		}
	}

	private TestEngine busy(ExchangeHandler application, QueueOptions queue, UnaryOperator<EngineConfig.Builder> more)
			throws Exception {
		return new TestEngine(Transport.best(), application,
				(config) -> more.apply(config.observer(this.seen).worker(workers(WorkerMode.POOL, 1, queue, 0))))
			.start();
	}

	private static void awaitWaiting(TestEngine engine, int count) {
		Awaitility.await().until(() -> engine.engine().workers().waiting() == count);
	}

	/** A pool of the application's own. */
	private record OwnPool(WorkerPool pool) implements WorkerPool {

		@Override
		public boolean tryExecute(Runnable task) {
			return this.pool.tryExecute(task);
		}

		@Override
		public void resume(Runnable task) {
			this.pool.resume(task);
		}

		@Override
		public WorkerSnapshot snapshot() {
			return this.pool.snapshot();
		}

		@Override
		public void stop(Duration patience) {
			this.pool.stop(patience);
		}

	}

}
