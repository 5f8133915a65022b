package io.millrace.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdmissionSnapshot;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a limit of requests in flight.
 */
@Timeout(120)
class EngineAdmissionTests {

	private final Map<String, Integer> told = new ConcurrentHashMap<>();

	private final Queue<Exchange> open = new ConcurrentLinkedQueue<>();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void refused(String reason) {
			EngineAdmissionTests.this.told.merge(reason, 1, Integer::sum);
		}

	};

	private TestEngine engine(ExchangeHandler application, Admission admission,
			UnaryOperator<EngineConfig.Builder> more) throws Exception {
		return new TestEngine(Transport.NIO, application,
				(config) -> more.apply(config.observer(this.observer).admission(admission)))
			.start();
	}

	private TestEngine engine(ExchangeHandler application, Admission admission) throws Exception {
		return engine(application, admission, UnaryOperator.identity());
	}

	private void awaitOpen(int count) {
		Awaitility.await().until(() -> this.open.size() == count);
	}

	@Test
	void noMoreAreInFlightThanTheLimitWhereEventLoopsRunThem() throws Exception {
		Admission admission = Admission.fixed(2);
		try (TestEngine engine = engine(this.open::add, admission);
				RawClient first = engine.connect();
				RawClient second = engine.connect();
				RawClient third = engine.connect()) {
			assertThat(engine.engine().admission()).isEqualTo(new AdmissionSnapshot(2, 0));
			first.get("/");
			awaitOpen(1);
			second.get("/");
			awaitOpen(2);
			assertThat(engine.engine().admission()).isEqualTo(new AdmissionSnapshot(2, 2));
			RawClient.Response refused = third.get("/").receive();
			assertThat(refused.status()).isEqualTo(503);
			assertThat(refused.header("retry-after")).isEqualTo("1");
			assertThat(refused.header("connection")).isNull();
			assertThat(this.told).containsExactly(Map.entry("limit", 1));
			TestEngine.text(this.open.remove(), "done");
			assertThat(first.receive().body()).isEqualTo("done");
			third.get("/");
			awaitOpen(2);
			this.open.forEach((exchange) -> TestEngine.text(exchange, "done"));
			assertThat(second.receive().status()).isEqualTo(200);
			assertThat(third.receive().status()).isEqualTo(200);
			assertThat(engine.engine().admission()).isEqualTo(new AdmissionSnapshot(2, 0));
		}
	}

	@Test
	void whatWaitsForAWorkerIsInFlightToo() throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(gate, Admission.fixed(2),
				(config) -> config.worker(TestEngine.workers(1, 100)));
				RawClient first = engine.connect();
				RawClient second = engine.connect();
				RawClient third = engine.connect()) {
			first.get("/");
			gate.awaitEntered();
			second.get("/");
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
			assertThat(third.get("/").receive().status()).isEqualTo(503);
			assertThat(this.told).containsExactly(Map.entry("limit", 1));
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(second.receive().status()).isEqualTo(200);
		}
	}

	@Test
	void asManyClientsAsTheLimitAreNeverRefused() throws Exception {
		ExchangeHandler application = TestEngine.blocking((exchange) -> TestEngine.text(exchange, "done"));
		try (TestEngine engine = engine(application, Admission.fixed(1)); RawClient client = engine.connect()) {
			for (int i = 0; i < 2000; i++) {
				assertThat(client.get("/").receive().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void whatIsUrgentAndWhatTheEngineAnswersComesThrough() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		ExchangeHandler application = (exchange) -> {
			if (exchange.request().target().path().equals("/health")) {
				TestEngine.text(exchange, "up");
			}
			else {
				this.open.add(exchange);
			}
		};
		RoutePolicy urgent = RoutePolicy.of("health", (request) -> request.target().path().equals("/health"),
				Priority.HIGH);
		try (TestEngine engine = engine(application, admission, (config) -> config.policies(List.of(urgent)));
				RawClient first = engine.connect();
				RawClient second = engine.connect()) {
			first.get("/");
			awaitOpen(1);
			assertThat(second.get("/").receive().status()).isEqualTo(503);
			assertThat(second.get("/health").receive().body()).isEqualTo("up");
			assertThat(second.get("/fast").receive().body()).isEqualTo("fast");
			second.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(second.receive().status()).isEqualTo(200);
			assertThat(admission.acquired).hasValue(1);
			TestEngine.text(this.open.remove(), "done");
			assertThat(first.receive().status()).isEqualTo(200);
		}
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void aBulkheadThatIsStuckTakesNoPartOfTheLimit() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		RoutePolicy reports = new RoutePolicy("reports", (request) -> request.target().path().equals("/reports"), null,
				1, 1, null, Priority.NORMAL);
		ExchangeHandler application = (exchange) -> {
			if (exchange.request().target().path().equals("/reports")) {
				this.open.add(exchange);
			}
			else {
				TestEngine.text(exchange, "done");
			}
		};
		try (TestEngine engine = engine(application, admission, (config) -> config.policies(List.of(reports)));
				RawClient stuck = engine.connect();
				RawClient waiting = engine.connect();
				RawClient other = engine.connect()) {
			stuck.get("/reports");
			awaitOpen(1);
			waiting.get("/reports");
			for (int i = 0; i < 3; i++) {
				assertThat(other.get("/").receive().status()).isEqualTo(200);
			}
			assertThat(admission.acquired).hasValue(3);
			TestEngine.text(this.open.remove(), "done");
			assertThat(stuck.receive().status()).isEqualTo(200);
			awaitOpen(1);
			TestEngine.text(this.open.remove(), "done");
			assertThat(waiting.receive().status()).isEqualTo(200);
		}
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void theSameGoesForALimitThatSaysBeforehandThatItIsFull() throws Exception {
		ExchangeHandler application = (exchange) -> {
			if (exchange.request().target().path().equals("/health")) {
				TestEngine.text(exchange, "up");
			}
			else {
				this.open.add(exchange);
			}
		};
		RoutePolicy urgent = RoutePolicy.of("health", (request) -> request.target().path().equals("/health"),
				Priority.HIGH);
		try (TestEngine engine = engine(application, Admission.fixed(1), (config) -> config.policies(List.of(urgent)));
				RawClient first = engine.connect();
				RawClient second = engine.connect()) {
			first.get("/");
			awaitOpen(1);
			assertThat(second.get("/").receive().status()).isEqualTo(503);
			assertThat(second.get("/health").receive().body()).isEqualTo("up");
			assertThat(second.get("/fast").receive().body()).isEqualTo("fast");
			second.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(second.receive().status()).isEqualTo(200);
			TestEngine.text(this.open.remove(), "done");
			assertThat(first.receive().status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 404, 429, 500, 503 })
	void whatAnApplicationAnswersIsTellingUnlessItHasFailed(int status) throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		ExchangeHandler application = (exchange) -> {
			exchange.response().status(status);
			TestEngine.text(exchange, "answer");
		};
		try (TestEngine engine = engine(application, admission); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(status);
		}
		assertThat(admission.succeeded).hasValue((status < 500) ? 1 : 0);
		assertThat(admission.ignored).hasValue((status < 500) ? 0 : 1);
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void aHandlerThatFailsTellsNothing() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		try (TestEngine engine = engine((exchange) -> {
			throw new IllegalStateException("of the test");
		}, admission); RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(500);
			assertThat(client.get("/").receive().status()).isEqualTo(500);
		}
		assertThat(admission.ignored).hasValue(2);
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void whoGoesAwayTellsNothing() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		try (TestEngine engine = engine(this.open::add, admission)) {
			RawClient client = engine.connect();
			client.get("/");
			awaitOpen(1);
			client.socket().setSoLinger(true, 0);
			client.close();
			Awaitility.await().until(() -> admission.ignored.get() == 1);
			TestEngine.text(this.open.remove(), "too late");
		}
		assertThat(admission.returned()).isEqualTo(1);
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void aHandlerThatGoesOnAfterItsClientHasGoneIsInFlight() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		Gate gate = new Gate(1);
		try (TestEngine engine = engine(gate, admission); RawClient second = engine.connect()) {
			RawClient first = engine.connect();
			first.get("/");
			gate.awaitEntered();
			first.socket().setSoLinger(true, 0);
			first.close();
			assertThat(second.get("/").receive().status()).isEqualTo(503);
			assertThat(admission.inFlight).hasValue(1);
			gate.open();
			Awaitility.await().until(() -> admission.ignored.get() == 1);
			assertThat(second.get("/").receive().status()).isEqualTo(200);
		}
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void whatTakesTooLongIsDropped() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		DispatchOptions options = new DispatchOptions(Duration.ZERO, Duration.ofMillis(50), 503, 503,
				Duration.ofSeconds(1));
		try (TestEngine engine = engine(this.open::add, admission, (config) -> config.dispatch(options));
				RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(503);
			assertThat(admission.dropped).hasValue(1);
		}
		assertThat(admission.returned()).isEqualTo(1);
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void whatFindsTheQueueFullIsDropped() throws Exception {
		CountedAdmission admission = new CountedAdmission(10);
		Gate gate = new Gate(1);
		// A queue with lanes does not say beforehand that it is full.
		try (TestEngine engine = engine(gate, admission,
				(config) -> config.worker(new WorkerOptions(WorkerMode.POOL, 1, 0, Duration.ofSeconds(60), 1,
						new QueueOptions(1, QueueOrder.FIFO, Duration.ZERO, true), 0)));
				RawClient first = engine.connect();
				RawClient second = engine.connect();
				RawClient third = engine.connect()) {
			first.get("/");
			gate.awaitEntered();
			second.get("/");
			Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
			assertThat(third.get("/").receive().status()).isEqualTo(503);
			assertThat(admission.dropped).hasValue(1);
			assertThat(this.told).containsExactly(Map.entry("full", 1));
			gate.open();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(second.receive().status()).isEqualTo(200);
			assertThat(admission.succeeded).hasValue(2);
		}
		assertThat(admission.mistakes).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/event-stream", "text/event-stream;charset=UTF-8", "application/x-ndjson" })
	void aStreamOfEventsReturnsItsPermitWhenItBegins(String type) throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		ExchangeHandler application = (exchange) -> {
			exchange.response().headers().set("Content-Type", type);
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "data: 1\n\n"), false);
			this.open.add(exchange);
		};
		try (TestEngine engine = engine(application, admission);
				RawClient first = engine.connect();
				RawClient second = engine.connect()) {
			assertThat(first.get("/").receiveHead().status()).isEqualTo(200);
			awaitOpen(1);
			Awaitility.await().until(() -> admission.ignored.get() == 1);
			assertThat(second.get("/").receiveHead().status()).isEqualTo(200);
			awaitOpen(2);
			this.open.forEach((exchange) -> exchange.responseBody().write(null, true));
		}
		assertThat(admission.returned()).isEqualTo(2);
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void anotherProtocolReturnsItsPermitWhenItBegins() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		ExchangeHandler application = (exchange) -> {
			exchange.upgrade();
			exchange.response().headers().set("Upgrade", "other");
			exchange.responseBody().write(null, false);
			this.open.add(exchange);
		};
		try (TestEngine engine = engine(application, admission); RawClient client = engine.connect()) {
			client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");
			assertThat(client.receiveHead().status()).isEqualTo(101);
			Awaitility.await().until(() -> admission.ignored.get() == 1);
			awaitOpen(1);
			this.open.remove().responseBody().write(null, true);
		}
		assertThat(admission.returned()).isEqualTo(1);
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void aResponseThatWaitsForItsClientTellsNothing() throws Exception {
		CountedAdmission admission = new CountedAdmission(1);
		ExchangeHandler application = (exchange) -> new Endless(exchange, 64 * 1024 * 1024).run();
		try (TestEngine engine = engine(application, admission); RawClient client = engine.connect()) {
			client.get("/");
			Awaitility.await().until(() -> admission.inFlight.get() == 1);
			int bytes = client.receive().body().length();
			assertThat(bytes).isEqualTo(64 * 1024 * 1024);
			Awaitility.await().until(() -> admission.ignored.get() == 1);
		}
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void anAdmissionThatFailsHarmsOneConnection() throws Exception {
		Admission broken = new Admission() {

			@Override
			public Permit tryAcquire(Priority priority) {
				return new Permit() {

					@Override
					public void succeeded() {
						throw new IllegalStateException("of the test");
					}

					@Override
					public void ignored() {
						throw new IllegalStateException("of the test");
					}

					@Override
					public void dropped() {
						throw new IllegalStateException("of the test");
					}

				};
			}

			@Override
			public AdmissionSnapshot snapshot() {
				return new AdmissionSnapshot(1, 0);
			}

		};
		try (TestEngine engine = engine((exchange) -> TestEngine.text(exchange, "done"), broken);
				RawClient client = engine.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(200);
			assertThat(client.get("/").receive().status()).isEqualTo(200);
		}
	}

	@Test
	void aStopReturnsAllPermits() throws Exception {
		CountedAdmission admission = new CountedAdmission(10);
		try (TestEngine engine = engine(this.open::add, admission)) {
			for (int i = 0; i < 5; i++) {
				engine.connect().get("/");
			}
			awaitOpen(5);
			engine.engine().stop();
			assertThat(admission.ignored).hasValue(5);
		}
		assertThat(admission.mistakes).isEmpty();
	}

	@Test
	void thereIsNothingToReadWhereNothingIsLimited() {
		try (TestEngine engine = new TestEngine(Transport.NIO, (exchange) -> TestEngine.text(exchange, "done"))) {
			assertThat(engine.engine().admission()).isNull();
		}
	}

	/** Writes as much as its client takes. */
	private static final class Endless implements Runnable {

		private static final int PART = 32 * 1024;

		private final Exchange exchange;

		private int left;

		Endless(Exchange exchange, int size) {
			this.exchange = exchange;
			this.left = size;
			exchange.response().headers().set("Content-Length", size);
		}

		@Override
		public void run() {
			while (this.left > 0) {
				if (!this.exchange.responseBody().isWritable()) {
					this.exchange.responseBody().onWritable(this);
					return;
				}
				this.left -= PART;
				this.exchange.responseBody()
					.write(this.exchange.allocator().buffer(PART).writeZero(PART), this.left == 0);
			}
		}

	}

}
