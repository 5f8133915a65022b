package io.millrace.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All that can happen to admitted requests, all at once: every permit comes back, once.
 */
@Timeout(120)
class AdmissionRaceTests {

	private static final int CLIENTS = 6;

	private static final int ROUNDS = 250;

	private static final List<String> PATHS = List.of("/quick", "/quick", "/spin", "/fail", "/cut", "/async", "/late",
			"/stream", "/error", "/low/quick", "/bulkhead/spin");

	private final AtomicInteger refused = new AtomicInteger();

	private static void spin() {
		long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(300_000);
		while (System.nanoTime() < until) {
			Thread.onSpinWait();
		}
	}

	private static void handle(Exchange exchange) {
		String path = exchange.request().target().path();
		switch (path.substring(path.lastIndexOf('/'))) {
			case "/spin" -> {
				spin();
				TestEngine.text(exchange, "done");
			}
			case "/fail" -> throw new IllegalStateException("of the test");
			case "/cut" -> {
				exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "part"), false);
				throw new IllegalStateException("of the test");
			}
			case "/async" -> new Thread(() -> {
				spin();
				TestEngine.text(exchange, "done");
			}).start();
			case "/late" -> {
				// An event loop that waited for its own timer would wait in vain.
				if (exchange.stream().executor().inEventLoop()) {
					new Thread(() -> late(exchange)).start();
				}
				else {
					late(exchange);
				}
			}
			case "/stream" -> {
				exchange.response().headers().set("Content-Type", "text/event-stream");
				exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "data: 1\n\n"), false);
				spin();
				exchange.responseBody().write(null, true);
			}
			case "/error" -> {
				exchange.response().status(500);
				TestEngine.text(exchange, "error");
			}
			default -> TestEngine.text(exchange, "done");
		}
	}

	// Answers when its time is over, or at that very moment.
	private static void late(Exchange exchange) {
		long until = System.nanoTime() + 21_000_000;
		while (exchange.outcome() == null && System.nanoTime() < until) {
			LockSupport.parkNanos(100_000);
		}
		TestEngine.text(exchange, "late");
	}

	private void round(int port) throws IOException {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		try (RawClient client = new RawClient(port)) {
			for (int request = random.nextInt(1, 4); request > 0; request--) {
				String path = PATHS.get(random.nextInt(PATHS.size()));
				if (random.nextInt(4) == 0) {
					client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
				}
				else {
					client.get(path);
				}
				if (random.nextInt(5) == 0) {
					spin();
					client.socket().setSoLinger(true, 0);
					return;
				}
				if (client.receive().status() == 503) {
					this.refused.incrementAndGet();
				}
			}
		}
		catch (IOException ex) {
			// The response was cut, as some are.
		}
	}

	@ParameterizedTest
	@CsvSource({ "POOL, true", "POOL, false", "INLINE, false" })
	void everyPermitComesBackOnce(WorkerMode mode, boolean stopped) throws Exception {
		CountedAdmission admission = new CountedAdmission(4);
		QueueOptions queue = new QueueOptions(2, QueueOrder.FIFO, Duration.ofMillis(5), true);
		RoutePolicy low = RoutePolicy.of("low", (request) -> request.target().path().startsWith("/low/"), Priority.LOW);
		RoutePolicy bulkhead = new RoutePolicy("bulkhead",
				(request) -> request.target().path().startsWith("/bulkhead/"), null, 1, 1, null, Priority.NORMAL);
		ExchangeHandler application = (mode == WorkerMode.INLINE) ? AdmissionRaceTests::handle
				: TestEngine.blocking(AdmissionRaceTests::handle);
		try (TestEngine engine = new TestEngine(Transport.best(), application, (config) -> config.admission(admission)
			.worker(new WorkerOptions(mode, 2, 0, Duration.ofSeconds(60), 2, queue, 0))
			.policies(List.of(low, bulkhead))
			.dispatch(new DispatchOptions(Duration.ZERO, Duration.ofMillis(20), 503, 503, Duration.ofSeconds(1))))
			.start()) {
			int port = engine.port();
			Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
			List<Thread> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				Thread client = new Thread(() -> {
					try {
						for (int round = 0; round < ROUNDS; round++) {
							round(port);
						}
					}
					catch (Throwable ex) {
						failures.add(ex);
					}
				});
				clients.add(client);
				client.start();
			}
			if (stopped) {
				Awaitility.await().until(() -> admission.acquired.get() > CLIENTS * ROUNDS / 2);
				engine.engine().drain();
				engine.engine().stop();
			}
			for (Thread client : clients) {
				client.join();
			}
			assertThat(failures).isEmpty();
			Awaitility.await().until(() -> admission.inFlight.get() == 0);
		}
		assertThat(admission.mistakes).isEmpty();
		assertThat(admission.returned()).isEqualTo(admission.acquired.get());
		assertThat(admission.most).hasValueBetween(2, 4);
		assertThat(admission.succeeded).hasPositiveValue();
		assertThat(admission.ignored).hasPositiveValue();
		assertThat(admission.dropped).hasPositiveValue();
		assertThat(this.refused).hasPositiveValue();
	}

}
