package io.millrace.core.http1;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What follows a response that switches protocols, over real sockets.
 */
class UpgradeTests {

	private static final String REQUEST = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

	private static final Duration SHORT = Duration.ofMillis(100);

	private static final Duration OFF = Duration.ZERO;

	static List<Transport> transports() {
		return TestServer.transports();
	}

	/** Switches, and sends back what comes until the client has ended its side. */
	private static void echo(Exchange exchange) {
		assertThat(exchange.isUpgradable()).isTrue();
		RequestBody following = exchange.upgrade();
		exchange.response().headers().set("Upgrade", "echo");
		exchange.responseBody().write(null, false);
		assertThat(exchange.isUpgradable()).isFalse();
		echo(exchange, following);
	}

	private static void echo(Exchange exchange, RequestBody following) {
		try {
			ByteBuf part;
			while ((part = following.read()) != null) {
				exchange.responseBody().write(part, false);
			}
			if (following.isEnded()) {
				exchange.responseBody().write(null, true);
			}
			else {
				following.demand(() -> echo(exchange, following));
			}
		}
		catch (IOException ex) {
			exchange.fail(ex);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void bothSidesTalkAfterTheHead(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, UpgradeTests::echo); RawClient client = server.connect()) {
			RawClient.Response head = client.send(REQUEST).receiveHead();
			assertThat(head.statusLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
			assertThat(head.header("connection")).isEqualTo("upgrade");
			assertThat(head.header("upgrade")).isEqualTo("echo");
			assertThat(head.headers()).doesNotContainKeys("content-length", "transfer-encoding");
			assertThat(client.send("one\r\n").line()).isEqualTo("one");
			assertThat(client.send("GET / HTTP/1.1\r\n").line()).isEqualTo("GET / HTTP/1.1");
			client.socket().shutdownOutput();
			assertThat(client.readAll()).isEmpty();
			Awaitility.await().until(() -> server.counts.of("closed") == 1);
			assertThat(server.counts.of("completed")).isEqualTo(1);
			assertThat(server.counts.of("clientAborted")).isZero();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void nothingThatCameWithTheRequestIsLost(Transport transport) throws Exception {
		byte[] bytes = (REQUEST + "hello\r\nworld\r\n").getBytes(StandardCharsets.US_ASCII);
		try (TestServer server = TestServer.start(transport, UpgradeTests::echo)) {
			for (int cut = 1; cut < bytes.length; cut += 7) {
				try (RawClient client = server.connect()) {
					client.send(java.util.Arrays.copyOfRange(bytes, 0, cut));
					client.send(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
					assertThat(client.receiveHead().status()).isEqualTo(101);
					assertThat(client.line()).isEqualTo("hello");
					assertThat(client.line()).isEqualTo("world");
				}
			}
			Awaitility.await().until(() -> server.counts.of("closed") == server.counts.of("opened"));
		}
	}

	@Test
	void whatIsLeftOfTheRequestIsNoPartOfTheOtherProtocol() throws Exception {
		try (TestServer server = TestServer.start(UpgradeTests::echo); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
			assertThat(client.receiveHead().status()).isEqualTo(101);
			client.send("lo\r\n3\r\nyou\r\n0\r\n\r\nfirst\r\n");
			assertThat(client.line()).isEqualTo("first");
		}
	}

	@Test
	void aBodyThatWasAskedForIsContinuedBeforeTheSwitch() throws Exception {
		try (TestServer server = TestServer.start(UpgradeTests::echo); RawClient client = server.connect()) {
			client.send(
					"POST / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
			assertThat(client.receiveHead().status()).isEqualTo(100);
			assertThat(client.receiveHead().status()).isEqualTo(101);
			assertThat(client.send("okfirst\r\n").line()).isEqualTo("first");
		}
	}

	@Test
	void aMalformedRestOfTheRequestEndsTheConnection() throws Exception {
		try (TestServer server = TestServer.start(UpgradeTests::echo); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nTransfer-Encoding: chunked\r\n\r\n");
			assertThat(client.receiveHead().status()).isEqualTo(101);
			client.send("no chunk\r\n");
			Awaitility.await().until(() -> server.counts.of("aborted") == 1 && server.counts.of("closed") == 1);
			assertThat(server.counts.of("error.framing")).isEqualTo(1);
		}
	}

	@Test
	void onlyHttp11CanBeLeft() throws Exception {
		AtomicReference<Boolean> upgradable = new AtomicReference<>();
		try (TestServer server = TestServer.start((exchange) -> {
			upgradable.set(exchange.isUpgradable());
			TestServer.text(exchange, "stayed");
		}); RawClient client = server.connect()) {
			client.send("GET / HTTP/1.0\r\nUpgrade: echo\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("stayed");
			assertThat(upgradable.get()).isFalse();
		}
	}

	@Test
	void anotherStatusTakesTheSwitchBack() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			exchange.upgrade();
			exchange.response().status(403);
			TestServer.text(exchange, "no");
		}); RawClient client = server.connect()) {
			assertThat(client.send(REQUEST).receive().body()).isEqualTo("no");
			assertThat(client.send(REQUEST).receive().status()).isEqualTo(403);
		}
	}

	@Test
	void aClientThatIsNotReadFromHasToWait() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		byte[] piece = new byte[64 * 1024];
		try (TestServer server = TestServer.start(TestServer.blocking((exchange) -> {
			RequestBody following = exchange.upgrade();
			exchange.responseBody().write(null, false);
			assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
			echo(exchange, following);
		})); RawClient client = server.connect()) {
			assertThat(client.send(REQUEST).receiveHead().status()).isEqualTo(101);
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
				try {
					for (int i = 0; i < 400; i++) {
						client.send(piece);
					}
					client.socket().shutdownOutput();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			go.countDown();
			assertThat(client.in().readAllBytes()).hasSize(400 * piece.length);
			sent.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	void deadlinesOfRequestsDoNotApply() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(SHORT, SHORT, SHORT, SHORT, 100_000, SHORT, OFF);
		CountDownLatch passed = new CountDownLatch(1);
		AtomicReference<Exchange> exchange = new AtomicReference<>();
		try (TestServer server = TestServer.start(Transport.best(), (started) -> {
			exchange.set(started);
			echo(started);
		}, (config) -> config.timeouts(timeouts)); RawClient client = server.connect()) {
			client.send(REQUEST).receiveHead();
			assertThat(client.send("a\r\n").line()).isEqualTo("a");
			exchange.get().stream().executor().schedule(passed::countDown, 5 * SHORT.toMillis(), TimeUnit.MILLISECONDS);
			assertThat(passed.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(client.send("b\r\n").line()).isEqualTo("b");
		}
	}

	@Test
	void aConnectionThatIsSilentForTooLongIsClosed() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(OFF, OFF, OFF, OFF, 0, OFF, SHORT);
		try (TestServer server = TestServer.start(Transport.best(), UpgradeTests::echo,
				(config) -> config.timeouts(timeouts)); RawClient client = server.connect()) {
			client.send(REQUEST).receiveHead();
			assertThat(client.in().read()).isEqualTo(-1);
			Awaitility.await().until(() -> server.counts.of("closed") == 1);
			assertThat(server.counts.of("timeout.upgraded")).isEqualTo(1);
			assertThat(server.counts.of("aborted")).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatIsGoneIsTold(Transport transport) throws Exception {
		List<Exchange.Outcome> outcomes = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start(transport, (exchange) -> {
			exchange.onEnd(outcomes::add);
			echo(exchange);
		}); RawClient client = server.connect()) {
			client.send(REQUEST).receiveHead();
			client.socket().setSoLinger(true, 0);
			client.close();
			Awaitility.await().until(() -> !outcomes.isEmpty());
			assertThat(outcomes).containsExactly(Exchange.Outcome.ABORTED);
			assertThat(server.counts.of("clientAborted")).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aDrainLetsTheOtherProtocolSayGoodbye(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, (exchange) -> {
			RequestBody following = exchange.upgrade();
			exchange.responseBody().write(null, false);
			following.demand(() -> TestServer.text(exchange, following.isEnded() ? "goodbye" : "unexpected"));
		}); RawClient client = server.connect()) {
			client.send(REQUEST).receiveHead();
			CompletableFuture<Void> drained = server.engine().drain().toCompletableFuture();
			assertThat(client.readAll()).isEqualTo("goodbye");
			drained.get(20, TimeUnit.SECONDS);
			assertThat(server.counts.of("completed")).isEqualTo(1);
		}
	}

	@Test
	void aDrainDoesNotWaitForAProtocolThatDoesNotHear() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(OFF, OFF, OFF, SHORT, 0, OFF, OFF);
		try (TestServer server = TestServer.start(Transport.best(), (exchange) -> {
			exchange.upgrade();
			exchange.responseBody().write(null, false);
		}, (config) -> config.timeouts(timeouts)); RawClient client = server.connect()) {
			client.send(REQUEST).receiveHead();
			server.engine().drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
			assertThat(server.counts.of("aborted")).isEqualTo(1);
			assertThat(client.in().read()).isEqualTo(-1);
		}
	}

}
