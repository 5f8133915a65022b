package io.millrace.core.http1;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ReceivedBody;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Request bodies over real sockets: when they are asked for, what becomes of those that
 * nobody wants, limits, trailers and back-pressure.
 */
class RequestBodyTests {

	private static final String EXPECT = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";

	static List<Transport> transports() {
		return TestServer.transports();
	}

	private static ExchangeHandler ignore() {
		return (exchange) -> TestServer.text(exchange, "ignored");
	}

	private static TestServer withLimits(ExchangeHandler handler, long maxBody, long maxDrain) throws Exception {
		return TestServer.start(Transport.best(), handler,
				(config) -> config.http1(new Http1Options(8192, 8192, 100, maxBody, maxDrain, 0, null)));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theClientIsToldToContinueWhenTheBodyIsFirstRead(boolean worker) throws Exception {
		ExchangeHandler handler = TestServer::echo;
		try (TestServer server = TestServer.start(worker ? TestServer.blocking(handler) : handler);
				RawClient client = server.connect()) {
			for (int i = 0; i < 2; i++) {
				client.send(EXPECT);
				assertThat(client.receiveHead().statusLine()).isEqualTo("HTTP/1.1 100 Continue");
				client.send("hello");
				assertThat(client.receive().body()).isEqualTo("POST / hello");
			}
		}
	}

	@Test
	void theClientIsNotToldToContinueBeforeAnybodyReads() throws Exception {
		AtomicReference<Exchange> waiting = new AtomicReference<>();
		try (TestServer server = TestServer.start(waiting::set); RawClient client = server.connect()) {
			client.send(EXPECT);
			Awaitility.await().until(() -> waiting.get() != null);
			assertThat(client.in().available()).isZero();
			TestServer.text(waiting.get(), "no, thank you");
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("connection")).isEqualTo("close");
			assertThat(client.readAll()).isEmpty();
		}
	}

