package io.millrace.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.Route;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An engine on a free port of the loopback address, with an application that blocks where
 * it is told to. Closing it checks that no thread is left.
 */
final class TestEngine implements AutoCloseable {

	private final Set<Thread> before = threads();

	private final Engine engine;

	TestEngine(Transport transport, ExchangeHandler application, UnaryOperator<EngineConfig.Builder> more) {
		this.engine = new Engine(more
			.apply(EngineConfig.builder()
				.transport(transport)
				.eventLoops(2)
				.listener(ListenerOptions.at(loopback(0)))
				.routes(List.of(Route.get("/fast", (exchange) -> text(exchange, "fast")))))
			.build(), application);
	}

	TestEngine(Transport transport, ExchangeHandler application) {
		this(transport, application, UnaryOperator.identity());
	}

	static Stream<Transport> available() {
		return Stream.of(Transport.values()).filter(Transport::isAvailable);
	}

	static InetSocketAddress loopback(int port) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	static WorkerOptions workers(int threads, int capacity) {
		return new WorkerOptions(WorkerMode.POOL, threads, 0, Duration.ofSeconds(60), threads, capacity);
	}

	TestEngine start() throws Exception {
		this.engine.start();
		return this;
	}

	Engine engine() {
		return this.engine;
	}

	int port() {
		return this.engine.port();
	}

	RawClient connect() throws Exception {
		return new RawClient(port());
	}

	@Override
	public void close() {
		this.engine.close();
		Awaitility.await().untilAsserted(() -> {
			Set<Thread> left = threads();
			left.removeAll(this.before);
			assertThat(left).isEmpty();
		});
	}

	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("millrace-"))
			// They end by themselves when no handshake has been for a while.
			.filter((thread) -> !thread.getName().startsWith("millrace-tls"))
			.collect(Collectors.toSet());
	}

	static void text(Exchange exchange, String text) {
		exchange.response().headers().set("Content-Type", "text/plain");
		exchange.responseBody().write(ByteBufUtil.writeUtf8(exchange.allocator(), text), true);
	}

	static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).as("awaited").isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static ExchangeHandler blocking(ExchangeHandler handler) {
		return new ExchangeHandler() {

			@Override
			public void handle(Exchange exchange) throws Exception {
				handler.handle(exchange);
			}

			@Override
			public boolean mayBlock() {
				return true;
			}

		};
	}

	/** Waits at a gate under one path, and answers at once elsewhere. */
	static ExchangeHandler slow(String path, Gate gate) {
		return blocking((exchange) -> {
			if (exchange.request().target().path().startsWith(path)) {
				gate.handle(exchange);
			}
			else {
				text(exchange, Thread.currentThread().getName());
			}
		});
	}

	/** Have many clients do the same at once, and see that all of them get through. */
	static void concurrently(int clients, Client client) throws Exception {
		Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < clients; i++) {
			Thread thread = new Thread(() -> {
				try {
					client.run();
				}
				catch (Throwable ex) {
					failures.add(ex);
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failures).isEmpty();
	}

	/** What one of many clients does. */
	interface Client {

		void run() throws Exception;

	}

	/** Answers with the name of its thread, after a gate was opened. */
	static final class Gate implements ExchangeHandler {

		private final CountDownLatch open = new CountDownLatch(1);

		private final CountDownLatch entered;

		Gate(int expected) {
			this.entered = new CountDownLatch(expected);
		}

		@Override
		public void handle(Exchange exchange) {
			this.entered.countDown();
			await(this.open);
			text(exchange, Thread.currentThread().getName());
		}

		@Override
		public boolean mayBlock() {
			return true;
		}

		void awaitEntered() {
			await(this.entered);
		}

		void open() {
			this.open.countDown();
		}

	}

}
