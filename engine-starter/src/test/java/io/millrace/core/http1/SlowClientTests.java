package io.millrace.core.http1;

import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBufUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Clients that make the server wait, over real sockets. Deadlines are short; only what
 * follows from them is looked at, not when.
 */
class SlowClientTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final Duration SHORT = Duration.ofMillis(400);

	static List<Transport> transports() {
		return TestServer.transports();
	}

	private static TestServer start(Transport transport, ConnectionTimeouts timeouts, ExchangeHandler handler)
			throws Exception {
		return TestServer.start(transport, handler, (config) -> config.timeouts(timeouts));
	}

	/** Send byte by byte until the server has had enough. */
	private static Thread drip(RawClient client, String bytes) {
		Thread sender = new Thread(() -> {
			try {
				for (char c : bytes.toCharArray()) {
					client.send(String.valueOf(c));
					new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
				}
			}
			catch (Exception ex) {
				// the server has closed the connection
			}
		});
		sender.start();
		return sender;
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aHeadThatComesByteByByteIsAnswered408(Transport transport) throws Exception {
		try (TestServer server = start(transport, TestServer.timeouts(SHORT, LONG, LONG, LONG), TestServer::echo);
				RawClient client = server.connect()) {
			Thread sender = drip(client, "GET /" + "x".repeat(2000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(408);
			assertThat(response.header("connection")).isEqualTo("close");
			assertThat(client.readAll()).isEmpty();
			server.awaitAllClosed();
			sender.join();
			assertThat(server.counts.of("timeout.header")).isOne();
			assertThat(server.counts.of("error.timeout")).isOne();
			server.assertServes();
		}
	}

	@Test
	void theHeadOfALaterRequestHasADeadlineToo() throws Exception {
		try (TestServer server = start(Transport.best(), TestServer.timeouts(SHORT, LONG, LONG, LONG),
				TestServer::echo); RawClient client = server.connect()) {
			assertThat(client.get("/1").receive().status()).isEqualTo(200);
			client.send("GET /2 HTTP/1.1\r\nHost: a\r\n");
			assertThat(client.receive().status()).isEqualTo(408);
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatSaysNothingIsLeftWithoutAWord(Transport transport) throws Exception {
		try (TestServer server = start(transport, TestServer.timeouts(SHORT, LONG, LONG, LONG), TestServer::echo);
				RawClient client = server.connect()) {
			assertThat(client.readAll()).isEmpty();
			server.awaitAllClosed();
			assertThat(server.counts.of("timeout.header")).isOne();
			assertThat(server.counts.of("clientAborted")).isZero();
		}
	}

	@Test
	void aClientThatSendsEmptyLinesOnlyIsLeftToo() throws Exception {
		try (TestServer server = start(Transport.best(), TestServer.timeouts(SHORT, SHORT, LONG, LONG),
				TestServer::echo); RawClient client = server.connect()) {
			assertThat(client.get("/1").receive().status()).isEqualTo(200);
			Thread sender = drip(client, "\r\n".repeat(1000));
			server.awaitAllClosed();
			sender.join();
			assertThat(server.counts.of("timeout.idle")).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aConnectionThatIsIdleIsClosed(Transport transport) throws Exception {
		try (TestServer server = start(transport, TestServer.timeouts(LONG, SHORT, LONG, LONG), TestServer::echo);
				RawClient client = server.connect()) {
			for (int i = 0; i < 3; i++) {
				assertThat(client.get("/1").receive().status()).isEqualTo(200);
			}
			assertThat(client.readAll()).isEmpty();
			server.awaitAllClosed();
			assertThat(server.counts.of("timeout.idle")).isOne();
		}
	}

	@Test
	void aSlowHandlerIsNoIdleConnection() throws Exception {
		try (TestServer server = start(Transport.best(),
				new ConnectionTimeouts(SHORT, SHORT, SHORT, SHORT, 240, SHORT, Duration.ZERO),
				TestServer.blocking((exchange) -> {
					new CountDownLatch(1).await(3 * SHORT.toMillis(), TimeUnit.MILLISECONDS);
					TestServer.text(exchange, "late");
				})); RawClient client = server.connect()) {
			assertThat(client.get("/1").receive().body()).isEqualTo("late");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aBodyThatComesTooSlowlyIsAnswered408(boolean worker) throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(LONG, LONG, LONG, LONG, 100_000, SHORT, Duration.ZERO);
		ExchangeHandler handler = TestServer::echo;
		try (TestServer server = start(Transport.best(), timeouts, worker ? TestServer.blocking(handler) : handler);
				RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
			Thread sender = drip(client, "x".repeat(10_000));
			assertThat(client.receive().status()).isEqualTo(408);
			server.awaitAllClosed();
			sender.join();
			assertThat(server.counts.of("timeout.body")).isOne();
			server.assertServes();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 100", "Transfer-Encoding: chunked" })
	void aBodyThatStopsIsAnswered408EvenIfItWasFastAtFirst(String framing) throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(LONG, SHORT, LONG, LONG, 1, SHORT, Duration.ZERO);
		try (TestServer server = start(Transport.best(), timeouts, TestServer::echo);
				RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n40\r\n" + "x".repeat(64));
			assertThat(client.receive().status()).isEqualTo(408);
			server.awaitCount("timeout.body", 1);
		}
	}

	@Test
	void aBodyThatIsSlowBecauseItsReaderIsSlowIsNotTheClientsFault() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(LONG, SHORT, LONG, LONG, 100_000, SHORT, Duration.ZERO);
		try (TestServer server = start(Transport.best(), timeouts, TestServer.blocking((exchange) -> {
			assertThat(exchange.requestBody().read()).isNull();
			CountDownLatch full = new CountDownLatch(1);
			full.await(4 * SHORT.toMillis(), TimeUnit.MILLISECONDS);
			TestServer.echo(exchange);
		})); RawClient client = server.connect()) {
			String body = "x".repeat(1_000_000);
			client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
			assertThat(client.receiveHead().status()).isEqualTo(100);
			client.send(body);
			assertThat(client.receive().body()).isEqualTo("POST / " + body);
		}
	}

	@Test
	void aBodyThatNobodyWantsIsNotReadAwayForEver() throws Exception {
		ConnectionTimeouts timeouts = new ConnectionTimeouts(LONG, LONG, LONG, LONG, 240, SHORT, Duration.ZERO);
		try (TestServer server = start(Transport.best(), timeouts,
				(exchange) -> TestServer.text(exchange, "not interested")); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
			assertThat(client.receive().body()).isEqualTo("not interested");
			assertThat(client.readAll()).isEmpty();
			server.awaitAllClosed();
		}
	}

	// Nobody may make the server wait for longer.
	private static ConnectionTimeouts all(Duration deadline) {
		return new ConnectionTimeouts(deadline, deadline, deadline, deadline, 240, deadline, Duration.ZERO);
	}

	private static void large(Exchange exchange) {
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "x".repeat(20_000_000)), true);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatTakesNothingIsReset(Transport transport) throws Exception {
		for (String connection : new String[] { "keep-alive", "close" }) {
			try (TestServer server = start(transport, TestServer.timeouts(LONG, LONG, SHORT, LONG),
					SlowClientTests::large); RawClient client = server.connectWithSmallWindow()) {
				client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: " + connection + "\r\n\r\n");
				server.awaitAllClosed();
				assertThat(server.counts.of("timeout.write")).isOne();
				assertThat(server.counts.of("clientAborted")).isZero();
				assertThatThrownBy(client::readAll).isInstanceOf(SocketException.class);
			}
		}
	}

	@Test
	void aClientThatTakesNothingOfAStreamIsReset() throws Exception {
		try (TestServer server = start(Transport.best(), TestServer.timeouts(LONG, LONG, SHORT, LONG),
				SlowClientTests::streamForEver); RawClient client = server.connectWithSmallWindow()) {
			client.get("/");
			server.awaitAllClosed();
			assertThat(server.counts.of("timeout.write")).isOne();
			assertThat(server.counts.of("aborted")).isOne();
		}
	}

	static void streamForEver(Exchange exchange) {
		if (exchange.outcome() == null) {
			exchange.responseBody().write(exchange.allocator().buffer(1000).writeZero(1000), false);
			exchange.responseBody()
				.onWritable(() -> exchange.stream().executor().execute(() -> streamForEver(exchange)));
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatTakesItSlowlyIsNotDisturbed(Transport transport) throws Exception {
		SlowReader.read((deadline, reader) -> {
			try (TestServer server = start(transport, all(deadline), SlowClientTests::large);
					RawClient client = server.connectWithSmallWindow()) {
				client.get("/");
				assertThat(reader.body(client, 20_000_000)).isEqualTo(20_000_000);
				assertThat(client.readAll()).isEmpty();
				assertThat(server.counts.of("timeout.write")).isZero();
				server.awaitCount("timeout.idle", 1);
			}
		});
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aFileThatIsTakenSlowlyIsNotDisturbed(Transport transport, @TempDir Path folder) throws Exception {
		Path file = folder.resolve("large");
		Files.write(file, new byte[20_000_000]);
		SlowReader.read((deadline, reader) -> {
			try (TestServer server = start(transport, all(deadline),
					(exchange) -> exchange.responseBody()
						.writeFile(FileChannel.open(file, StandardOpenOption.READ), 0, 20_000_000, true));
					RawClient client = server.connectWithSmallWindow()) {
				client.get("/");
				assertThat(reader.body(client, 20_000_000)).isEqualTo(20_000_000);
				assertThat(server.counts.of("timeout.write")).isZero();
			}
		});
	}

	@Test
	void aClientThatHasClosedItsSideAndTakesItSlowlyIsNotDisturbed() throws Exception {
		SlowReader.read((deadline, reader) -> {
			try (TestServer server = start(Transport.best(), all(deadline), SlowClientTests::large);
					RawClient client = server.connectWithSmallWindow()) {
				client.get("/").socket().shutdownOutput();
				assertThat(reader.body(client, 20_000_000)).isEqualTo(20_000_000);
				assertThat(client.readAll()).isEmpty();
				assertThat(server.counts.of("clientAborted")).isZero();
			}
		});
	}

}
