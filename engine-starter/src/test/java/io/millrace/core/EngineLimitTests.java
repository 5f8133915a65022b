package io.millrace.core;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of the bounds that an engine keeps: connections, workers and their queue.
 */
@Timeout(120)
class EngineLimitTests {

	private static final ExchangeHandler HELLO = TestEngine.blocking((exchange) -> TestEngine.text(exchange, "hello"));

	static List<Transport> transports() {
		return TestEngine.available().toList();
	}

	private static ListenerOptions atMost(int connections) {
		return new ListenerOptions(TestEngine.loopback(0), 128, false, connections);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aConnectionAboveTheLimitWaitsUntilAnotherIsClosed(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport, HELLO, (config) -> config.listener(atMost(2)))) {
			engine.start();
			try (RawClient first = engine.connect();
					RawClient second = engine.connect();
					RawClient third = engine.connect();
					RawClient fourth = engine.connect()) {
				first.get("/").receive();
				second.get("/").receive();
				third.get("/");
				fourth.get("/");
				third.socket().setSoTimeout(200);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(third::receive);
				first.close();
				third.socket().setSoTimeout(20_000);
				assertThat(third.receive().status()).isEqualTo(200);
				fourth.socket().setSoTimeout(200);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(fourth::receive);
				third.close();
				fourth.socket().setSoTimeout(20_000);
				assertThat(fourth.receive().status()).isEqualTo(200);
				assertThat(second.get("/").receive().status()).isEqualTo(200);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void manyMoreClientsThanConnectionsAreAllServed(Transport transport) throws Exception {
		Census census = new Census();
		// A client closes its connection when it has its answer, so the handlers that
		// run tell how many connections are open.
		ExchangeHandler application = TestEngine.blocking((exchange) -> {
			census.connectionOpened();
			Thread.yield();
			census.connectionClosed();
			TestEngine.text(exchange, "hello");
		});
		try (TestEngine engine = new TestEngine(transport, application, (config) -> config.listener(atMost(3)))) {
			engine.start();
			TestEngine.concurrently(12, () -> {
				for (int request = 0; request < 20; request++) {
					try (RawClient client = engine.connect()) {
						assertThat(client.get("/").receive().status()).isEqualTo(200);
					}
				}
			});
			assertThat(census.most).hasValueBetween(1, 3);
			assertThat(census.open).hasValue(0);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aRequestThatNobodyCanTakeIsRefusedAndItsConnectionStaysUsable(Transport transport) throws Exception {
		Gate gate = new Gate(1);
		Census census = new Census();
		try (TestEngine engine = new TestEngine(transport, gate,
				(config) -> config.worker(TestEngine.workers(1, 1))
					.dispatch(new DispatchOptions(Duration.ZERO, Duration.ZERO, 503, 503, Duration.ofSeconds(7)))
					.observer(census))) {
			engine.start();
			try (RawClient running = engine.connect();
					RawClient waiting = engine.connect();
					RawClient refused = engine.connect()) {
				running.get("/");
				gate.awaitEntered();
				waiting.get("/");
				Awaitility.await().until(() -> engine.engine().workers().waiting() == 1);
				for (int i = 0; i < 3; i++) {
					RawClient.Response response = refused.get("/").receive();
					assertThat(response.status()).isEqualTo(503);
					assertThat(response.header("retry-after")).isEqualTo("7");
					assertThat(response.header("connection")).isNull();
				}
				refused.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
				assertThat(refused.receive().status()).isEqualTo(503);
				assertThat(refused.get("/fast").receive().body()).isEqualTo("fast");
				assertThat(census.refused).hasValue(4);
				assertThat(engine.engine().workers().refused()).isEqualTo(4);
				gate.open();
				assertThat(running.receive().status()).isEqualTo(200);
				assertThat(waiting.receive().status()).isEqualTo(200);
				Awaitility.await().until(() -> engine.engine().workers().busy() == 0);
				assertThat(refused.get("/").receive().status()).isEqualTo(200);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aHandlerThatBlocksDoesNotDelayOthers(Transport transport) throws Exception {
		Gate gate = new Gate(3);
		try (TestEngine engine = new TestEngine(transport, TestEngine.slow("/blocked", gate),
				(config) -> config.worker(TestEngine.workers(4, 100)))) {
			engine.start();
			try (RawClient first = engine.connect();
					RawClient second = engine.connect();
					RawClient third = engine.connect();
					RawClient quick = engine.connect()) {
				first.get("/blocked");
				second.get("/blocked");
				third.get("/blocked");
				gate.awaitEntered();
				for (int i = 0; i < 200; i++) {
					assertThat(quick.get("/").receive().status()).isEqualTo(200);
				}
				assertThat(engine.engine().workers().threads()).isEqualTo(4);
				gate.open();
				assertThat(first.receive().status()).isEqualTo(200);
				assertThat(second.receive().status()).isEqualTo(200);
				assertThat(third.receive().status()).isEqualTo(200);
			}
		}
	}

	/** Counts connections and refusals. */
	private static final class Census implements EngineObserver {

		private final AtomicInteger open = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private final AtomicInteger refused = new AtomicInteger();

		@Override
		public void connectionOpened() {
			this.most.accumulateAndGet(this.open.incrementAndGet(), Math::max);
		}

		@Override
		public void connectionClosed() {
			this.open.decrementAndGet();
		}

		@Override
		public void refused(String reason) {
			this.refused.incrementAndGet();
		}

	}

}
