package io.millrace.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of requests whose client does not wait for a worker.
 */
class AbandonedRequestTests {

	private final CountDownLatch release = new CountDownLatch(1);

	private final List<String> handled = new CopyOnWriteArrayList<>();

	private final AtomicInteger aborted = new AtomicInteger();

	private final AtomicInteger started = new AtomicInteger();

	private final ExchangeHandler blocking = new ExchangeHandler() {

		@Override
		public void handle(Exchange exchange) throws Exception {
			AbandonedRequestTests.this.handled.add(exchange.request().target().path());
			AbandonedRequestTests.this.release.await();
			exchange.responseBody().write(null, true);
		}

		@Override
		public boolean mayBlock() {
			return true;
		}

	};

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void exchangeStarted() {
			AbandonedRequestTests.this.started.incrementAndGet();
		}

		@Override
		public void clientAborted() {
			AbandonedRequestTests.this.aborted.incrementAndGet();
		}

	};

	@Test
	void aRequestWhoseClientLeftTheQueueIsNotHandled() throws Exception {
		Engine engine = new Engine(EngineConfig.builder()
			.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
			.worker(new WorkerOptions(WorkerMode.POOL, 1, 0, Duration.ofSeconds(60), 1, 10))
			.observer(this.observer)
			.build(), this.blocking);
		engine.start();
		try (RawClient first = new RawClient(engine.port()); RawClient last = new RawClient(engine.port())) {
			first.get("/first");
			Awaitility.await().until(() -> this.handled.contains("/first"));
			RawClient leaving = new RawClient(engine.port());
			leaving.get("/leaving");
			Awaitility.await().until(() -> this.started.get() == 2);
			leaving.socket().setSoLinger(true, 0);
			leaving.close();
			Awaitility.await().until(() -> this.aborted.get() == 1);
			last.get("/last");
			Awaitility.await().until(() -> this.started.get() == 3);
			this.release.countDown();
			assertThat(first.receive().status()).isEqualTo(200);
			assertThat(last.receive().status()).isEqualTo(200);
			assertThat(this.handled).containsExactly("/first", "/last");
		}
		finally {
			engine.close();
		}
	}

}
