package io.millrace.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of requests whose body is not here yet while there are no threads to spare.
 */
@Timeout(120)
class HeldBodyTests {

	private final Gate gate = new Gate(1);

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger handled = new AtomicInteger();

	private final Map<String, Integer> timedOut = new ConcurrentHashMap<>();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void exchangeStarted() {
			HeldBodyTests.this.started.incrementAndGet();
		}

		@Override
		public void timedOut(String kind) {
			HeldBodyTests.this.timedOut.merge(kind, 1, Integer::sum);
		}

	};

	// Under /slow it holds its thread; elsewhere it answers when the body has ended.
	private final ExchangeHandler application = TestEngine.blocking((exchange) -> {
		this.handled.incrementAndGet();
		if (exchange.request().target().path().equals("/slow")) {
			this.gate.handle(exchange);
		}
		else {
			readAll(exchange, 0);
		}
	});

	private static void readAll(Exchange exchange, int before) {
		exchange.requestBody().demand(() -> {
			int count = before;
			try {
				ByteBuf part;
				while ((part = exchange.requestBody().read()) != null) {
					count += part.readableBytes();
					part.release();
				}
			}
			catch (IOException ex) {
				exchange.fail(ex);
				return;
			}
			if (exchange.requestBody().isEnded()) {
				TestEngine.text(exchange, "read " + count);
			}
			else {
				readAll(exchange, count);
			}
		});
	}

	private TestEngine engine(Duration timeout, ConnectionTimeouts timeouts) throws Exception {
		return new TestEngine(Transport.NIO, this.application,
				(config) -> config.observer(this.observer)
					.timeouts(timeouts)
					.dispatch(new DispatchOptions(Duration.ZERO, timeout, 504, 503, Duration.ofSeconds(1)))
					.worker(TestEngine.workers(4, 100)))
			.start();
	}

	private RawClient occupy(TestEngine engine) throws Exception {
		RawClient client = engine.connect().get("/slow");
		this.gate.awaitEntered();
		return client;
	}

	private static RawClient post(TestEngine engine, String fields) throws Exception {
		return engine.connect().send("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
	}

	@Test
	void manyBodiesThatComeSlowlyTakeNoThreadFromOthers() throws Exception {
		try (TestEngine engine = engine(Duration.ZERO, ConnectionTimeouts.defaults());
				RawClient slow = occupy(engine)) {
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				String framing = (i % 2 == 0) ? "Content-Length: 3\r\n" : "Transfer-Encoding: chunked\r\n";
				clients.add(post(engine, framing));
				clients.get(i).send((i % 2 == 0) ? "a" : "1\r\na\r\n");
			}
			Awaitility.await().until(() -> this.started.get() == 51);
			try (RawClient other = engine.connect()) {
				for (int i = 1; i <= 50; i++) {
					assertThat(other.get("/other").receive().status()).isEqualTo(200);
					assertThat(this.handled).hasValue(i + 1);
				}
			}
			for (int i = 0; i < 50; i++) {
				clients.get(i).send((i % 2 == 0) ? "b" : "1\r\nb\r\n");
			}
			for (int i = 0; i < 50; i++) {
				clients.get(i).send((i % 2 == 0) ? "c" : "1\r\nc\r\n");
				clients.get(i).send((i % 2 == 0) ? "" : "0\r\n\r\n");
				assertThat(clients.get(i).receive().body()).isEqualTo("read 3");
				clients.get(i).close();
			}
			this.gate.open();
			assertThat(slow.receive().status()).isEqualTo(200);
		}
	}

	@Test
	void aBodyThatIsMoreThanIsReadAheadIsHandledWhileItComes() throws Exception {
		try (TestEngine engine = engine(Duration.ZERO, ConnectionTimeouts.defaults());
				RawClient slow = occupy(engine);
				RawClient large = post(engine, "Content-Length: 1000000\r\n")) {
			large.send(new byte[500_000]);
			Awaitility.await().until(() -> this.handled.get() == 2);
			large.send(new byte[500_000]);
			assertThat(large.receive().body()).isEqualTo("read 1000000");
			this.gate.open();
			assertThat(slow.receive().status()).isEqualTo(200);
		}
	}

	@Test
	void whoWaitsForAWordBeforeTheBodyIsHandledAtOnce() throws Exception {
		try (TestEngine engine = engine(Duration.ZERO, ConnectionTimeouts.defaults());
				RawClient slow = occupy(engine);
				RawClient polite = post(engine, "Content-Length: 3\r\nExpect: 100-continue\r\n")) {
			assertThat(polite.receiveHead().status()).isEqualTo(100);
			polite.send("abc");
			assertThat(polite.receive().body()).isEqualTo("read 3");
			this.gate.open();
			assertThat(slow.receive().status()).isEqualTo(200);
		}
	}

	@Test
	void whatIsHeldGoesOnWhenThereAreThreadsToSpareWithoutAByteMore() throws Exception {
		try (TestEngine engine = engine(Duration.ZERO, ConnectionTimeouts.defaults());
				RawClient slow = occupy(engine);
				RawClient held = post(engine, "Content-Length: 3\r\n")) {
			held.send("a");
			Awaitility.await().until(() -> this.started.get() == 2);
			assertThat(this.handled).hasValue(1);
			this.gate.open();
			assertThat(slow.receive().status()).isEqualTo(200);
			Awaitility.await().until(() -> this.handled.get() == 2);
			held.send("bc");
			assertThat(held.receive().body()).isEqualTo("read 3");
		}
	}

	@Test
	void whatIsHeldHasTheDeadlinesOfABodyAndOfARequest() throws Exception {
		ConnectionTimeouts strict = new ConnectionTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(60),
				Duration.ofSeconds(30), Duration.ofSeconds(3), 1000, Duration.ofMillis(100), Duration.ZERO);
		try (TestEngine engine = engine(Duration.ZERO, strict);
				RawClient slow = occupy(engine);
				RawClient held = post(engine, "Content-Length: 3\r\n")) {
			held.send("a");
			assertThat(held.receive().status()).isEqualTo(408);
			assertThat(this.timedOut).containsExactly(Map.entry("body", 1));
			this.gate.open();
			assertThat(slow.receive().status()).isEqualTo(200);
			assertThat(this.handled).hasValue(1);
		}
	}

	@Test
	void theTimeOfARequestCountsWhileItIsHeld() throws Exception {
		try (TestEngine engine = engine(Duration.ofSeconds(2), ConnectionTimeouts.defaults());
				RawClient slow = occupy(engine);
				RawClient held = post(engine, "Content-Length: 3\r\n")) {
			held.send("a");
			assertThat(held.receive().status()).isEqualTo(504);
			assertThat(this.handled).hasValue(1);
			assertThat(slow.receive().status()).isEqualTo(504);
			this.gate.open();
		}
	}

	@Test
	void aClientThatLeavesWhileItIsHeldIsForgotten() throws Exception {
		try (TestEngine engine = engine(Duration.ZERO, ConnectionTimeouts.defaults());
				RawClient slow = occupy(engine);
				RawClient other = engine.connect()) {
			RawClient held = post(engine, "Content-Length: 3\r\n");
			held.send("a");
			Awaitility.await().until(() -> this.started.get() == 2);
			held.close();
			assertThat(other.get("/").receive().status()).isEqualTo(200);
			this.gate.open();
			assertThat(slow.receive().status()).isEqualTo(200);
			assertThat(this.handled).hasValue(2);
		}
	}

}
