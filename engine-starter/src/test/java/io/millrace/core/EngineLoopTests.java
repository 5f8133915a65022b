package io.millrace.core;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.channel.EventLoop;
import org.assertj.core.api.Assumptions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of handlers that are carried by the event loop of their connection.
 */
@Timeout(120)
@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "Loops carry virtual threads from JDK 24 on")
class EngineLoopTests {

	private final Map<String, Integer> told = new ConcurrentHashMap<>();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void refused(String reason) {
			EngineLoopTests.this.told.merge(reason, 1, Integer::sum);
		}

		@Override
		public void stuck(String kind) {
			EngineLoopTests.this.told.merge(kind, 1, Integer::sum);
		}

		@Override
		public void abandoned() {
			EngineLoopTests.this.told.merge("abandoned", 1, Integer::sum);
		}

	};

	static Stream<Transport> available() {
		return TestEngine.available();
	}

	private static WorkerOptions options(int limit, int capacity) {
		return new WorkerOptions(WorkerMode.LOOP, 8, 0, Duration.ofSeconds(60), limit, capacity);
	}

	private TestEngine engine(Transport transport, int loops, ExchangeHandler handler) throws Exception {
		return engine(transport, handler, (config) -> config.eventLoops(loops).worker(options(10_000, 1000)));
	}

	private TestEngine engine(Transport transport, ExchangeHandler handler, UnaryOperator<EngineConfig.Builder> more)
			throws Exception {
		return new TestEngine(transport, TestEngine.blocking(handler),
				(config) -> more.apply(config.observer(this.observer)))
			.start();
	}

	private static String path(Exchange exchange) {
		return exchange.request().target().path();
	}

	private static List<RawClient> clients(TestEngine engine, int count) throws Exception {
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			clients.add(engine.connect());
		}
		return clients;
	}

	private static void close(List<RawClient> clients) throws Exception {
		for (RawClient client : clients) {
			client.close();
		}
	}

	private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
		return (Boolean) Thread.class.getMethod("isVirtual").invoke(thread);
	}

	@ParameterizedTest
	@MethodSource("available")
	void aHandlerRunsOnAVirtualThreadThatIsNotTheLoop(Transport transport) throws Exception {
		AtomicBoolean virtual = new AtomicBoolean();
		AtomicBoolean inLoop = new AtomicBoolean(true);
		try (TestEngine engine = engine(transport, 2, (exchange) -> {
			virtual.set(isVirtual(Thread.currentThread()));
			inLoop.set(exchange.stream().executor().inEventLoop());
			TestEngine.text(exchange, Thread.currentThread().getName());
		}); RawClient client = engine.connect()) {
			for (int i = 0; i < 100; i++) {
				assertThat(client.get("/").receive().body()).matches("millrace-loop-[12]-\\d+");
			}
			assertThat(virtual).isTrue();
			assertThat(inLoop).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void handlersThatWaitLeaveTheLoopToOthers(Transport transport) throws Exception {
		CountDownLatch all = new CountDownLatch(512);
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			Thread.sleep(10);
			all.countDown();
			TestEngine.await(all);
			TestEngine.text(exchange, "ok");
		})) {
			List<RawClient> clients = clients(engine, 512);
			for (RawClient client : clients) {
				client.get("/");
			}
			for (RawClient client : clients) {
				assertThat(client.receive().status()).isEqualTo(200);
			}
			close(clients);
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void handlersThatWaitForLocksLeaveTheLoopToOthers(Transport transport) throws Exception {
		ReentrantLock lock = new ReentrantLock();
		Object monitor = new Object();
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			if (path(exchange).equals("/holder")) {
				synchronized (monitor) {
					lock.lock();
					try {
						held.countDown();
						TestEngine.await(release);
					}
					finally {
						lock.unlock();
					}
				}
			}
			else if (path(exchange).equals("/lock")) {
				lock.lock();
				lock.unlock();
			}
			else if (path(exchange).equals("/monitor")) {
				synchronized (monitor) {
					assertThat(release.getCount()).isZero();
				}
			}
			TestEngine.text(exchange, path(exchange));
		})) {
			List<RawClient> clients = clients(engine, 4);
			clients.get(0).get("/holder");
			TestEngine.await(held);
			clients.get(1).get("/lock");
			clients.get(2).get("/monitor");
			for (int i = 0; i < 10; i++) {
				assertThat(clients.get(3).get("/other").receive().body()).isEqualTo("/other");
			}
			release.countDown();
			assertThat(clients.get(0).receive().body()).isEqualTo("/holder");
			assertThat(clients.get(1).receive().body()).isEqualTo("/lock");
			assertThat(clients.get(2).receive().body()).isEqualTo("/monitor");
			close(clients);
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void handlersThatReadASocketLeaveTheLoopToOthers(Transport transport) throws Exception {
		try (ServerSocket database = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				TestEngine engine = engine(transport, 1, (exchange) -> {
					int answer = 0;
					if (path(exchange).equals("/query")) {
						try (Socket socket = new Socket(database.getInetAddress(), database.getLocalPort());
								InputStream in = socket.getInputStream()) {
							answer = in.read();
						}
					}
					TestEngine.text(exchange, "" + answer);
				});
				RawClient waiting = engine.connect();
				RawClient other = engine.connect()) {
			waiting.get("/query");
			try (Socket connection = database.accept()) {
				for (int i = 0; i < 10; i++) {
					assertThat(other.get("/").receive().body()).isEqualTo("0");
				}
				connection.getOutputStream().write(42);
			}
			assertThat(waiting.receive().body()).isEqualTo("42");
		}
	}

	// Whoever completes the future does so while the loop falls asleep, or sleeps, with
	// no
	// deadline at all.
	@ParameterizedTest
	@MethodSource("available")
	void whatWaitsIsWokenFromOutsideHoweverTheLoopSleeps(Transport transport) throws Exception {
		LinkedTransferQueue<CompletableFuture<String>> futures = new LinkedTransferQueue<>();
		AtomicBoolean over = new AtomicBoolean();
		Thread outside = new Thread(() -> {
			for (int round = 0; !over.get(); round++) {
				CompletableFuture<String> next = take(futures);
				for (int spin = 0; spin < (round * 37) % 5000; spin++) {
					Thread.onSpinWait();
				}
				if (next != null) {
					next.complete("woken");
				}
			}
		});
		outside.start();
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			CompletableFuture<String> future = new CompletableFuture<>();
			futures.add(future);
			TestEngine.text(exchange, future.get());
		}); RawClient one = engine.connect(); RawClient two = engine.connect()) {
			for (int i = 0; i < 1000; i++) {
				one.get("/");
				if (i % 3 == 0) {
					assertThat(two.get("/").receive().body()).isEqualTo("woken");
				}
				assertThat(one.receive().body()).isEqualTo("woken");
			}
		}
		finally {
			over.set(true);
			outside.join();
		}
	}

	private static @Nullable CompletableFuture<String> take(LinkedTransferQueue<CompletableFuture<String>> futures) {
		try {
			return futures.poll(50, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// A loop on a platform thread would wait for ever: the holder can go on only there.
	@ParameterizedTest
	@MethodSource("available")
	void aLoopThatWantsALockOfAHandlerThatWaitsGetsIt(Transport transport) throws Exception {
		ReentrantLock lock = new ReentrantLock();
		Object monitor = new Object();
		CountDownLatch held = new CountDownLatch(1);
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			synchronized (monitor) {
				lock.lock();
				try {
					held.countDown();
					Thread.sleep(20);
				}
				finally {
					lock.unlock();
				}
			}
			TestEngine.text(exchange, "done");
		}); RawClient client = engine.connect()) {
			client.get("/");
			TestEngine.await(held);
			CountDownLatch got = new CountDownLatch(1);
			EventLoop loop = engine.engine().eventLoops().next();
			loop.execute(() -> {
				lock.lock();
				lock.unlock();
				synchronized (monitor) {
					got.countDown();
				}
			});
			TestEngine.await(got);
			assertThat(client.receive().body()).isEqualTo("done");
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void timersOfTheLoopRunWhileHandlersAreBusyAndWhileNothingIs(Transport transport) throws Exception {
		try (TestEngine engine = engine(transport, 1, (exchange) -> TestEngine.text(exchange, "ok"));
				RawClient client = engine.connect()) {
			EventLoop loop = engine.engine().eventLoops().next();
			for (int i = 0; i < 20; i++) {
				CountDownLatch busy = new CountDownLatch(1);
				loop.schedule(busy::countDown, 2, TimeUnit.MILLISECONDS);
				while (busy.getCount() > 0) {
					assertThat(client.get("/").receive().status()).isEqualTo(200);
				}
				CountDownLatch idle = new CountDownLatch(1);
				loop.schedule(idle::countDown, 2, TimeUnit.MILLISECONDS);
				TestEngine.await(idle);
			}
		}
	}

	// The handler does not leave the carrier until the other one has run.
	@ParameterizedTest
	@MethodSource("available")
	void virtualThreadsThatAHandlerMakesAreNotCarriedByTheLoop(Transport transport) throws Exception {
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			AtomicBoolean ran = new AtomicBoolean();
			ExecutorService virtual = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
				.invoke(null);
			virtual.execute(() -> {
				try {
					Thread.sleep(1);
					// Its own ones neither.
					virtual.execute(() -> ran.set(true));
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			});
			while (!ran.get()) {
				Thread.onSpinWait();
			}
			TestEngine.text(exchange, "ran");
		}); RawClient client = engine.connect()) {
			for (int i = 0; i < 20; i++) {
				assertThat(client.get("/").receive().body()).isEqualTo("ran");
			}
			assertThat(this.told).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void virtualThreadsThatAHandlerMadeOutliveTheLoops(Transport transport) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CompletableFuture<String> end = new CompletableFuture<>();
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			ExecutorService virtual = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
				.invoke(null);
			virtual.execute(() -> {
				TestEngine.await(release);
				end.complete("outlived");
			});
			TestEngine.text(exchange, "ok");
		}); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("ok");
		}
		release.countDown();
		assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo("outlived");
	}

	@ParameterizedTest
	@MethodSource("available")
	void requestsAboveTheLimitWaitAndThoseAboveTheQueueAreRefused(Transport transport) throws Exception {
		Gate gate = new Gate(3);
		try (TestEngine engine = engine(transport, gate, (config) -> config.worker(options(3, 2)))) {
			List<RawClient> running = clients(engine, 3);
			for (RawClient client : running) {
				client.get("/");
			}
			gate.awaitEntered();
			List<RawClient> waiting = clients(engine, 2);
			for (RawClient client : waiting) {
				client.get("/");
			}
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 2);
			try (RawClient refused = engine.connect()) {
				assertThat(refused.get("/").receive().status()).isEqualTo(503);
				assertThat(refused.get("/fast").receive().status()).isEqualTo(200);
			}
			assertThat(engine.engine().workers().busy()).isEqualTo(3);
			gate.open();
			for (RawClient client : running) {
				assertThat(client.receive().status()).isEqualTo(200);
			}
			for (RawClient client : waiting) {
				assertThat(client.receive().status()).isEqualTo(200);
			}
			assertThat(this.told).containsExactly(Map.entry("full", 1));
			close(running);
			close(waiting);
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void whatHasWaitedTooLongIsRefusedAndTheUrgentGoBesides(Transport transport) throws Exception {
		Gate gate = new Gate(1);
		ExchangeHandler slow = (exchange) -> {
			if (path(exchange).equals("/health")) {
				TestEngine.text(exchange, Thread.currentThread().getName());
			}
			else {
				gate.handle(exchange);
			}
		};
		WorkerOptions options = new WorkerOptions(WorkerMode.LOOP, 8, 0, Duration.ofSeconds(60), 1,
				new QueueOptions(10, QueueOrder.FIFO, Duration.ofMillis(500), true), 1);
		try (TestEngine engine = engine(transport, slow,
				(config) -> config.worker(options)
					.policies(List.of(RoutePolicy.of("health", (request) -> request.target().path().equals("/health"),
							Priority.HIGH))));
				RawClient running = engine.connect();
				RawClient waiting = engine.connect();
				RawClient urgent = engine.connect()) {
			running.get("/");
			gate.awaitEntered();
			waiting.get("/");
			for (int i = 0; i < 10; i++) {
				assertThat(urgent.get("/health").receive().body()).startsWith("millrace-worker-");
			}
			assertThat(waiting.receive().status()).isEqualTo(503);
			assertThat(this.told).containsExactly(Map.entry("waited", 1));
			gate.open();
			assertThat(running.receive().status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void aClientThatGoesWhileItsHandlerWaitsHarmsNobody(Transport transport) throws Exception {
		Gate gate = new Gate(1);
		Queue<Exchange.Outcome> outcomes = new ConcurrentLinkedQueue<>();
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			if (path(exchange).equals("/wait")) {
				exchange.onEnd(outcomes::add);
				gate.handle(exchange);
			}
			else {
				TestEngine.text(exchange, "other");
			}
		}); RawClient other = engine.connect()) {
			RawClient leaving = engine.connect().get("/wait");
			gate.awaitEntered();
			leaving.socket().setSoLinger(true, 0);
			leaving.close();
			Awaitility.await().until(() -> outcomes.contains(Exchange.Outcome.ABORTED));
			gate.open();
			Awaitility.await().until(() -> engine.engine().workers().busy() == 0);
			assertThat(other.get("/").receive().body()).isEqualTo("other");
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void aRouteMayBeCarriedBesideAPoolAndAPoolBesideLoops(Transport transport) throws Exception {
		ExchangeHandler name = (exchange) -> TestEngine.text(exchange, Thread.currentThread().getName());
		for (WorkerMode mode : List.of(WorkerMode.POOL, WorkerMode.VIRTUAL, WorkerMode.LOOP)) {
			WorkerOptions standard = options(100, 100).withMode(mode);
			WorkerMode other = (mode == WorkerMode.LOOP) ? WorkerMode.POOL : WorkerMode.LOOP;
			RoutePolicy route = new RoutePolicy("route", (request) -> request.target().path().equals("/route"), other,
					0, 0, null, Priority.NORMAL);
			try (TestEngine engine = engine(transport, name,
					(config) -> config.worker(standard).policies(List.of(route)));
					RawClient client = engine.connect()) {
				for (int i = 0; i < 50; i++) {
					assertThat(client.get("/").receive().body()).startsWith(prefix(mode));
					assertThat(client.get("/route").receive().body()).startsWith(prefix(other));
				}
			}
		}
	}

	private static String prefix(WorkerMode mode) {
		return switch (mode) {
			case POOL -> "millrace-worker-";
			case VIRTUAL -> "millrace-virtual-";
			default -> "millrace-loop-";
		};
	}

	// The one that is served is what the other waits for, in the only carrier there is.
	@ParameterizedTest
	@MethodSource("available")
	void aHandlerThatHoldsTheLoopIsLeftBehind(Transport transport) throws Exception {
		Assumptions.assumeThat(transport).as("A ring belongs to its thread").isNotEqualTo(Transport.IO_URING);
		AtomicInteger served = new AtomicInteger();
		AtomicInteger holding = new AtomicInteger();
		Set<String> names = ConcurrentHashMap.newKeySet();
		try (TestEngine engine = engine(transport, 1, (exchange) -> {
			if (path(exchange).equals("/holder")) {
				int before = served.get();
				holding.incrementAndGet();
				while (served.get() < before + 10) {
					Thread.onSpinWait();
				}
			}
			names.add(Thread.currentThread().getName());
			served.incrementAndGet();
			TestEngine.text(exchange, "ok");
		}); RawClient holder = engine.connect(); RawClient other = engine.connect()) {
			for (int round = 1; round <= 5; round++) {
				holder.get("/holder");
				int count = round;
				// What came before it would not be among the ten that it waits for.
				Awaitility.await().until(() -> holding.get() == count);
				for (int i = 0; i < 10; i++) {
					assertThat(other.get("/").receive().body()).isEqualTo("ok");
				}
				assertThat(holder.receive().body()).isEqualTo("ok");
				Awaitility.await()
					.untilAsserted(() -> assertThat(this.told).containsExactly(Map.entry("event_loop", count)));
			}
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void closingInterruptsHandlersThatWait(Transport transport) throws Exception {
		CountDownLatch entered = new CountDownLatch(20);
		AtomicInteger interrupted = new AtomicInteger();
		try (TestEngine engine = engine(transport, 2, (exchange) -> {
			entered.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.incrementAndGet();
			}
		})) {
			List<RawClient> clients = clients(engine, 20);
			for (RawClient client : clients) {
				client.get("/");
			}
			TestEngine.await(entered);
			engine.close();
			assertThat(interrupted).hasValue(20);
			close(clients);
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void aHandlerMayCloseTheEngine(Transport transport) throws Exception {
		CompletableFuture<Engine> itself = new CompletableFuture<>();
		CountDownLatch closed = new CountDownLatch(1);
		try (TestEngine engine = engine(transport, 2, (exchange) -> {
			itself.get().close();
			closed.countDown();
		}); RawClient client = engine.connect()) {
			itself.complete(engine.engine());
			client.get("/");
			TestEngine.await(closed);
		}
	}

	@ParameterizedTest
	@MethodSource("available")
	void anEngineThatWasNeverStartedLeavesNothing(Transport transport) {
		new TestEngine(transport, TestEngine.blocking((exchange) -> TestEngine.text(exchange, "ok")),
				(config) -> config.worker(options(10, 10)))
			.close();
	}

	@ParameterizedTest
	@MethodSource("available")
	void drainAnswersWhatHandlersStillDo(Transport transport) throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(transport, 2, gate); RawClient client = engine.connect()) {
			client.get("/");
			gate.awaitEntered();
			CompletableFuture<Void> drained = engine.engine().drain().toCompletableFuture();
			assertThat(drained).isNotDone();
			gate.open();
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Connection")).isEqualTo("close");
			drained.get(20, TimeUnit.SECONDS);
		}
	}

}
