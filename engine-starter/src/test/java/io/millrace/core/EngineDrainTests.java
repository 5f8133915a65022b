package io.millrace.core;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.TestEngine.Gate;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.Route;
import io.millrace.core.transport.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link Engine#drain()}.
 */
@Timeout(120)
class EngineDrainTests {

	private static final ExchangeHandler HELLO = TestEngine.blocking((exchange) -> TestEngine.text(exchange, "hello"));

	static List<Transport> transports() {
		return TestEngine.available().toList();
	}

	private static CompletableFuture<Void> drain(TestEngine engine) {
		return engine.engine().drain().toCompletableFuture();
	}

	private static void assertCloses(RawClient.Response response) {
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("connection")).isEqualTo("close");
	}

	@ParameterizedTest
	@MethodSource("transports")
	void whatBlocksIsAnsweredAndThenTheFutureCompletesByAnEventLoop(Transport transport) throws Exception {
		Gate gate = new Gate(2);
		try (TestEngine engine = new TestEngine(transport, gate).start();
				RawClient first = engine.connect();
				RawClient second = engine.connect()) {
			first.get("/");
			second.get("/");
			gate.awaitEntered();
			CompletableFuture<Void> drained = drain(engine);
			CompletableFuture<String> by = drained.thenApply((done) -> Thread.currentThread().getName());
			assertThat(drain(engine)).isSameAs(drained);
			assertThat(drained).isNotDone();
			gate.open();
			assertCloses(first.receive());
			assertCloses(second.receive());
			assertThat(first.readAll()).isEmpty();
			assertThat(second.readAll()).isEmpty();
			assertThat(by.get(20, TimeUnit.SECONDS)).startsWith("millrace-loop-");
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void whatIsAnsweredLaterByAnotherThreadIsWaitedFor(Transport transport) throws Exception {
		CompletableFuture<Exchange> started = new CompletableFuture<>();
		try (TestEngine engine = new TestEngine(transport, started::complete).start();
				RawClient client = engine.connect()) {
			client.get("/");
			Exchange exchange = started.get(20, TimeUnit.SECONDS);
			CompletableFuture<Void> drained = drain(engine);
			// The connection knows that it drains as soon as its loop has had a turn.
			exchange.stream().executor().submit(() -> {
			}).sync();
			assertThat(drained).isNotDone();
			TestEngine.text(exchange, "late");
			RawClient.Response response = client.receive();
			assertCloses(response);
			assertThat(response.body()).isEqualTo("late");
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aStreamThatHasBegunIsWrittenToItsEnd(Transport transport) throws Exception {
		CompletableFuture<Exchange> started = new CompletableFuture<>();
		try (TestEngine engine = new TestEngine(transport, started::complete).start();
				RawClient client = engine.connect()) {
			client.get("/");
			Exchange exchange = started.get(20, TimeUnit.SECONDS);
			exchange.responseBody().write(exchange.allocator().buffer().writeBytes(new byte[] { 'a', 'b' }), false);
			assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
			CompletableFuture<Void> drained = drain(engine);
			assertThat(drained).isNotDone();
			exchange.responseBody().write(exchange.allocator().buffer().writeBytes(new byte[] { 'c', 'd' }), true);
			assertThat(client.readAll()).endsWith("2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n");
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void idleConnectionsAreClosed(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport, HELLO).start();
				RawClient never = engine.connect();
				RawClient once = engine.connect()) {
			once.get("/").receive();
			CompletableFuture<Void> drained = drain(engine);
			assertThat(never.readAll()).isEmpty();
			assertThat(once.readAll()).isEmpty();
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aConnectionThatWasJustUsedMaySendOneMoreRequest(Transport transport) throws Exception {
		try (TestEngine engine = new TestEngine(transport, HELLO).start(); RawClient client = engine.connect()) {
			RawClient.Response before = client.get("/").receive();
			assertThat(before.header("connection")).isNull();
			CompletableFuture<Void> drained = drain(engine);
			assertCloses(client.get("/").receive());
			assertThat(client.readAll()).isEmpty();
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void newConnectionsAreRefusedWhileDraining(Transport transport) throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = new TestEngine(transport, gate).start(); RawClient client = engine.connect()) {
			int port = engine.port();
			client.get("/");
			gate.awaitEntered();
			CompletableFuture<Void> drained = drain(engine);
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new RawClient(port));
			assertThat(engine.port()).isEqualTo(port);
			gate.open();
			assertCloses(client.receive());
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aConnectionThatIsOnTheWayToItsLoopIsServed(Transport transport) throws Exception {
		CountDownLatch hold = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		Route busy = Route.get("/busy", (exchange) -> {
			held.countDown();
			TestEngine.await(hold);
			TestEngine.text(exchange, "busy");
		});
		Route loop = Route.get("/loop", (exchange) -> TestEngine.text(exchange, Thread.currentThread().getName()));
		try (TestEngine engine = new TestEngine(transport, HELLO, (config) -> config.routes(List.of(busy, loop)))) {
			engine.start();
			List<RawClient> clients = new ArrayList<>();
			// The loop that accepts has to go on, so the other one is kept busy.
			RawClient holder = connectToOtherThan(engine, "millrace-loop-1", clients);
			holder.get("/busy");
			TestEngine.await(held);
			// Connections are accepted in order and handed out in turn: of these, one is
			// served, and the one before it waits for the busy loop.
			RawClient onTheWay = new RawClient(engine.port()).get("/loop");
			RawClient further = new RawClient(engine.port()).get("/loop");
			Awaitility.await().until(() -> onTheWay.in().available() + further.in().available() > 0);
			RawClient served = (further.in().available() > 0) ? further : onTheWay;
			RawClient waiting = (served == further) ? onTheWay : further;
			assertThat(served.receive().body()).isEqualTo("millrace-loop-1");
			CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(engine).join());
			awaitRefused(engine.port());
			assertThat(drained).isNotDone();
			hold.countDown();
			assertThat(waiting.receive().body()).isEqualTo("millrace-loop-2");
			assertThat(holder.receive().body()).isEqualTo("busy");
			assertThat(waiting.readAll()).isEmpty();
			drained.get(20, TimeUnit.SECONDS);
			for (RawClient client : clients) {
				client.close();
			}
			onTheWay.close();
			further.close();
		}
	}

	private static void awaitRefused(int port) {
		Awaitility.await().ignoreException(SocketException.class).until(() -> {
			try (RawClient client = new RawClient(port)) {
				return client.in().read() >= 0;
			}
			catch (ConnectException ex) {
				return true;
			}
		});
	}

	private static RawClient connectToOtherThan(TestEngine engine, String loop, List<RawClient> clients)
			throws Exception {
		while (true) {
			RawClient client = engine.connect();
			clients.add(client);
			if (!client.get("/loop").receive().body().equals(loop)) {
				return client;
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void stopEndsADrainThatLastsTooLong(Transport transport) throws Exception {
		Gate gate = new Gate(1);
		try (TestEngine engine = new TestEngine(transport, gate).start(); RawClient client = engine.connect()) {
			client.get("/");
			gate.awaitEntered();
			CompletableFuture<Void> drained = drain(engine);
			assertThatIllegalStateException().isThrownBy(engine::start);
			engine.engine().stop();
			drained.get(20, TimeUnit.SECONDS);
			gate.open();
			engine.start();
			try (RawClient again = engine.connect()) {
				assertThat(again.get("/").receive().status()).isEqualTo(200);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void noRequestThatWasSentFailsUnderLoad(Transport transport) throws Exception {
		ExchangeHandler application = new ExchangeHandler() {

			@Override
			public void handle(Exchange exchange) {
				if (exchange.request().target().path().equals("/pause")) {
					LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(3_000_000));
				}
				TestEngine.text(exchange, "x".repeat(ThreadLocalRandom.current().nextInt(20_000)));
			}

			@Override
			public boolean mayBlock() {
				return true;
			}

		};
		for (int round = 0; round < 2; round++) {
			try (TestEngine engine = new TestEngine(transport, application).start()) {
				Load load = new Load(engine.port(), 12);
				load.awaitAnswers(300);
				CompletableFuture<Void> drained = drain(engine);
				drained.get(20, TimeUnit.SECONDS);
				engine.engine().stop();
				load.join();
				assertThat(load.failures).isEmpty();
				assertThat(engine.engine().workers().refused()).isZero();
			}
		}
	}

	/** Clients that each send one request after the other until they are told to stop. */
	private static final class Load {

		private final AtomicInteger answers = new AtomicInteger();

		private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

		private final List<Thread> threads = new ArrayList<>();

		Load(int port, int clients) {
			for (int i = 0; i < clients; i++) {
				String target = List.of("/pause", "/", "/fast").get(i % 3);
				Thread thread = new Thread(() -> run(port, target));
				this.threads.add(thread);
				thread.start();
			}
		}

		private void run(int port, String target) {
			try {
				while (keepAlive(port, target)) {
					// connect again
				}
			}
			catch (ConnectException ex) {
				// It accepts no more.
			}
			catch (IOException ex) {
				this.failures.add(ex);
			}
		}

		private boolean keepAlive(int port, String target) throws IOException {
			try (RawClient client = new RawClient(port)) {
				boolean used = false;
				while (true) {
					long start = System.nanoTime();
					try {
						RawClient.Response response = client.get(target).receive();
						assertThat(response.status()).isEqualTo(200);
						this.answers.incrementAndGet();
						if ("close".equals(response.header("connection"))) {
							return true;
						}
						used = true;
					}
					catch (EOFException | SocketException ex) {
						return lost(used, start, ex);
					}
				}
			}
		}

		// A client that the scheduler kept from sending for as long as an idle connection
		// is kept, or whose connection was not accepted before, has to try again
		// (RFC 9112 §9.3.1). Nobody else may see his connection close.
		private boolean lost(boolean used, long start, IOException ex) throws IOException {
			if (used && System.nanoTime() - start < 300_000_000L) {
				throw ex;
			}
			return true;
		}

		void awaitAnswers(int count) {
			Awaitility.await().until(() -> this.answers.get() >= count);
		}

		void join() throws InterruptedException {
			for (Thread thread : this.threads) {
				thread.join();
			}
		}

	}

}
