package io.millrace.core.http1;

import java.util.stream.Stream;

import io.millrace.core.RawClient;
import io.millrace.core.transport.Transport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is too large, and what is missing or malformed in a head, over real sockets.
 */
class RequestLimitsTests {

	private static TestServer server;

	@BeforeAll
	static void start() throws Exception {
		server = TestServer.start(Transport.best(), TestServer::echo,
				(config) -> config.http1(new Http1Options(8192, 8192, 100, 1000, 2000, 0, "millrace")));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	private static Arguments get(String name, int status, String fields) {
		return Arguments.of(name, status, "GET / HTTP/1.1\r\n" + fields + "\r\n");
	}

	static Stream<Arguments> requests() {
		String host = "Host: a\r\n";
		return Stream.of(get("a header of 8 KB", 200, host + "X: " + "y".repeat(8192 - 2 - host.length() - 5) + "\r\n"),
				get("a header of 8 KB and a byte", 431,
						host + "X: " + "y".repeat(8192 - 2 - host.length() - 4) + "\r\n"),
				get("a header of a megabyte", 431, host + "X: " + "y".repeat(1_000_000)),
				get("100 fields", 200, host + "X: y\r\n".repeat(99)),
				get("101 fields", 431, host + "X: y\r\n".repeat(100)), get("no Host", 400, ""),
				get("an empty Host", 200, "Host:\r\n"), get("two Hosts", 400, host + host),
				get("two Hosts that differ", 400, host + "Host: b\r\n"),
				get("a Host with a path", 400, "Host: a/b\r\n"), get("a Host with a user", 400, "Host: u@a\r\n"),
				get("a Host with a space", 400, "Host: a b\r\n"), get("a list of Hosts", 400, "Host: a, b\r\n"),
				get("a Host with an empty name", 400, "Host: :80\r\n"),
				get("a Host with a port of letters", 400, "Host: a:http\r\n"),
				get("a Host with a large port", 400, "Host: a:65536\r\n"),
				get("a Host with an empty port", 200, "Host: a:\r\n"),
				get("a Host that is an IPv6 address", 200, "Host: [::1]:8080\r\n"),
				get("a Host with half an IPv6 address", 400, "Host: [::1\r\n"),
				get("a Host with brackets around a name", 400, "Host: [name]\r\n"),
				Arguments.of("an absolute target", 200, "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("an absolute target and another Host", 400, "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("an absolute target and an empty Host", 400, "GET http://b/x HTTP/1.1\r\nHost:\r\n\r\n"),
				Arguments.of("an absolute target and no Host", 400, "GET http://b/x HTTP/1.1\r\n\r\n"),
				Arguments.of("HTTP/1.0 without Host", 200, "GET /x HTTP/1.0\r\n\r\n"),
				Arguments.of("a request line of 8 KB", 200,
						"GET /" + "y".repeat(8192 - 16) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a request line of 8 KB and a byte", 414,
						"GET /" + "y".repeat(8192 - 15) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a request line of a megabyte", 414, "GET /" + "y".repeat(1_000_000)),
				Arguments.of("a method of a megabyte", 414, "G".repeat(1_000_000)),
				Arguments.of("HTTP/2", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
				Arguments.of("the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
				Arguments.of("HTTP/1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
				Arguments.of("HTTP/0.9", 400, "GET /\r\n\r\n"),
				Arguments.of("a version in lower case", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a version of two digits", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
				Arguments.of("a version with a space behind", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
				Arguments.of("two spaces", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a tab", 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a method that is none", 400, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a method that nobody knows", 200, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("TLS", 400, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"),
				Arguments.of("CONNECT", 501, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
				Arguments.of("an asterisk for GET", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("an authority for GET", 400, "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a foreign scheme", 400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a fragment", 400, "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a backslash", 400, "GET /..\\x HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("an encoded NUL", 400, "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("half an escape", 400, "GET /a%4 HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("raw UTF-8", 400, "GET /\u00c3\u00a9 HTTP/1.1\r\nHost: a\r\n\r\n"),
				Arguments.of("a declared body above the limit", 413,
						"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"),
				Arguments.of("a chunked body above the limit", 413,
						"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n" + "x".repeat(500)
								+ "\r\n1f5\r\n"),
				Arguments.of("a chunk that is declared above the limit", 413,
						"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffff\r\n"),
				Arguments.of("a body at the limit", 200,
						"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000)),
				Arguments.of("a trailer of a megabyte", 431,
						"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "
								+ "y".repeat(1_000_000)),
				Arguments.of("101 trailer fields", 431,
						"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "X: y\r\n".repeat(101)
								+ "\r\n"),
				Arguments.of("empty lines in front", 200, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
	}

	@ParameterizedTest(name = "{0}: {1}")
	@MethodSource("requests")
	void isAnsweredOrRefused(String name, int status, String request) throws Exception {
		try (RawClient client = server.connect()) {
			client.send(request);
			RawClient.Response response = client.receive();
			assertThat(response.status()).as(response.body()).isEqualTo(status);
			assertThat(response.header("server")).isEqualTo("millrace");
			if (status != 200) {
				assertThat(response.header("connection")).isEqualTo("close");
				assertThat(client.readAll()).isEmpty();
			}
			else if (!request.contains("HTTP/1.0")) {
				assertThat(client.get("/next").receive().body()).isEqualTo("GET /next");
			}
		}
	}

	@Test
	void whatIsRefusedIsCountedByItsKind() throws Exception {
		try (TestServer counting = TestServer.start(TestServer::echo)) {
			String[] requests = { "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/3.0\r\n\r\n", "G".repeat(10_000),
					"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n" };
			for (String request : requests) {
				try (RawClient client = counting.connect()) {
					client.send(request).receive();
				}
			}
			assertThat(counting.counts.of("error.syntax")).isOne();
			assertThat(counting.counts.of("error.unsupported")).isOne();
			assertThat(counting.counts.of("error.limit")).isOne();
			assertThat(counting.counts.of("error.framing")).isOne();
			counting.assertServes();
		}
	}

	@Test
	void aRefusalTellsNothingOfTheRequest() throws Exception {
		try (RawClient client = server.connect()) {
			client.send("GET /<script> HTTP/1.1\r\nHost: a\r\n\r\n");
			RawClient.Response response = client.receive();
			assertThat(response.status()).isEqualTo(400);
			assertThat(response.body()).doesNotContain("script");
			assertThat(response.header("content-type")).isEqualTo("text/plain;charset=UTF-8");
			assertThat(response.header("cache-control")).isEqualTo("no-store");
		}
	}

	@Test
	void aLimitThatIsZeroIsNone() throws Exception {
		try (TestServer unlimited = TestServer.start(Transport.best(),
				(exchange) -> TestServer.text(exchange, "never read"), (config) -> config);
				RawClient client = unlimited.connect()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\n");
			assertThat(client.receive().status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD / HTTP/1.1\r\n\r\n", "HEAD / HTTP/3\r\nHost: a\r\n\r\n",
			"HEAD / HTTP/1.1\r\nHost: a\r\nX : y\r\n", "HEAD / HTTP/1.1\nHost: a\n\n" })
	void theRefusalOfAHeadRequestHasNoBody(String request) throws Exception {
		try (RawClient client = server.connect()) {
			assertThat(client.send(request + (request.endsWith("\n\n") ? "" : "\r\n")).readAll())
				.matches("(?s)HTTP/1.1 (400|505) .*Connection: close\r\n.*")
				.endsWith("\r\n\r\n");
		}
	}

}
