package io.millrace.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of requests that wait for a worker.
 */
@Timeout(120)
class EngineQueueTests {

	private final AtomicBoolean over = new AtomicBoolean();

	private final CountDownLatch release = new CountDownLatch(1);

	private final List<String> handled = new CopyOnWriteArrayList<>();

	private final Map<String, Integer> told = new ConcurrentHashMap<>();

	private final ExchangeHandler application = TestEngine.blocking((exchange) -> {
		this.handled.add(exchange.request().target().path());
		TestEngine.await(this.release);
		TestEngine.text(exchange, "done");
	});

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void refused(String reason) {
			EngineQueueTests.this.told.merge(reason, 1, Integer::sum);
		}

		@Override
		public void abandoned() {
			EngineQueueTests.this.told.merge("abandoned", 1, Integer::sum);
		}

		@Override
		public void clientAborted() {
			EngineQueueTests.this.told.merge("aborted", 1, Integer::sum);
		}

	};

	static List<WorkerMode> modes() {
		return (JRE.currentVersionNumber() >= 21) ? List.of(WorkerMode.POOL, WorkerMode.VIRTUAL)
				: List.of(WorkerMode.POOL);
	}

	private TestEngine engine(WorkerMode mode, QueueOptions queue) throws Exception {
		return new TestEngine(Transport.NIO, this.application, (config) -> config.observer(this.observer)
			.worker(new WorkerOptions(mode, 1, 0, Duration.ofSeconds(60), 1, queue, 0))).start();
	}

	private RawClient occupied(TestEngine engine) throws Exception {
		RawClient client = engine.connect().get("/first");
		Awaitility.await().until(() -> this.handled.contains("/first"));
		return client;
	}

	private static void awaitWaiting(TestEngine engine, int count) {
		Awaitility.await().until(() -> engine.engine().workers().waiting() == count);
	}

	@ParameterizedTest
	@MethodSource("modes")
	void whatWaitsTooLongIsRefusedWhileAllWorkersAreStillBusy(WorkerMode mode) throws Exception {
		QueueOptions queue = new QueueOptions(10, QueueOrder.FIFO, Duration.ofMillis(100), false);
		try (TestEngine engine = engine(mode, queue);
				RawClient first = occupied(engine);
				RawClient second = engine.connect();
				RawClient third = engine.connect()) {
			second.get("/second");
			third.get("/third");
			assertThat(second.receive().status()).isEqualTo(503);
			assertThat(third.receive().header("retry-after")).isEqualTo("1");
			assertThat(this.told).containsEntry("waited", 2);
			// The connection stays usable, and a worker that is free takes the next.
			this.release.countDown();
			assertThat(first.receive().status()).isEqualTo(200);
			Awaitility.await().until(() -> engine.engine().workers().busy() == 0);
			assertThat(second.get("/again").receive().status()).isEqualTo(200);
			assertThat(this.handled).containsExactly("/first", "/again");
			assertThat(this.told).containsOnlyKeys("waited");
		}
	}

	@Test
	void whatIsNotThereAnyMoreMakesRoomWhileAllWorkersAreStillBusy() throws Exception {
		try (TestEngine engine = engine(WorkerMode.POOL, QueueOptions.of(3)); RawClient first = occupied(engine)) {
			List<RawClient> waiting = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				waiting.add(engine.connect().get("/" + i));
				awaitWaiting(engine, i + 1);
			}
			for (int i = 0; i < 2; i++) {
				waiting.get(i).socket().setSoLinger(true, 0);
				waiting.get(i).close();
			}
			awaitWaiting(engine, 1);
			assertThat(this.told).containsEntry("abandoned", 2).containsEntry("aborted", 2);
			this.release.countDown();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(waiting.get(2).receive().status()).isEqualTo(200);
			waiting.get(2).close();
			assertThat(this.handled).containsExactly("/first", "/2");
		}
	}

	@ParameterizedTest
	@MethodSource("modes")
	void whatWouldWaitTooLongIsRefusedAtOnce(WorkerMode mode) throws Exception {
		this.release.countDown();
		QueueOptions queue = new QueueOptions(10_000, QueueOrder.FIFO, Duration.ofMillis(100), false);
		ExchangeHandler slow = TestEngine.blocking((exchange) -> {
			TimeUnit.MILLISECONDS.sleep(1);
			TestEngine.text(exchange, "done");
		});
		try (TestEngine engine = new TestEngine(Transport.NIO, slow, (config) -> config.observer(this.observer)
			.worker(new WorkerOptions(mode, 1, 0, Duration.ofSeconds(60), 1, queue, 0))).start()) {
			assertThat(engine.engine().workers().capacity()).isEqualTo(10_000);
			List<Thread> crowd = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				crowd.add(new Thread(() -> crowd(engine)));
				crowd.get(i).start();
			}
			// The queue is far from full.
			Awaitility.await().until(() -> this.told.containsKey("full"));
			this.over.set(true);
			for (Thread thread : crowd) {
				thread.join();
			}
			assertThat(this.told).doesNotContainKey("failed");
			Awaitility.await().until(() -> engine.engine().workers().capacity() == 10_000);
		}
	}

	private void crowd(TestEngine engine) {
		try {
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				clients.add(engine.connect());
			}
			while (!this.over.get()) {
				for (RawClient client : clients) {
					client.get("/");
				}
				for (RawClient client : clients) {
					client.receive();
				}
			}
			for (RawClient client : clients) {
				client.close();
			}
		}
		catch (Exception ex) {
			this.told.put("failed", 1);
		}
	}

	@ParameterizedTest
	@MethodSource("modes")
	void theYoungestIsServedFirstWhereThatIsAskedFor(WorkerMode mode) throws Exception {
		QueueOptions queue = new QueueOptions(10, QueueOrder.LIFO, Duration.ZERO, false);
		try (TestEngine engine = engine(mode, queue);
				RawClient first = occupied(engine);
				RawClient second = engine.connect();
				RawClient third = engine.connect()) {
			second.get("/second");
			awaitWaiting(engine, 1);
			third.get("/third");
			awaitWaiting(engine, 2);
			this.release.countDown();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(second.receive().status()).isEqualTo(200);
			assertThat(third.receive().status()).isEqualTo(200);
			assertThat(this.handled).containsExactly("/first", "/third", "/second");
		}
	}

}
