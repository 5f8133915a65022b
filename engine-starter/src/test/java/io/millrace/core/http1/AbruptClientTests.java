package io.millrace.core.http1;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that go away, over real sockets: counted, never logged (the server checks that
 * when it is closed), and nothing of them is left.
 */
class AbruptClientTests {

	private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhello";

	static List<Transport> transports() {
		return TestServer.transports();
	}

	/** Close with a reset instead of an end. */
	private static void reset(RawClient client) throws IOException {
		client.socket().setSoLinger(true, 0);
		client.socket().close();
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aResetInTheHeadIsCounted(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer::echo); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(200);
			client.send("GET / HTTP/1.1\r\nHo");
			server.assertServes();
			reset(client);
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isOne();
			assertThat(server.counts.of("started")).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aResetThatComesWithTheLastBytesIsSeenAtOnce(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer::echo)) {
			for (int i = 0; i < 50; i++) {
				RawClient client = server.connect();
				client.send("GET / HTTP/1.1\r\nHo");
				reset(client);
			}
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isEqualTo(server.counts.of("opened"));
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void anEndInTheHeadIsCounted(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer::echo); RawClient client = server.connect()) {
			client.send("GET / HTTP/1.1\r\nHo").close();
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatLeavesBetweenRequestsIsNothingToCount(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer::echo)) {
			for (boolean reset : new boolean[] { false, true }) {
				RawClient client = server.connect();
				assertThat(client.get("/").receive().status()).isEqualTo(200);
				if (reset) {
					reset(client);
				}
				client.close();
			}
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isZero();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aResetInTheBodyIsToldToWhoReadsIt(Transport transport) throws Exception {
		BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();
		try (TestServer server = TestServer.start(transport, (exchange) -> readUntilItFails(exchange, failures))) {
			for (boolean reset : new boolean[] { true, false }) {
				RawClient client = server.connect();
				client.send(POST);
				Awaitility.await().until(() -> server.counts.of("started") > server.counts.of("aborted"));
				if (reset) {
					reset(client);
				}
				client.close();
				assertThat(failures.poll(20, TimeUnit.SECONDS)).hasMessageContaining("client has closed");
				server.awaitAllClosed();
			}
			assertThat(server.counts.of("clientAborted")).isEqualTo(2);
			assertThat(server.counts.of("aborted")).isEqualTo(2);
			server.assertServes();
		}
	}

	private static void readUntilItFails(Exchange exchange, BlockingQueue<IOException> failures) {
		if (exchange.request().method().equals("GET")) {
			TestServer.echo(exchange);
			return;
		}
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				part.release();
			}
			exchange.requestBody().demand(() -> readUntilItFails(exchange, failures));
		}
		catch (IOException ex) {
			failures.add(ex);
			exchange.fail(ex);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aWorkerThatWaitsForTheBodyIsWokenAndItsFailureIsNoError(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer.blocking((exchange) -> {
			if (exchange.request().method().equals("GET")) {
				TestServer.echo(exchange);
				return;
			}
			while (!exchange.requestBody().isEnded()) {
				CountDownLatch news = new CountDownLatch(1);
				exchange.requestBody().demand(news::countDown);
				news.await();
				ByteBuf part = exchange.requestBody().read();
				if (part != null) {
					part.release();
				}
			}
		})); RawClient client = server.connect()) {
			client.send(POST);
			Awaitility.await().until(() -> server.counts.of("started") == 1);
			reset(client);
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isOne();
			server.assertServes();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aResetBeforeTheResponseEndsTheExchange(Transport transport) throws Exception {
		AtomicReference<Exchange> waiting = new AtomicReference<>();
		AtomicReference<Exchange.Outcome> outcome = new AtomicReference<>();
		try (TestServer server = TestServer.start(transport, (exchange) -> {
			if (exchange.request().target().path().equals("/clean")) {
				TestServer.echo(exchange);
				return;
			}
			exchange.onEnd(outcome::set);
			waiting.set(exchange);
		}); RawClient client = server.connect()) {
			client.get("/slow");
			Awaitility.await().until(() -> waiting.get() != null);
			reset(client);
			server.awaitCount("aborted", 1);
			assertThat(outcome.get()).isEqualTo(Exchange.Outcome.ABORTED);
			assertThat(server.counts.of("clientAborted")).isOne();
			// What comes too late is thrown away, and reaches nobody else.
			try (RawClient other = server.connect()) {
				TestServer.text(waiting.get(), "a secret");
				waiting.get().fail(new IllegalStateException("too late"));
				assertThat(other.get("/clean").receive().body()).isEqualTo("GET /clean");
			}
			assertThat(waiting.get().outcome()).isEqualTo(Exchange.Outcome.ABORTED);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aResetInAStreamStopsIt(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, SlowClientTests::streamForEver);
				RawClient client = server.connect()) {
			client.get("/").receiveHead();
			assertThat(client.in().readNBytes(100_000)).hasSize(100_000);
			reset(client);
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isOne();
			assertThat(server.counts.of("aborted")).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aResetInALargeResponseIsCounted(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport,
				(exchange) -> exchange.responseBody()
					.write(ByteBufUtil.writeAscii(exchange.allocator(), "x".repeat(50_000_000)), true));
				RawClient client = server.connect()) {
			client.get("/").receiveHead();
			server.awaitCount("completed", 1);
			reset(client);
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatHasClosedItsSideGetsItsResponse(Transport transport) throws Exception {
		for (ExchangeHandler handler : List.of((ExchangeHandler) TestServer::echo,
				TestServer.blocking(TestServer::echo))) {
			try (TestServer server = TestServer.start(transport, handler); RawClient client = server.connect()) {
				client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").socket().shutdownOutput();
				RawClient.Response response = client.receive();
				assertThat(response.body()).isEqualTo("POST / hello");
				assertThat(client.readAll()).isEmpty();
				server.awaitAllClosed();
				assertThat(server.counts.of("clientAborted")).isZero();
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatHasClosedItsSideGetsAResponseThatFillsTheSocketAgainAndAgain(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer.blocking((exchange) -> {
			letTheLoopSeeTheEnd(exchange);
			stream(exchange, 200);
		})); RawClient client = server.connect()) {
			client.get("/").socket().shutdownOutput();
			assertThat(client.receive().body()).hasSize(200 * 100_000);
			assertThat(client.readAll()).isEmpty();
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isZero();
		}
	}

	private static void letTheLoopSeeTheEnd(Exchange exchange) throws InterruptedException {
		CountDownLatch turns = new CountDownLatch(1);
		exchange.stream().executor().schedule(turns::countDown, 50, TimeUnit.MILLISECONDS);
		turns.await();
	}

	private static void stream(Exchange exchange, int parts) {
		if (parts == 0) {
			exchange.responseBody().write(null, true);
			return;
		}
		exchange.responseBody().write(exchange.allocator().buffer(100_000).writeZero(100_000), false);
		exchange.responseBody()
			.onWritable(() -> exchange.stream().executor().execute(() -> stream(exchange, parts - 1)));
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aBodyThatIsReadLaterThanTheClientHasClosedItsSideIsWhole(Transport transport) throws Exception {
		String body = "x".repeat(1_000_000);
		CountDownLatch sent = new CountDownLatch(1);
		try (TestServer server = TestServer.start(transport, TestServer.blocking((exchange) -> {
			sent.await();
			letTheLoopSeeTheEnd(exchange);
			TestServer.echo(exchange);
		})); RawClient client = server.connect()) {
			Thread sender = new Thread(() -> {
				try {
					client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + body);
					client.socket().shutdownOutput();
				}
				catch (IOException ex) {
					// the test sees what is missing
				}
				sent.countDown();
			});
			sender.start();
			// On a small machine the body does not fit into the buffers of the kernel.
			sent.await(500, TimeUnit.MILLISECONDS);
			sent.countDown();
			assertThat(client.receive().body()).isEqualTo("POST / " + body);
			sender.join();
			server.awaitAllClosed();
			assertThat(server.counts.of("clientAborted")).isZero();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatIsGoneWithoutAWordIsFoundOut(Transport transport) throws Exception {
		java.time.Duration longer = java.time.Duration.ofMinutes(5);
		AtomicReference<Exchange.Outcome> outcome = new AtomicReference<>();
		try (TestServer server = TestServer.start(transport, (exchange) -> exchange.onEnd(outcome::set),
				(config) -> config
					.timeouts(TestServer.timeouts(longer, longer, longer, java.time.Duration.ofMillis(300))));
				RawClient client = server.connect()) {
			client.get("/events").close();
			server.awaitAllClosed();
			assertThat(outcome.get()).isEqualTo(Exchange.Outcome.ABORTED);
			assertThat(server.counts.of("timeout.half_closed")).isOne();
			assertThat(server.counts.of("clientAborted")).isOne();
		}
	}

}
