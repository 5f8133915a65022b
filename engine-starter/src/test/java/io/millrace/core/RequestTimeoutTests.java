package io.millrace.core;

import java.io.EOFException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Priority;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of requests that take longer than they may.
 */
@Timeout(120)
class RequestTimeoutTests {

	private final Map<String, Integer> told = new ConcurrentHashMap<>();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void timedOut(String kind) {
			RequestTimeoutTests.this.told.merge(kind, 1, Integer::sum);
		}

		@Override
		public void abandoned() {
			RequestTimeoutTests.this.told.merge("abandoned", 1, Integer::sum);
		}

	};

	private TestEngine engine(int status, ExchangeHandler application, UnaryOperator<EngineConfig.Builder> more)
			throws Exception {
		DispatchOptions options = new DispatchOptions(Duration.ZERO, Duration.ofMillis(100), status, 503,
				Duration.ofSeconds(3));
		return new TestEngine(Transport.NIO, application,
				(config) -> more.apply(config.observer(this.observer).dispatch(options)))
			.start();
	}

	@Test
	void aHandlerThatTakesTooLongIsAnsweredForAndWhatItWritesLaterIsThrownAway() throws Exception {
		for (int status : new int[] { 503, 504 }) {
			Gate gate = new Gate(1);
			try (TestEngine engine = engine(status, gate, (config) -> config);
					RawClient client = engine.connect().get("/")) {
				RawClient.Response response = client.receive();
				assertThat(response.status()).isEqualTo(status);
				assertThat(response.header("retry-after")).isEqualTo((status == 503) ? "3" : null);
				assertThat(response.header("connection")).isNull();
				gate.open();
				Awaitility.await().until(() -> engine.engine().workers().busy() == 0);
				assertThat(client.get("/").receive().body()).startsWith("millrace-worker-");
			}
		}
		assertThat(this.told).containsExactly(Map.entry("request", 2));
	}

	@Test
	void aResponseThatHasBegunIsCut() throws Exception {
		CountDownLatch open = new CountDownLatch(1);
		ExchangeHandler application = TestEngine.blocking((exchange) -> {
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "begun"), false);
			TestEngine.await(open);
			exchange.responseBody().write(null, true);
		});
		try (TestEngine engine = engine(503, application, (config) -> config);
				RawClient client = engine.connect().get("/")) {
			assertThat(client.receiveHead().status()).isEqualTo(200);
			assertThat(client.line()).isEqualTo("5");
			assertThat(client.line()).isEqualTo("begun");
			assertThatExceptionOfType(EOFException.class).isThrownBy(client::line);
			open.countDown();
		}
		assertThat(this.told).containsExactly(Map.entry("request", 1));
	}

	@Test
	void aBodyThatComesTooSlowlyCountsToo() throws Exception {
		try (TestEngine engine = engine(503, (exchange) -> exchange.requestBody().demand(() -> {
		}), (config) -> config); RawClient client = engine.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
			assertThat(client.receive().status()).isEqualTo(503);
			client.send("lo");
			assertThat(client.get("/fast").receive().body()).isEqualTo("fast");
		}
	}

	@Test
	void aRequestThatWaitsTooLongIsNotHandled() throws Exception {
		Gate gate = new Gate(1);
		ExchangeHandler application = TestEngine.blocking((exchange) -> {
			this.told.merge(exchange.request().target().path(), 1, Integer::sum);
			gate.handle(exchange);
		});
		try (TestEngine engine = engine(503, application, (config) -> config.worker(TestEngine.workers(1, 5)));
				RawClient first = engine.connect().get("/first")) {
			gate.awaitEntered();
			try (RawClient second = engine.connect().get("/second")) {
				assertThat(first.receive().status()).isEqualTo(503);
				assertThat(second.receive().status()).isEqualTo(503);
				gate.open();
				Awaitility.await()
					.until(() -> engine.engine().workers().busy() == 0 && engine.engine().workers().waiting() == 0);
				assertThat(second.get("/third").receive().status()).isEqualTo(200);
			}
			assertThat(this.told).containsOnly(Map.entry("request", 2), Map.entry("/first", 1), Map.entry("/third", 1));
		}
	}

	@Test
	void aRouteMayTakeLongerOrShorter() throws Exception {
		Gate gate = new Gate(1);
		RoutePolicy patient = new RoutePolicy("patient", (request) -> request.target().path().startsWith("/patient"),
				null, 0, 0, Duration.ZERO, Priority.NORMAL);
		try (TestEngine engine = engine(503, gate, (config) -> config.policies(List.of(patient)));
				RawClient client = engine.connect().get("/patient");
				RawClient other = engine.connect()) {
			gate.awaitEntered();
			assertThat(other.get("/").receive().status()).isEqualTo(503);
			gate.open();
			assertThat(client.receive().status()).isEqualTo(200);
		}
		assertThat(this.told).containsExactly(Map.entry("request", 1));
	}

}
