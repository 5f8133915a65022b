package io.millrace.core.http1;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.millrace.core.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that two readers could cut apart differently, over real sockets: refused, the
 * connection closed, and nothing of what follows them is taken for a request.
 */
class SmugglingTests {

	private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

	private static final List<String> targets = new ArrayList<>();

	private static TestServer server;

	@BeforeAll
	static void start() throws Exception {
		server = TestServer.start((exchange) -> {
			synchronized (targets) {
				targets.add(exchange.request().target().path());
			}
			TestServer.echo(exchange);
		});
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	private static Arguments head(String name, int status, String fields) {
		return Arguments.of(name, status, "POST /victim HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n0\r\n\r\n" + SMUGGLED);
	}

	private static Arguments chunks(String name, String body) {
		return Arguments.of(name, 400,
				"POST /victim HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body + SMUGGLED);
	}

	static Stream<Arguments> heads() {
		return Stream.of(head("CL.TE", 400, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
				head("TE.CL", 400, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
				head("two lengths that differ", 400, "Content-Length: 5\r\nContent-Length: 6\r\n"),
				head("two lengths that agree", 400, "Content-Length: 5\r\nContent-Length: 5\r\n"),
				head("a list of lengths", 400, "Content-Length: 5, 5\r\n"),
				head("a length with a plus", 400, "Content-Length: +5\r\n"),
				head("a negative length", 400, "Content-Length: -5\r\n"),
				head("a hexadecimal length", 400, "Content-Length: 0x5\r\n"),
				head("a length with a fraction", 400, "Content-Length: 5.0\r\n"),
				head("a length with space within", 400, "Content-Length: 1 0\r\n"),
				head("an empty length", 400, "Content-Length:\r\n"),
				head("a length that overflows", 400, "Content-Length: 18446744073709551621\r\n"),
				head("a length of letters", 400, "Content-Length: five\r\n"),
				head("a length with a vertical tab", 400, "Content-Length: \u000b5\r\n"),
				head("a length in another script", 400, "Content-Length: \u00b2\r\n"),
				head("TE: xchunked", 400, "Transfer-Encoding: xchunked\r\n"),
				head("TE: chunkedx", 400, "Transfer-Encoding: chunkedx\r\n"),
				head("TE: chunked, identity", 400, "Transfer-Encoding: chunked, identity\r\n"),
				head("TE: chunked twice", 400, "Transfer-Encoding: chunked, chunked\r\n"),
				head("TE: identity", 400, "Transfer-Encoding: identity\r\n"),
				head("TE: chunked with parameter", 400, "Transfer-Encoding: chunked;q=1\r\n"),
				head("TE: quoted", 400, "Transfer-Encoding: \"chunked\"\r\n"),
				head("TE: empty", 400, "Transfer-Encoding:\r\n"),
				head("TE: a list that ends in nothing", 400, "Transfer-Encoding: chunked,\r\n"),
				head("TE: a list that starts with nothing", 400, "Transfer-Encoding: , chunked\r\n"),
				head("TE: with a vertical tab", 400, "Transfer-Encoding: \u000bchunked\r\n"),
				head("TE: with a form feed behind", 400, "Transfer-Encoding: chunked\u000c\r\n"),
				head("two TE lines, chunked first", 400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"),
				head("two TE lines, chunked last", 400, "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"),
				head("TE: a coding that we do not have", 501, "Transfer-Encoding: gzip, chunked\r\n"),
				head("TE: gzip only", 400, "Transfer-Encoding: gzip\r\n"),
				head("space before the colon", 400, "Transfer-Encoding : chunked\r\n"),
				head("tab before the colon", 400, "Content-Length\t: 5\r\n"),
				head("a folded line", 400, "Content-Length: 5\r\n Transfer-Encoding: chunked\r\n"),
				head("a folded value", 400, "Transfer-Encoding:\r\n chunked\r\n"),
				head("a line folded with a tab", 400, "X: y\r\n\tContent-Length: 5\r\n"),
				head("a bare line feed", 400, "X: y\nContent-Length: 5\r\n"),
				head("a bare line feed before the end", 400, "X: y\r\n\n"),
				head("a bare carriage return", 400, "X: y\rContent-Length: 5\r\n"),
				head("two carriage returns", 400, "X: y\r\r\n"), head("NUL in a value", 400, "X: y\0z\r\n"),
				head("NUL in a name", 400, "X\0: y\r\n"), head("DEL in a value", 400, "X: \u007f\r\n"),
				head("an empty name", 400, ": y\r\n"), head("no colon", 400, "Content-Length\r\n"),
				head("a name with a space", 400, "Content Length: 5\r\n"),
				head("a name with a high octet", 400, "Content-Length\u00a0: 5\r\n"),
				Arguments.of("HTTP/1.0 with TE", 400,
						"POST /victim HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED),
				Arguments.of("a line feed after the request line", 400,
						"GET /victim HTTP/1.1\nHost: a\r\n\r\n" + SMUGGLED),
				Arguments.of("a carriage return in the request line", 400,
						"GET /victim\r HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
				Arguments.of("a first line that starts with a space", 400,
						"GET /victim HTTP/1.1\r\n Host: a\r\n\r\n" + SMUGGLED),
				Arguments.of("a message of line feeds only", 400, "GET /victim HTTP/1.1\nHost: a\n\n" + SMUGGLED),
				Arguments.of("a bare line feed in front", 400, "\nGET /victim HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED),
				Arguments.of("a bare carriage return in front", 400,
						"\rGET /victim HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED));
	}

	static Stream<Arguments> bodies() {
		return Stream.of(chunks("a size of letters", "zz\r\n"), chunks("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"),
				chunks("a size with a plus", "+5\r\nhello\r\n0\r\n\r\n"),
				chunks("a negative size", "-5\r\nhello\r\n0\r\n\r\n"), chunks("an empty size", "\r\n0\r\n\r\n"),
				chunks("a size that is only an extension", ";a=b\r\n0\r\n\r\n"),
				chunks("a size that overflows", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
				chunks("a size in front of which is a space", " 5\r\nhello\r\n0\r\n\r\n"),
				chunks("a size behind which is a space", "5 \r\nhello\r\n0\r\n\r\n"),
				chunks("a size with an underscore", "0_5\r\nhello\r\n0\r\n\r\n"),
				chunks("a size line that ends in a line feed", "5\nhello\r\n0\r\n\r\n"),
				chunks("a size line with a carriage return", "5\r\r\nhello\r\n0\r\n\r\n"),
				chunks("an extension with a line feed", "5;a\nb\r\nhello\r\n0\r\n\r\n"),
				chunks("an extension with a carriage return", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
				chunks("an extension with NUL", "5;a\0b\r\nhello\r\n0\r\n\r\n"),
				chunks("an extension that quotes a line end", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
				chunks("an extension that is too long", "5;" + "a".repeat(2000) + "\r\nhello\r\n0\r\n\r\n"),
				chunks("data that is longer than its size", "3\r\nhello\r\n0\r\n\r\n"),
				chunks("data that is shorter than its size", "7\r\nhello\r\n0\r\n\r\n"),
				chunks("data that ends in a line feed", "5\r\nhello\n0\r\n\r\n"),
				chunks("a last chunk that ends in a line feed", "0\n\r\n"),
				chunks("a trailer that ends in a line feed", "0\r\nX: y\n\r\n"),
				chunks("an end that is a line feed", "0\r\n\n"),
				chunks("a trailer with a space before its colon", "0\r\nX : y\r\n\r\n"),
				chunks("a trailer that is folded", "0\r\nX: y\r\n z\r\n\r\n"),
				chunks("a trailer with NUL", "0\r\nX: \0\r\n\r\n"),
				chunks("a trailer without name", "0\r\n: y\r\n\r\n"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "heads", "bodies" })
	void isRefusedAndNothingBehindItIsARequest(String name, int status, String bytes) throws Exception {
		synchronized (targets) {
			targets.clear();
		}
		try (RawClient client = server.connect()) {
			client.send(bytes);
			RawClient.Response response = client.receive();
			assertThat(response.status()).as(response.body()).isEqualTo(status);
			assertThat(response.header("connection")).isEqualTo("close");
			assertThat(response.body()).startsWith(status + " ");
			assertThat(client.readAll()).isEmpty();
		}
		synchronized (targets) {
			assertThat(targets).doesNotContain("/smuggled");
		}
	}

	static Stream<Arguments> regular() {
		return Stream.of(Arguments.of("white space around a length", "Content-Length: \t 5 \t\r\n", "hello"),
				Arguments.of("leading zeros of a length", "Content-Length: 0005\r\n", "hello"),
				Arguments.of("white space around chunked", "Transfer-Encoding:  chunked \t\r\n",
						"5\r\nhello\r\n0\r\n\r\n"),
				Arguments.of("capital letters", "tRANSFER-ENCODING: CHUNKED\r\n", "5\r\nhello\r\n0\r\n\r\n"),
				Arguments.of("sizes with zeros and letters", "Transfer-Encoding: chunked\r\n",
						"0001\r\nh\r\n0000000000004\r\nello\r\n000\r\n\r\n"),
				Arguments.of("extensions", "Transfer-Encoding: chunked\r\n",
						"5;a=b ; c=\"d;e\"\r\nhello\r\n0;end\r\n\r\n"),
				Arguments.of("trailers", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\nA: b\r\nC:\r\n\r\n"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("regular")
	void whatIsOnlyUnusualIsUnderstood(String name, String fields, String body) throws Exception {
		try (RawClient client = server.connect()) {
			client.send("POST /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body);
			assertThat(client.receive().body()).isEqualTo("POST /x hello");
			assertThat(client.get("/next").receive().body()).isEqualTo("GET /next");
		}
	}

}
