package io.millrace.core.http1;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many requests are answered on a connection.
 */
class ConnectionReuseTests {

	private final AtomicInteger handled = new AtomicInteger();

	static List<Transport> transports() {
		return TestServer.transports();
	}

	private TestServer serve(Transport transport, int maxRequests, boolean worker) throws Exception {
		ExchangeHandler handler = worker ? TestServer.blocking(this::handle) : this::handle;
		return TestServer.start(transport, handler,
				(config) -> config.http1(new Http1Options(8192, 8192, 100, 0, 1000, maxRequests, null)));
	}

	private void handle(Exchange exchange) {
		TestServer.text(exchange, "answer " + this.handled.incrementAndGet());
	}

	@ParameterizedTest
	@MethodSource("transports")
	void theLastPermittedResponseSaysSoAndEndsTheConnection(Transport transport) throws Exception {
		for (boolean worker : new boolean[] { false, true }) {
			this.handled.set(0);
			try (TestServer server = serve(transport, 3, worker); RawClient client = server.connect()) {
				assertThat(client.get("/").receive().header("connection")).isNull();
				assertThat(client.get("/").receive().header("connection")).isNull();
				RawClient.Response last = client.get("/").receive();
				assertThat(last.body()).isEqualTo("answer 3");
				assertThat(last.header("connection")).isEqualTo("close");
				assertThat(client.readAll()).isEmpty();
				server.assertServes();
				assertThat(server.counts.of("clientAborted")).isZero();
			}
		}
	}

	@ParameterizedTest
	@MethodSource("transports")
	void whatWasPipelinedBehindIsNotServedAndDoesNotResetTheConnection(Transport transport) throws Exception {
		for (boolean worker : new boolean[] { false, true }) {
			this.handled.set(0);
			try (TestServer server = serve(transport, 2, worker); RawClient client = server.connect()) {
				client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50));
				assertThat(client.receive().header("connection")).isNull();
				assertThat(client.receive().header("connection")).isEqualTo("close");
				assertThat(client.readAll()).isEmpty();
				assertThat(this.handled).hasValue(2);
			}
		}
	}

	@Test
	void anHttp10ConnectionThatIsKeptCountsToo() throws Exception {
		try (TestServer server = serve(Transport.best(), 2, false); RawClient client = server.connect()) {
			String request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
			assertThat(client.send(request).receive().header("connection")).isEqualTo("keep-alive");
			assertThat(client.send(request).receive().header("connection")).isEqualTo("close");
			assertThat(client.readAll()).isEmpty();
		}
	}

	@Test
	void aBodyThatNobodyReadsDoesNotKeepTheLastResponseFromTheClient() throws Exception {
		try (TestServer server = serve(Transport.best(), 1, false); RawClient client = server.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(100_000));
			assertThat(client.receive().body()).isEqualTo("answer 1");
			client.send("x".repeat(200_000));
			assertThat(client.readAll()).isEmpty();
		}
	}

	@Test
	void whatIsRefusedCountsAsARequest() throws Exception {
		try (TestServer server = TestServer.start(Transport.best(),
				(exchange) -> exchange.fail(new IllegalStateException("refused")),
				(config) -> config.http1(new Http1Options(8192, 8192, 100, 0, 1000, 2, null)));
				RawClient client = server.connect()) {
			assertThat(client.get("/").receive().header("connection")).isNull();
			RawClient.Response last = client.get("/").receive();
			assertThat(last.status()).isEqualTo(500);
			assertThat(last.header("connection")).isEqualTo("close");
			assertThat(client.readAll()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void withoutALimitAConnectionIsKeptForEver(boolean worker) throws Exception {
		try (TestServer server = serve(Transport.best(), 0, worker); RawClient client = server.connect()) {
			for (int i = 0; i < 500; i++) {
				assertThat(client.get("/").receive().header("connection")).isNull();
			}
		}
	}

}
