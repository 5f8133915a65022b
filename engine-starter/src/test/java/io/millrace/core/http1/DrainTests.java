package io.millrace.core.http1;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a drain promises, over real sockets: whatever was accepted is answered, and the
 * future tells when.
 */
class DrainTests {

	static List<Transport> transports() {
		return TestServer.transports();
	}

	private static CompletableFuture<Void> drain(TestServer server) {
		return server.engine().drain().toCompletableFuture();
	}

	@Test
	void withoutConnectionsItEndsAtOnce() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo)) {
			drain(server).get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void anExchangeIsAnsweredAndTheFutureWaitsForIt(Transport transport) throws Exception {
		AtomicInteger started = new AtomicInteger();
		CountDownLatch answer = new CountDownLatch(1);
		try (TestServer server = TestServer.start(transport, TestServer.blocking((exchange) -> {
			started.incrementAndGet();
			answer.await();
			TestServer.text(exchange, "answered");
		})); RawClient client = server.connect()) {
			client.get("/");
			Awaitility.await().until(() -> started.get() == 1);
			CompletableFuture<Void> drained = drain(server);
			assertThat(drained).isNotDone();
			answer.countDown();
			RawClient.Response response = client.receive();
			assertThat(response.body()).isEqualTo("answered");
			assertThat(response.header("connection")).isEqualTo("close");
			assertThat(client.readAll()).isEmpty();
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void aLargeResponseIsSentToItsEndBeforeTheFutureCompletes() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> exchange.responseBody()
			.write(ByteBufUtil.writeAscii(exchange.allocator(), "x".repeat(30_000_000)), true));
				RawClient client = server.connect()) {
			client.get("/");
			client.receiveHead();
			CompletableFuture<Void> drained = drain(server);
			new CountDownLatch(1).await(700, TimeUnit.MILLISECONDS);
			assertThat(drained).isNotDone();
			assertThat(client.in().readNBytes(30_000_000)).hasSize(30_000_000);
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void idleConnectionsAreClosed() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo)) {
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				RawClient client = server.connect();
				if (i % 2 == 0) {
					client.get("/").receive();
				}
				clients.add(client);
			}
			server.awaitCount("opened", 20);
			drain(server).get(20, TimeUnit.SECONDS);
			for (RawClient client : clients) {
				assertThat(client.readAll()).isEmpty();
				client.close();
			}
			assertThat(server.counts.of("timeout.idle")).isZero();
		}
	}

	@Test
	void aRequestThatIsOnItsWayIsAnsweredYet() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo); RawClient client = server.connect()) {
			client.get("/1").receive();
			CompletableFuture<Void> drained = drain(server);
			RawClient.Response response = client.get("/2").receive();
			assertThat(response.body()).isEqualTo("GET /2");
			assertThat(response.header("connection")).isEqualTo("close");
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void aHeadThatHasStartedIsWaitedFor() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo); RawClient client = server.connect()) {
			client.send("GET /1 HTTP/1.1\r\n");
			server.assertServes();
			CompletableFuture<Void> drained = drain(server);
			new CountDownLatch(1).await(700, TimeUnit.MILLISECONDS);
			assertThat(drained).isNotDone();
			client.send("Host: a\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("GET /1");
			drained.get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void underLoadNoRequestThatWasAcceptedFails(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer.blocking(TestServer::echo))) {
			AtomicBoolean stopping = new AtomicBoolean();
			AtomicInteger answered = new AtomicInteger();
			List<String> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
			List<Thread> crowd = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				boolean keepAlive = (i % 2 == 0);
				Thread thread = new Thread(() -> askUntilClosed(server, keepAlive, stopping, answered, failures));
				thread.start();
				crowd.add(thread);
			}
			Awaitility.await().until(() -> answered.get() > 200);
			stopping.set(true);
			drain(server).get(20, TimeUnit.SECONDS);
			for (Thread thread : crowd) {
				thread.join();
			}
			assertThat(failures).isEmpty();
			assertThat(server.counts.of("aborted")).isZero();
		}
	}

	// A client that reuses its connection until it is told to close, or makes a new one
	// for each request. Only a request that was sent and never answered is a failure:
	// while the server stops, a connection may be refused or reset before it is accepted.
	private static void askUntilClosed(TestServer server, boolean keepAlive, AtomicBoolean stopping,
			AtomicInteger answered, List<String> failures) {
		int port = server.port();
		while (true) {
			try (RawClient client = new RawClient(port)) {
				RawClient.Response response;
				int asked = 0;
				do {
					try {
						response = client.get("/" + asked).receive();
					}
					catch (IOException ex) {
						if (asked > 0 || !stopping.get()) {
							failures.add("request " + asked + ": " + ex);
						}
						return;
					}
					if (response.status() != 200) {
						failures.add(response.statusLine());
					}
					asked++;
					answered.incrementAndGet();
				}
				while (keepAlive && response.header("connection") == null);
			}
			catch (IOException ex) {
				if (!stopping.get()) {
					failures.add("connect: " + ex);
				}
				return;
			}
		}
	}

	@Test
	void anExchangeThatIsCutByAStopIsNotTheClientsFault() throws Exception {
		List<Exchange> exchanges = new java.util.concurrent.CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start(exchanges::add); RawClient client = server.connect()) {
			client.get("/");
			Awaitility.await().until(() -> !exchanges.isEmpty());
			CompletableFuture<Void> drained = drain(server);
			assertThat(drained).isNotDone();
			server.engine().stop();
			drained.get(20, TimeUnit.SECONDS);
			assertThat(client.in().readNBytes(1)).isEmpty();
			assertThat(server.counts.of("aborted")).isOne();
			assertThat(server.counts.of("clientAborted")).isZero();
		}
	}

}
