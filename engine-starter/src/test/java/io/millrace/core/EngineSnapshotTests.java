package io.millrace.core;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what an engine says of itself.
 */
@Timeout(120)
class EngineSnapshotTests {

	@TempDir
	Path directory;

	static List<Transport> transports() {
		return TestEngine.available().toList();
	}

	private static RoutePolicy policy(String path, WorkerMode mode, int limit, int capacity, Priority priority) {
		return new RoutePolicy(path, (request) -> request.target().path().equals(path), mode, limit, capacity, null,
				priority);
	}

	@Test
	void itTellsInWhichStateItIs() throws Exception {
		Engine closed;
		try (TestEngine engine = new TestEngine(Transport.NIO, (exchange) -> TestEngine.text(exchange, ""))) {
			closed = engine.engine();
			assertThat(closed.snapshot().state()).isEqualTo("new");
			assertThat(closed.snapshot().port()).isEqualTo(-1);
			assertThat(closed.snapshot().uptime()).isZero();
			engine.start();
			assertThat(closed.snapshot().state()).isEqualTo("running");
			assertThat(closed.snapshot().port()).isEqualTo(engine.port());
			assertThat(closed.snapshot().uptime()).isPositive();
			assertThat(closed.snapshot().transport()).isEqualTo("nio");
			closed.drain();
			assertThat(closed.snapshot().state()).isEqualTo("draining");
			closed.stop();
			assertThat(closed.snapshot().state()).isEqualTo("stopped");
			assertThat(closed.snapshot().port()).isEqualTo(-1);
			engine.start();
			assertThat(closed.snapshot().state()).isEqualTo("running");
		}
		assertThat(closed.snapshot().state()).isEqualTo("stopped");
	}