	@Test
	void theClientIsNotToldToContinueWhereTheBodyCameAlready() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo); RawClient client = server.connect()) {
			client.send(EXPECT + "hello");
			assertThat(client.receive().statusLine()).isEqualTo("HTTP/1.1 200 OK");
			assertThat(client.get("/next").receive().body()).isEqualTo("GET /next");
		}
	}

	@Test
	void theClientIsNotToldToContinueWhereTheBodyIsTooLarge() throws Exception {
		try (TestServer server = withLimits(TestServer::echo, 4, 0); RawClient client = server.connect()) {
			client.send(EXPECT);
			assertThat(client.receive().status()).isEqualTo(413);
			assertThat(client.readAll()).isEmpty();
		}
	}

	@Test
	void anExpectationOfHttp10OrWithoutBodyIsIgnored() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo); RawClient client = server.connect()) {
			client.send("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
			assertThat(client.receive().status()).isEqualTo(200);
			client.send(EXPECT.replace("HTTP/1.1", "HTTP/1.0") + "hello");
			assertThat(client.receive().body()).isEqualTo("POST / hello");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 1000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" })
	void aSmallBodyThatNobodyReadsIsReadAway(String start) throws Exception {
		boolean chunked = start.startsWith("T");
		try (TestServer server = TestServer.start(ignore()); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\n" + start);
			assertThat(client.receive().body()).isEqualTo("ignored");
			client.send("x".repeat(1000) + (chunked ? "\r\n0\r\n\r\n" : ""));
			assertThat(client.get("/next").receive().body()).isEqualTo("ignored");
		}
	}

	@Test
	void aBodyOfKnownLengthThatIsTooLargeToBeReadAwayClosesTheConnection() throws Exception {
		try (TestServer server = withLimits(ignore(), 0, 100); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
			RawClient.Response response = client.receive();
			assertThat(response.header("connection")).isEqualTo("close");
			client.send("x".repeat(1000));
			assertThat(client.readAll()).isEmpty();
		}
	}

	@Test
	void aChunkedBodyThatTurnsOutToBeTooLargeClosesTheConnection() throws Exception {
		try (TestServer server = withLimits(ignore(), 0, 100); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n");
			assertThat(client.receive().header("connection")).isNull();
			client.send("x".repeat(1000) + "\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.readAll()).isEmpty();
			server.awaitAllClosed();
			assertThat(server.counts.of("started")).isOne();
		}
	}

	@Test
	void aMalformedBodyThatIsReadAwayClosesTheConnection() throws Exception {
		try (TestServer server = TestServer.start(ignore()); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("ignored");
			client.send("zzz\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.readAll()).isEmpty();
			assertThat(server.counts.of("error.framing")).isOne();
			assertThat(server.counts.of("started")).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aRefusalReachesAClientThatIsStillSending(Transport transport) throws Exception {
		try (TestServer server = TestServer.start(transport, TestServer::echo,
				(config) -> config.http1(new Http1Options(8192, 8192, 100, 1000, 1000, 0, null)));
				RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
			client.send(new byte[3_000_000]);
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(413);
			assertThat(client.readAll()).isEmpty();
		}
	}

	@Test
	void whoReadsIsToldThatTheBodyIsTooLarge() throws Exception {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		try (TestServer server = withLimits((exchange) -> exchange.requestBody().demand(() -> drop(exchange, failure)),
				500, 0); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
			server.awaitCount("started", 1);
			client.send("190\r\n" + "x".repeat(400) + "\r\n");
			client.send("190\r\n" + "x".repeat(400) + "\r\n");
			assertThat(client.receive().status()).isEqualTo(413);
			assertThat(failure.get()).isInstanceOfSatisfying(ProtocolException.class,
					(ex) -> assertThat(ex.status()).isEqualTo(413));
		}
	}

	private static void drop(Exchange exchange, AtomicReference<Throwable> failure) {
		try {
			ByteBuf part;
			while ((part = exchange.requestBody().read()) != null) {
				part.release();
			}
			exchange.requestBody().demand(() -> drop(exchange, failure));
		}
		catch (java.io.IOException ex) {
			failure.set(ex);
			// Too late: the engine has answered.
			TestServer.text(exchange, "too late");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aResponseThatIsOnItsWayEndsAlthoughTheBodyTurnsOutMalformed(boolean worker) throws Exception {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		ExchangeHandler handler = (exchange) -> {
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "start "), false);
			exchange.requestBody().demand(() -> {
				try {
					exchange.requestBody().read();
				}
				catch (java.io.IOException ex) {
					failure.set(ex);
					TestServer.text(exchange, "and end");
				}
			});
		};
		try (TestServer server = TestServer.start(worker ? TestServer.blocking(handler) : handler);
				RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
			client.receiveHead();
			client.send("zzz\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.readAll()).isEqualTo("6\r\nstart \r\n7\r\nand end\r\n0\r\n\r\n");
			assertThat(failure.get()).isInstanceOf(ProtocolException.class);
			assertThat(server.counts.of("error.framing")).isOne();
			assertThat(server.counts.of("started")).isOne();
		}
	}

	@Test
	void trailersCanBeReadAtTheEnd() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> whenWhole(exchange,
				() -> TestServer.text(exchange,
						exchange.requestBody().trailers().getAll("X-Sum") + " " + exchange.requestBody().received())));
				RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ "5\r\nhello\r\n0\r\nX-Sum: 1\r\nx-sum:  2 \r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("[1, 2] 5");
		}
	}

	private static void whenWhole(Exchange exchange, Runnable whole) throws java.io.IOException {
		ByteBuf part;
		while ((part = exchange.requestBody().read()) != null) {
			part.release();
		}
		if (exchange.requestBody().isEnded()) {
			whole.run();
			return;
		}
		exchange.requestBody().demand(() -> {
			try {
				whenWhole(exchange, whole);
			}
			catch (java.io.IOException ex) {
				exchange.fail(ex);
			}
		});
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aBodyIsTakenInNoFasterThanItIsRead(Transport transport) throws Exception {
		AtomicReference<Exchange> reader = new AtomicReference<>();
		int size = 100_000_000;
		try (TestServer server = TestServer.start(transport, TestServer.blocking(reader::set));
				RawClient client = server.connect()) {
			Thread sender = new Thread(() -> {
				try {
					client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
					byte[] part = new byte[1_000_000];
					for (int i = 0; i < size / part.length; i++) {
						client.send(part);
					}
				}
				catch (java.io.IOException ex) {
					// the test sees what is missing
				}
			});
			sender.start();
			Awaitility.await().until(() -> reader.get() != null);
			long read = 0;
			long ahead = 0;
			while (!reader.get().requestBody().isEnded()) {
				CountDownLatch news = new CountDownLatch(1);
				reader.get().requestBody().demand(news::countDown);
				assertThat(news.await(20, TimeUnit.SECONDS)).isTrue();
				if (read % 10_000_000 < 70_000) {
					// Long enough for the loop to take in whatever it would.
					new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
				}
				ahead = Math.max(ahead, reader.get().requestBody().received() - read);
				ByteBuf part = reader.get().requestBody().read();
				if (part != null) {
					read += part.readableBytes();
					part.release();
				}
			}
			assertThat(read).isEqualTo(size);
			// What made it full, and one read of the socket.
			assertThat(ahead).isLessThanOrEqualTo(2 * ReceivedBody.HIGH_WATERMARK + 64 * 1024);
			TestServer.text(reader.get(), "thanks");
			assertThat(client.receive().body()).isEqualTo("thanks");
			sender.join();
		}
	}

	@Test
	void aBodyOfTinyChunksDoesNotFillTheMemory() throws Exception {
		AtomicReference<Exchange> reader = new AtomicReference<>();
		try (TestServer server = TestServer.start(reader::set); RawClient client = server.connect()) {
			String chunks = "1\r\nx\r\n".repeat(100_000);
			Thread sender = new Thread(() -> {
				try {
					client.send(
							"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n");
				}
				catch (java.io.IOException ex) {
					// the test sees what is missing
				}
			});
			sender.start();
			Awaitility.await().until(() -> reader.get() != null && reader.get().requestBody().received() > 200);
			new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
			// Of 100,000: some 64 KB wait for a reader, and what had been read with them.
			assertThat(reader.get().requestBody().received()).isLessThan(90_000);
			reader.get().stream().executor().execute(() -> TestServer.echo(reader.get()));
			assertThat(client.receive().body()).hasSize(100_000 + 7);
			sender.join();
		}
	}

	@Test
	void aBodyThatIsMoreOfExtensionsThanOfDataIsRefused() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ ("1;" + "x".repeat(1000) + "\r\nx\r\n").repeat(100));
			assertThat(client.receive().status()).isEqualTo(400);
		}
	}

	@Test
	void whatIsReadAfterTheEndOfTheExchangeIsNoBody() throws Exception {
		AtomicReference<Exchange> ended = new AtomicReference<>();
		try (TestServer server = TestServer.start((exchange) -> {
			TestServer.text(exchange, "ignored");
			ended.set(exchange);
		}); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
			assertThat(client.receive().body()).isEqualTo("ignored");
			assertThat(ended.get().requestBody().isEnded()).isFalse();
			org.assertj.core.api.Assertions.assertThatIOException()
				.isThrownBy(() -> ended.get().requestBody().read())
				.withMessageContaining("ended before");
		}
	}

}
