package io.millrace.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

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
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of requests that are run otherwise than all others.
 */
@Timeout(120)
class EngineRouteTests {

	private final Map<String, Integer> told = new ConcurrentHashMap<>();

	private final AtomicInteger started = new AtomicInteger();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void exchangeStarted() {
			EngineRouteTests.this.started.incrementAndGet();
		}

		@Override
		public void refused(String reason) {
			EngineRouteTests.this.told.merge(reason, 1, Integer::sum);
		}

		@Override
		public void abandoned() {
			EngineRouteTests.this.told.merge("abandoned", 1, Integer::sum);
		}

	};

	private static RoutePolicy policy(String prefix, @Nullable WorkerMode mode, int limit, int queue,
			Priority priority) {
		return new RoutePolicy(prefix, (request) -> request.target().path().startsWith(prefix), mode, limit, queue,
				null, priority);
	}

	private TestEngine engine(ExchangeHandler application, UnaryOperator<EngineConfig.Builder> more) throws Exception {
		return new TestEngine(Transport.NIO, application, (config) -> more.apply(config.observer(this.observer)))
			.start();
	}

	@Test
	void aStuckRouteHoldsAsManyWorkersAsItMayAndOthersDoNotNotice() throws Exception {
		Gate gate = new Gate(2);
		try (TestEngine engine = engine(TestEngine.slow("/slow", gate),
				(config) -> config.worker(TestEngine.workers(3, 100))
					.policies(List.of(policy("/slow", null, 2, 1, Priority.NORMAL))))) {
			List<RawClient> stuck = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				stuck.add(engine.connect().get("/slow"));
			}
			gate.awaitEntered();
			List<RawClient> more = List.of(engine.connect().get("/slow"), engine.connect().get("/slow"));
			// Of two that come when all are under way one waits and one is refused.
			Awaitility.await().until(() -> this.told.getOrDefault("route", 0) == 1);
			assertThat(engine.engine().workers().busy()).isEqualTo(2);
			try (RawClient other = engine.connect()) {
				for (int i = 0; i < 50; i++) {
					assertThat(other.get("/other").receive().status()).isEqualTo(200);
				}
			}
			gate.open();
			for (RawClient client : stuck) {
				assertThat(client.receive().status()).isEqualTo(200);
			}
			assertThat(List.of(more.get(0).receive().status(), more.get(1).receive().status()))
				.containsExactlyInAnyOrder(200, 503);
			assertThat(this.told).containsExactly(Map.entry("route", 1));
			// All permits are back.
			for (int i = 0; i < 20; i++) {
				assertThat(stuck.get(0).get("/slow").receive().status()).isEqualTo(200);
			}
			for (RawClient client : stuck) {
				client.close();
			}
			for (RawClient client : more) {
				client.close();
			}
		}
	}

	@Test
	void whoLeavesTheQueueOfARouteGivesItsPlaceUp() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(TestEngine.slow("/slow", gate),
				(config) -> config.worker(TestEngine.workers(3, 100))
					.policies(List.of(policy("/slow", null, 1, 1, Priority.NORMAL))));
				RawClient first = engine.connect();
				RawClient third = engine.connect()) {
			first.get("/slow");
			gate.awaitEntered();
			RawClient second = engine.connect().get("/slow");
			second.socket().setSoLinger(true, 0);
			Awaitility.await().until(() -> this.started.get() == 2);
			assertThat(third.get("/slow").receive().status()).isEqualTo(503);
			second.close();
			Awaitility.await().until(() -> this.told.containsKey("abandoned"));
			third.get("/slow");
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(third.receive().status()).isEqualTo(200);
		}
	}

	@Test
	void aPermitIsHeldUntilTheResponseHasEnded() throws Exception {
		Queue<Exchange> open = new ConcurrentLinkedQueue<>();
		try (TestEngine engine = engine(open::add,
				(config) -> config.policies(List.of(policy("/", null, 1, 1, Priority.NORMAL))));
				RawClient first = engine.connect();
				RawClient second = engine.connect()) {
			first.get("/");
			Awaitility.await().until(() -> open.size() == 1);
			second.get("/");
			Awaitility.await().until(() -> this.started.get() == 2);
			try (RawClient third = engine.connect()) {
				assertThat(third.get("/").receive().status()).isEqualTo(503);
			}
			assertThat(open).hasSize(1);
			TestEngine.text(open.remove(), "first");
			assertThat(first.receive().body()).isEqualTo("first");
			Awaitility.await().until(() -> open.size() == 1);
			TestEngine.text(open.remove(), "second");
			assertThat(second.receive().body()).isEqualTo("second");
		}
	}

	@Test
	void manyClientsOfABulkheadAreNeverMoreAtOnceThanItAllows() throws Exception {
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		ExchangeHandler application = TestEngine.blocking((exchange) -> {
			most.accumulateAndGet(now.incrementAndGet(), Math::max);
			Thread.yield();
			now.decrementAndGet();
			TestEngine.text(exchange, "done");
		});
		try (TestEngine engine = engine(application, (config) -> config.worker(TestEngine.workers(8, 100))
			.policies(List.of(policy("/", null, 2, 100, Priority.NORMAL))))) {
			TestEngine.concurrently(8, () -> {
				try (RawClient client = engine.connect()) {
					for (int request = 0; request < 200; request++) {
						assertThat(client.get("/").receive().status()).isEqualTo(200);
					}
				}
			});
			assertThat(most).hasValueBetween(1, 2);
		}
	}

	@Test
	void aRouteMayHaveAModeOfItsOwn() throws Exception {
		ExchangeHandler blocking = TestEngine
			.blocking((exchange) -> TestEngine.text(exchange, Thread.currentThread().getName()));
		try (TestEngine engine = engine(blocking,
				(config) -> config.policies(List.of(policy("/inline", WorkerMode.INLINE, 0, 0, Priority.NORMAL))));
				RawClient client = engine.connect()) {
			assertThat(client.get("/inline").receive().body()).startsWith("millrace-loop-");
			assertThat(client.get("/other").receive().body()).startsWith("millrace-worker-");
		}
		ExchangeHandler reactive = (exchange) -> TestEngine.text(exchange, Thread.currentThread().getName());
		try (TestEngine engine = engine(reactive,
				(config) -> config.policies(List.of(policy("/pool", WorkerMode.POOL, 0, 0, Priority.NORMAL))));
				RawClient client = engine.connect()) {
			assertThat(client.get("/pool").receive().body()).startsWith("millrace-worker-");
			assertThat(client.get("/other").receive().body()).startsWith("millrace-loop-");
		}
	}

	@Test
	void whatIsUrgentIsAnsweredWhileAllWorkersAreStuckAndTheQueueIsFull() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(TestEngine.slow("/slow", gate),
				(config) -> config.worker(TestEngine.workers(1, 1))
					.policies(List.of(policy("/health", null, 0, 0, Priority.HIGH))));
				RawClient first = engine.connect();
				RawClient second = engine.connect();
				RawClient probe = engine.connect()) {
			assertThat(probe.get("/health").receive().status()).isEqualTo(200);
			first.get("/slow");
			gate.awaitEntered();
			second.get("/slow");
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
			for (int i = 0; i < 50; i++) {
				assertThat(probe.get("/health").receive().status()).isEqualTo(200);
			}
			assertThat(probe.get("/other").receive().status()).isEqualTo(503);
			assertThat(this.told).containsExactly(Map.entry("full", 1));
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(second.receive().status()).isEqualTo(200);
		}
	}

	@Test
	void whatIsLessUrgentGivesItsPlaceUp() throws Exception {
		Gate gate = new Gate(1);
		QueueOptions queue = new QueueOptions(2, QueueOrder.FIFO, Duration.ZERO, true);
		try (TestEngine engine = engine(TestEngine.slow("/slow", gate),
				(config) -> config.worker(new WorkerOptions(WorkerMode.POOL, 1, 0, Duration.ofSeconds(60), 1, queue, 0))
					.policies(List.of(policy("/slow/high", null, 0, 0, Priority.HIGH),
							policy("/slow/low", null, 0, 0, Priority.LOW))));
				RawClient first = engine.connect();
				RawClient low = engine.connect();
				RawClient lower = engine.connect();
				RawClient normal = engine.connect();
				RawClient high = engine.connect()) {
			first.get("/slow");
			gate.awaitEntered();
			low.get("/slow/low");
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
			lower.get("/slow/low");
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 2);
			normal.get("/slow/normal");
			assertThat(lower.receive().status()).isEqualTo(503);
			high.get("/slow/high");
			assertThat(low.receive().status()).isEqualTo(503);
			assertThat(lower.get("/slow/low").receive().status()).isEqualTo(503);
			assertThat(this.told).containsOnly(Map.entry("displaced", 2), Map.entry("full", 1));
			gate.open();
			assertThat(high.receive().status()).isEqualTo(200);
			assertThat(normal.receive().status()).isEqualTo(200);
			assertThat(first.receive().status()).isEqualTo(200);
		}
	}

}