	@Test
	void itAnswersWhileAllLoopsAndWorkersAreBlocked() throws Exception {
		Gate workers = new Gate(1);
		CountDownLatch blocked = new CountDownLatch(2);
		CountDownLatch release = new CountDownLatch(1);
		QueueOptions lanes = new QueueOptions(5, QueueOrder.FIFO, Duration.ZERO, true);
		try (TestEngine engine = new TestEngine(Transport.best(), workers,
				(config) -> config.admission(Admission.fixed(10))
					.watch(new WatchOptions(Duration.ZERO, Duration.ZERO, Duration.ZERO))
					.worker(new WorkerOptions(WorkerMode.POOL, 1, 0, Duration.ofSeconds(60), 1, lanes, 1))
					.policies(List.of(policy("/low", null, 0, 0, Priority.LOW),
							policy("/narrow", null, 1, 3, Priority.NORMAL))))
			.start();
				RawClient first = engine.connect().get("/narrow");
				RawClient second = engine.connect();
				RawClient third = engine.connect();
				RawClient fourth = engine.connect()) {
			workers.awaitEntered();
			second.get("/low");
			third.get("/other");
			fourth.get("/narrow");
			Awaitility.await().until(() -> engine.engine().snapshot().requests().inFlight() == 4);
			engine.engine().eventLoops().forEach((loop) -> loop.execute(() -> {
				blocked.countDown();
				TestEngine.await(release);
			}));
			TestEngine.await(blocked);
			try {
				EngineSnapshot snapshot = CompletableFuture.supplyAsync(engine.engine()::snapshot).join();
				assertThat(snapshot.workers()).extracting(EngineSnapshot.Workers::name)
					.containsExactly("standard", "reserve");
				EngineSnapshot.Workers standard = snapshot.workers().get(0);
				assertThat(standard.mode()).isEqualTo("pool");
				assertThat(standard.limit()).isOne();
				assertThat(standard.busy()).isOne();
				assertThat(standard.waiting()).isEqualTo(Map.of("high", 0, "normal", 1, "low", 1));
				assertThat(snapshot.bulkheads()).containsExactly(new EngineSnapshot.Bulkhead("/narrow", 1, 1, 1, 3));
				assertThat(snapshot.admission()).isEqualTo(new EngineSnapshot.Admission(10, 2));
				assertThat(snapshot.connections().open()).isEqualTo(4);
				assertThat(snapshot.connections().idle()).isZero();
				assertThat(snapshot.eventLoops()).extracting(EngineSnapshot.EventLoop::connections)
					.containsExactly(2, 2);
				List<ConnectionSnapshot> connections = engine.engine().connections(10, true);
				assertThat(connections).extracting(ConnectionSnapshot::state)
					.containsExactlyInAnyOrder("handling", "waiting", "waiting", "waiting");
				assertThat(connections).extracting(ConnectionSnapshot::path)
					.containsExactlyInAnyOrder("/narrow", "/low", "/other", "/narrow");
				// Late by now, though no loop has said so.
				Awaitility.await()
					.untilAsserted(() -> assertThat(engine.engine().snapshot().eventLoops())
						.allSatisfy((loop) -> assertThat(loop.lag()).isGreaterThan(Duration.ofMillis(500)))
						.allSatisfy((loop) -> assertThat(loop.busy()).isGreaterThan(0.5)));
			}
			finally {
				release.countDown();
				workers.open();
			}
			for (RawClient client : List.of(first, second, third, fourth)) {
				assertThat(client.receive().status()).isEqualTo(200);
			}
			Awaitility.await()
				.untilAsserted(() -> assertThat(engine.engine().snapshot().bulkheads().get(0).running()).isZero());
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aLoopIsBusyForAsLongAsItWorksAndNotWhileItWaits(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport, (exchange) -> TestEngine.text(exchange, ""),
				(config) -> config.eventLoops(1))
			.start()) {
			assertBusyWhileItWorks(engine);
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_24)
	void aLoopThatCarriesItsHandlersIsBusyForAsLongAsItWorksToo() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.best(), TestEngine.slow("/slow", new Gate(0)),
				(config) -> config.eventLoops(1)
					.worker(new WorkerOptions(WorkerMode.LOOP, 4, 0, Duration.ofSeconds(60), 10, 10)))
			.start(); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(200);
			assertBusyWhileItWorks(engine);
		}
	}

	// What the loop itself measures is the least that has to be counted, and what has
	// passed altogether the most.
	private static void assertBusyWhileItWorks(TestEngine engine) throws Exception {
		long begin = System.nanoTime();
		long before = busyNanos(engine);
		CompletableFuture<Long> worked = new CompletableFuture<>();
		engine.engine().eventLoops().next().execute(() -> {
			long start = System.nanoTime();
			while (System.nanoTime() - start < Duration.ofMillis(200).toNanos()) {
				Thread.onSpinWait();
			}
			worked.complete(System.nanoTime() - start);
		});
		long atLeast = worked.get();
		long counted = busyNanos(engine) - before;
		assertThat(counted).isBetween(atLeast, System.nanoTime() - begin);
		// Awake it is only to answer whether it is there.
		CompletableFuture<Void> turned = new CompletableFuture<>();
		engine.engine().eventLoops().next().execute(() -> turned.complete(null));
		turned.get();
		Awaitility.await().untilAsserted(() -> {
			long first = busyNanos(engine);
			Thread.yield();
			assertThat(busyNanos(engine)).as("waits").isEqualTo(first);
		});
	}

	private static long busyNanos(TestEngine engine) {
		return engine.engine().snapshot().eventLoops().get(0).busyNanos();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void bytesAreCountedAsTheClientCountsThem(Transport transport) throws Exception {
		byte[] content = new byte[3_000_000];
		Path file = Files.write(this.directory.resolve("file"), content);
		try (TestEngine engine = new TestEngine(transport, TestEngine.blocking((exchange) -> {
			switch (exchange.request().target().path()) {
				case "/file" -> exchange.responseBody().writeFile(FileChannel.open(file), 0, content.length, true);
				case "/large" -> exchange.responseBody()
					.write(exchange.allocator().directBuffer().writeBytes(content, 0, 100_000), true);
				default -> TestEngine.text(exchange, "hello");
			}
		}), (config) -> config.eventLoops(1)).start()) {
			long sent = 0;
			long received = 0;
			for (String path : List.of("/", "/file", "/large", "/fast", "/bad request")) {
				byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
					.getBytes("US-ASCII");
				try (RawClient client = engine.connect().send(request)) {
					sent += request.length;
					received += client.readAll().length();
				}
			}
			long in = sent;
			long out = received;
			Awaitility.await().untilAsserted(() -> {
				EngineSnapshot.Connections connections = engine.engine().snapshot().connections();
				assertThat(connections.bytesIn()).isEqualTo(in);
				assertThat(connections.bytesOut()).isEqualTo(out);
				assertThat(connections.open()).isZero();
				assertThat(connections.accepted()).isEqualTo(5);
				assertThat(connections.closed()).isEqualTo(5);
			});
		}
	}

	@Test
	void theOldestAndTheBusiestConnectionsComeFirst() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.NIO, (exchange) -> TestEngine.text(exchange, "hello"))
			.start()) {
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				RawClient client = engine.connect();
				clients.add(client);
				for (int j = 0; j <= i; j++) {
					assertThat(client.get("/").receive().status()).isEqualTo(200);
				}
				long opened = engine.engine().connections(10, true).get(i).openedAt().toEpochMilli();
				Awaitility.await().until(() -> System.currentTimeMillis() > opened);
			}
			assertThat(engine.engine().connections(2, true)).extracting(ConnectionSnapshot::requests)
				.containsExactly(1L, 2L);
			assertThat(engine.engine().connections(2, false)).extracting(ConnectionSnapshot::requests)
				.containsExactly(5L, 4L);
			assertThat(engine.engine().connections(0, true)).isEmpty();
			ConnectionSnapshot busiest = engine.engine().connections(1, false).get(0);
			assertThat(busiest.state()).isEqualTo("idle");
			assertThat(busiest.protocol()).isEqualTo("HTTP/1.1");
			assertThat(busiest.remoteAddress().getPort()).isEqualTo(clients.get(4).socket().getLocalPort());
			assertThat(busiest.bytesIn()).isPositive();
			assertThat(busiest.bytesOut()).isPositive();
			assertThat(busiest.method()).isNull();
			clients.get(4).send("POST /half HTTP/1.1\r\nHo");
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(engine.engine().connections(1, false).get(0).state()).isEqualTo("reading"));
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	@Test
	void theMemoryOfBuffersIsToldAsFarAsItIsKnown() throws Exception {
		try (TestEngine engine = new TestEngine(Transport.NIO, (exchange) -> TestEngine.text(exchange, "hello"))
			.start(); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(200);
			assertThat(engine.engine().snapshot().buffers().usedDirect()).isPositive();
			assertThat(BufferReading.of(io.netty.buffer.PooledByteBufAllocator.DEFAULT).pinnedDirect()).isNotNegative();
			assertThat(BufferReading.of(new io.netty.buffer.AdaptiveByteBufAllocator()).pinnedDirect()).isEqualTo(-1);
		}
	}

}
