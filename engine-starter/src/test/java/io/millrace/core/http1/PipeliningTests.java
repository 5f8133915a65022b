package io.millrace.core.http1;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.Transport;
import io.netty.buffer.ByteBufUtil;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several requests in one segment, over real sockets.
 */
class PipeliningTests {

	private static final int MANY = 10_000;

	private static String get(String target) {
		return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
	}

	private static String many() {
		StringBuilder requests = new StringBuilder();
		for (int i = 0; i < MANY; i++) {
			requests.append(get("/" + i));
		}
		return requests.toString();
	}

	static List<Transport> transports() {
		return TestServer.transports();
	}

	private static ExchangeHandler echo(boolean worker) {
		return worker ? TestServer.blocking(TestServer::echo) : TestServer::echo;
	}

	@ParameterizedTest
	@MethodSource("transports")
	void tenThousandRequestsInOneSegmentAreAllAnsweredInOrder(Transport transport) throws Exception {
		for (boolean worker : new boolean[] { false, true }) {
			try (TestServer server = TestServer.start(transport, echo(worker)); RawClient client = server.connect()) {
				Thread sender = sendInBackground(client, many());
				for (int i = 0; i < MANY; i++) {
					assertThat(client.receive().body()).isEqualTo("GET /" + i);
				}
				sender.join();
			}
		}
	}

	private static Thread sendInBackground(RawClient client, String bytes) {
		Thread sender = new Thread(() -> {
			try {
				client.send(bytes);
			}
			catch (java.io.IOException ex) {
				// the test sees what is missing
			}
		});
		sender.start();
		return sender;
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatDoesNotReadGetsNoFurtherThanTheBuffers(Transport transport) throws Exception {
		String large = "x".repeat(10_000);
		AtomicInteger handled = new AtomicInteger();
		try (TestServer server = TestServer.start(transport, (exchange) -> {
			handled.incrementAndGet();
			TestServer.text(exchange, large);
		}); Socket socket = new Socket()) {
			socket.setReceiveBufferSize(4096);
			socket.connect(new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), server.port()));
			try (RawClient client = new RawClient(socket)) {
				Thread sender = sendInBackground(client, many());
				Awaitility.await().until(() -> isSteady(handled));
				// What is answered but not taken fits into the buffers of the kernel.
				assertThat(handled.get()).isLessThan(1500);
				for (int i = 0; i < MANY; i++) {
					assertThat(client.receive().body()).isEqualTo(large);
				}
				sender.join();
				assertThat(handled).hasValue(MANY);
			}
		}
	}

	private static boolean isSteady(AtomicInteger value) throws InterruptedException {
		int before = value.get();
		new CountDownLatch(1).await(300, java.util.concurrent.TimeUnit.MILLISECONDS);
		return before > 0 && value.get() == before;
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theNextRequestIsNotHandledBeforeTheResponseIsComplete(boolean worker) throws Exception {
		List<Exchange> handled = new CopyOnWriteArrayList<>();
		ExchangeHandler handler = (exchange) -> {
			handled.add(exchange);
			if (exchange.request().target().path().equals("/first")) {
				exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "part "), false);
			}
			else {
				TestServer.text(exchange, "second");
			}
		};
		try (TestServer server = TestServer.start(worker ? TestServer.blocking(handler) : handler);
				RawClient client = server.connect()) {
			client.send(get("/first") + get("/second"));
			client.receiveHead();
			assertThat(client.line()).isEqualTo("5");
			assertThat(client.line()).isEqualTo("part ");
			assertThat(handled).hasSize(1);
			handled.get(0)
				.responseBody()
				.write(ByteBufUtil.writeAscii(handled.get(0).allocator(), "and the rest"), true);
			assertThat(client.line()).isEqualTo("c");
			assertThat(client.line()).isEqualTo("and the rest");
			assertThat(client.line()).isEqualTo("0");
			assertThat(client.line()).isEmpty();
			assertThat(client.receive().body()).isEqualTo("second");
			assertThat(handled).hasSize(2);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void bodiesAreCutFromTheRequestsThatFollow(boolean worker) throws Exception {
		try (TestServer server = TestServer.start(Transport.best(), echo(worker));
				RawClient client = server.connect()) {
			String requests = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
					+ "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\nA: b\r\n\r\n"
					+ get("/3") + "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/5");
			client.send(requests);
			assertThat(client.receive().body()).isEqualTo("POST /1 hello");
			assertThat(client.receive().body()).isEqualTo("POST /2 world");
			assertThat(client.receive().body()).isEqualTo("GET /3");
			assertThat(client.receiveHead().header("content-length")).isEqualTo("7");
			assertThat(client.receive().body()).isEqualTo("GET /5");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anErrorInTheMiddleIsAnsweredInItsPlaceAndNothingAfterIt(boolean worker) throws Exception {
		try (TestServer server = TestServer.start(Transport.best(), echo(worker));
				RawClient client = server.connect()) {
			client.send(get("/1") + get("/2") + "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/4"));
			assertThat(client.receive().body()).isEqualTo("GET /1");
			assertThat(client.receive().body()).isEqualTo("GET /2");
			assertThat(client.receive().status()).isEqualTo(400);
			assertThat(client.readAll()).isEmpty();
			// What was no request is counted too, what came behind it is not.
			assertThat(server.counts.of("started")).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aHandlerThatFailsInTheMiddleHarmsItsOwnRequestOnly(boolean worker) throws Exception {
		ExchangeHandler handler = (exchange) -> {
			if (exchange.request().target().path().equals("/2")) {
				throw new IllegalStateException("of the test");
			}
			TestServer.echo(exchange);
		};
		try (TestServer server = TestServer.start(worker ? TestServer.blocking(handler) : handler);
				RawClient client = server.connect()) {
			client.send(get("/1") + get("/2") + get("/3"));
			assertThat(client.receive().body()).isEqualTo("GET /1");
			assertThat(client.receive().status()).isEqualTo(500);
			assertThat(client.receive().body()).isEqualTo("GET /3");
			assertThat(server.logged()).hasSize(1);
		}
	}

	@Test
	void aRequestThatClosesIsTheLastOne() throws Exception {
		try (TestServer server = TestServer.start(TestServer::echo); RawClient client = server.connect()) {
			client.send(get("/1") + get("/2").replace("Host", "Connection: close\r\nHost") + get("/3"));
			assertThat(client.receive().body()).isEqualTo("GET /1");
			assertThat(client.receive().body()).isEqualTo("GET /2");
			assertThat(client.readAll()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void aClientThatHasClosedItsSideGetsAllItsResponses(Transport transport) throws Exception {
		for (boolean worker : new boolean[] { false, true }) {
			try (TestServer server = TestServer.start(transport, echo(worker)); RawClient client = server.connect()) {
				String requests = many();
				Thread sender = new Thread(() -> {
					try {
						client.send(requests);
						client.socket().shutdownOutput();
					}
					catch (java.io.IOException ex) {
						// the test sees what is missing
					}
				});
				sender.start();
				for (int i = 0; i < MANY; i++) {
					assertThat(client.receive().body()).isEqualTo("GET /" + i);
				}
				assertThat(client.readAll()).isEmpty();
				sender.join();
				server.awaitAllClosed();
				assertThat(server.counts.of("clientAborted")).isZero();
			}
		}
	}

}
