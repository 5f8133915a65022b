package io.millrace.core;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Priority;
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
 * Tests of workers that are interrupted because the client of their request has gone.
 */
@Timeout(120)
class InterruptOnDisconnectTests {

	private static final DispatchOptions INTERRUPTING = new DispatchOptions(Duration.ZERO, Duration.ZERO, 503, 503,
			Duration.ofSeconds(1), true);

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	private final AtomicInteger aborted = new AtomicInteger();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void clientAborted() {
			InterruptOnDisconnectTests.this.aborted.incrementAndGet();
		}

	};

	static List<WorkerMode> modes() {
		return (JRE.currentVersionNumber() >= 21) ? List.of(WorkerMode.POOL, WorkerMode.VIRTUAL)
				: List.of(WorkerMode.POOL);
	}

	private TestEngine engine(WorkerMode mode, int threads, DispatchOptions dispatch, ExchangeHandler application)
			throws Exception {
		return new TestEngine(Transport.NIO, application, (config) -> config.dispatch(dispatch)
			.observer(this.observer)
			.policies(List.of(new RoutePolicy("moved", (request) -> request.target().path().startsWith("/moved"),
					WorkerMode.POOL, 0, 0, null, Priority.NORMAL)))
			.worker(new WorkerOptions(mode, threads, threads, Duration.ofSeconds(60), threads, 10_000))).start();
	}

	// Waits for what never comes under /stuck, and says elsewhere whether it was
	// disturbed.
	private ExchangeHandler stuck(CountDownLatch entered, CountDownLatch never) {
		return (exchange) -> {
			boolean disturbed = Thread.currentThread().isInterrupted();
			if (exchange.request().target().path().endsWith("stuck")) {
				entered.countDown();
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					this.told.add("interrupted");
					// An application that sets it again must not disturb the next one.
					Thread.currentThread().interrupt();
				}
			}
			TestEngine.text(exchange, "disturbed: " + disturbed);
		};
	}

	private static void reset(RawClient client) throws Exception {
		client.socket().setSoLinger(true, 0);
		client.close();
	}

	@ParameterizedTest
	@MethodSource("modes")
	void aWorkerIsInterruptedWhoseClientGoesAwayAndItsNextRequestIsNot(WorkerMode mode) throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		ExchangeHandler application = TestEngine.blocking(stuck(entered, new CountDownLatch(1)));
		try (TestEngine engine = engine(mode, 1, INTERRUPTING, application); RawClient next = engine.connect()) {
			RawClient leaving = engine.connect().get("/stuck");
			TestEngine.await(entered);
			next.get("/next");
			reset(leaving);
			assertThat(next.receive().body()).isEqualTo("disturbed: false");
			assertThat(this.told).containsExactly("interrupted");
			for (int i = 0; i < 20; i++) {
				assertThat(next.get("/next").receive().body()).isEqualTo("disturbed: false");
			}
		}
	}

	@Test
	void aClientThatOnlyClosesItsSideIsGoneAfterTheTimeForThat() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		ExchangeHandler application = TestEngine.blocking(stuck(entered, new CountDownLatch(1)));
		try (TestEngine engine = engine(WorkerMode.POOL, 1, INTERRUPTING, application)) {
			RawClient leaving = engine.connect().get("/stuck");
			TestEngine.await(entered);
			leaving.close();
			Awaitility.await().until(() -> this.told.contains("interrupted"));
		}
	}

	@Test
	void aWorkerOfAReactiveApplicationIsInterruptedWhereARouteHasMovedItThere() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		try (TestEngine engine = engine(WorkerMode.POOL, 1, INTERRUPTING, stuck(entered, new CountDownLatch(1)));
				RawClient next = engine.connect()) {
			RawClient leaving = engine.connect().get("/moved/stuck");
			TestEngine.await(entered);
			reset(leaving);
			Awaitility.await().until(() -> this.told.contains("interrupted"));
			assertThat(next.get("/moved").receive().body()).isEqualTo("disturbed: false");
			assertThat(next.get("/loop").receive().body()).isEqualTo("disturbed: false");
		}
	}

	@Test
	void nobodyIsInterruptedWhoDidNotAskForIt() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		ExchangeHandler application = TestEngine.blocking(stuck(entered, release));
		try (TestEngine engine = engine(WorkerMode.POOL, 1, DispatchOptions.defaults(), application);
				RawClient next = engine.connect()) {
			RawClient leaving = engine.connect().get("/stuck");
			TestEngine.await(entered);
			reset(leaving);
			Awaitility.await().until(() -> this.aborted.get() == 1);
			release.countDown();
			assertThat(next.get("/next").receive().body()).isEqualTo("disturbed: false");
			assertThat(this.told).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("modes")
	void anInterruptHitsNoOtherRequestHoweverItMeetsTheEndOfItsOwn(WorkerMode mode) throws Exception {
		AtomicInteger hit = new AtomicInteger();
		AtomicInteger foreign = new AtomicInteger();
		AtomicInteger handled = new AtomicInteger();
		AtomicBoolean over = new AtomicBoolean();
		ExchangeHandler application = TestEngine.blocking((exchange) -> {
			for (int i = ThreadLocalRandom.current().nextInt(200); i >= 0 && !Thread.interrupted(); i--) {
				Thread.onSpinWait();
				if (i == 0) {
					TestEngine.text(exchange, "done");
					handled.incrementAndGet();
					return;
				}
			}
			((exchange.outcome() != null) ? hit : foreign).incrementAndGet();
			TestEngine.text(exchange, "hit");
		});
		try (TestEngine engine = engine(mode, 2, INTERRUPTING, application)) {
			Thread steady = new Thread(() -> {
				try (RawClient client = engine.connect()) {
					while (!over.get()) {
						assertThat(client.get("/").receive().body()).isEqualTo("done");
					}
				}
				catch (Throwable ex) {
					this.told.add("steady: " + ex);
				}
			});
			steady.start();
			for (int i = 0; i < 3000; i++) {
				RawClient leaving = engine.connect().get("/");
				for (int turns = ThreadLocalRandom.current().nextInt(2000); turns > 0; turns--) {
					Thread.onSpinWait();
				}
				reset(leaving);
			}
			over.set(true);
			steady.join();
			assertThat(foreign).hasValue(0);
			assertThat(this.told).isEmpty();
			assertThat(handled.get()).isPositive();
		}
	}

}
