package io.millrace.core.http1;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.millrace.core.RawClient;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What a response looks like on the wire, over real sockets.
 */
class ResponseTests {

	private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

	private static void part(Exchange exchange, String text, boolean last) {
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), text), last);
	}

	/** What comes up to the end of the connection, without the date. */
	private static String exchange(ExchangeHandler handler, String request) throws Exception {
		try (TestServer server = TestServer.start(handler); RawClient client = server.connect()) {
			return client.send(request).readAll().replaceAll("Date: [^\r]*\r\n", "");
		}
	}

	private static String closing(String request) {
		return request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
	}

	@Test
	void oneWriteHasALength() throws Exception {
		assertThat(exchange((exchange) -> TestServer.text(exchange, "hello"), closing(GET)))
			.isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
	}

	@Test
	void severalWritesAreChunks() throws Exception {
		assertThat(exchange((exchange) -> {
			part(exchange, "hello ", false);
			part(exchange, "", false);
			part(exchange, "world", true);
		}, closing(GET))).isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
				+ "6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n");
	}

	@Test
	void largeWritesArePassedOnAsTheyAre() throws Exception {
		String large = "x".repeat(100_000);
		assertThat(exchange((exchange) -> {
			part(exchange, large, false);
			part(exchange, large, true);
		}, closing(GET))).isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
				+ "186a0\r\n" + large + "\r\n186a0\r\n" + large + "\r\n0\r\n\r\n");
		assertThat(exchange((exchange) -> part(exchange, large, true), closing(GET)))
			.isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n" + large);
	}

	@Test
	void trailersFollowTheLastChunk() throws Exception {
		assertThat(exchange((exchange) -> {
			HttpHeaders trailers = new DefaultHttpHeaders();
			exchange.response().trailers(trailers);
			part(exchange, "hello", false);
			trailers.add("X-Sum", "5");
			part(exchange, "", true);
		}, closing(GET))).endsWith("\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n");
	}

	@Test
	void aResponseWithTrailersIsChunkedEvenIfItIsOneWrite() throws Exception {
		assertThat(exchange((exchange) -> {
			exchange.response().trailers(new DefaultHttpHeaders().add("X-Sum", "5"));
			part(exchange, "hello", true);
		}, closing(GET))).contains("Transfer-Encoding: chunked").endsWith("5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n");
	}

	@Test
	void trailersThatWouldSplitTheResponseAreLeftOut() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			HttpHeaders trailers = DefaultHttpHeadersFactory.trailersFactory().withValidation(false).newHeaders();
			trailers.add("X-Split", "a\r\n\r\nHTTP/1.1 200 OK");
			trailers.add("X\r\nSplit", "a");
			trailers.add("X-Nul", "a\0");
			trailers.add("X-Low", "a\u010ab\u010d");
			trailers.add("Content-Length", "7");
			trailers.add("", "empty");
			trailers.add("X-Good", "yes");
			exchange.response().trailers(trailers);
			part(exchange, "hello", true);
		}); RawClient client = server.connect()) {
			assertThat(client.send(closing(GET)).readAll())
				.endsWith("5\r\nhello\r\n0\r\nX-Low: a?b?\r\nX-Good: yes\r\n\r\n");
			assertThat(server.logged()).hasSize(5).allMatch((line) -> line.contains("trailer"));
		}
	}

	@Test
	void aHeadIsAnsweredLikeAGetWithoutItsBody() throws Exception {
		assertThat(exchange((exchange) -> TestServer.text(exchange, "hello"),
				closing("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")))
			.isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
		assertThat(exchange((exchange) -> {
			exchange.response().headers().set("Content-Length", 1000);
			part(exchange, "", true);
		}, closing("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")))
			.isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n");
		assertThat(exchange((exchange) -> {
			part(exchange, "some ", false);
			part(exchange, "chunks", true);
		}, closing("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"))).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	}

	@Test
	void theConnectionIsKeptAfterAHead() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> TestServer.text(exchange, "hello"));
				RawClient client = server.connect()) {
			client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.receiveHead().header("content-length")).isEqualTo("5");
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 204, 304 })
	void aStatusWithoutBodyHasNone(int status) throws Exception {
		ExchangeHandler handler = (exchange) -> {
			exchange.response().status(status);
			part(exchange, "this is no place for a body", true);
		};
		assertThat(exchange(handler, closing(GET)))
			.matches("HTTP/1.1 " + status + " [^\r]*\r\nConnection: close\r\n\r\n");
	}

	@Test
	void noLengthGoesWith204AndOneMayGoWith304() throws Exception {
		Consumer<Exchange> declared = (exchange) -> {
			exchange.response().headers().set("Content-Length", 7);
			exchange.responseBody().write(null, true);
		};
		assertThat(exchange((exchange) -> {
			exchange.response().status(204);
			declared.accept(exchange);
		}, closing(GET))).isEqualTo("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
		assertThat(exchange((exchange) -> {
			exchange.response().status(304);
			declared.accept(exchange);
		}, closing(GET))).isEqualTo("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nConnection: close\r\n\r\n");
	}

	@Test
	void a205HasALengthOfZeroHoweverItIsWritten() throws Exception {
		String expected = "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
		assertThat(exchange((exchange) -> {
			exchange.response().status(205);
			part(exchange, "no", true);
		}, closing(GET))).isEqualTo(expected);
		assertThat(exchange((exchange) -> {
			exchange.response().status(205);
			exchange.response().headers().set("Content-Length", 3);
			part(exchange, "no", false);
			part(exchange, "", true);
		}, closing(GET))).isEqualTo(expected);
	}

	@Test
	void anHttp10ClientGetsTheEndOfTheConnectionOrALength() throws Exception {
		String get = "GET / HTTP/1.0\r\n\r\n";
		assertThat(exchange((exchange) -> {
			part(exchange, "hello ", false);
			part(exchange, "world", true);
		}, get)).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello world");
		assertThat(exchange((exchange) -> TestServer.text(exchange, "hello"), get))
			.isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
	}

	@Test
	void anHttp10ConnectionIsKeptWhereTheClientAsksForIt() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> TestServer.text(exchange, "hello"));
				RawClient client = server.connect()) {
			for (int i = 0; i < 3; i++) {
				client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
				RawClient.Response response = client.receive();
				assertThat(response.header("connection")).isEqualTo("keep-alive");
				assertThat(response.body()).isEqualTo("hello");
			}
		}
	}

	@Test
	void anHttp10ClientThatAsksToKeepTheConnectionSeesItsEndWhereThereIsNoLength() throws Exception {
		assertThat(exchange((exchange) -> {
			part(exchange, "hello ", false);
			part(exchange, "world", true);
		}, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
			.isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello world");
	}

	@ParameterizedTest
	@ValueSource(strings = { "close", "Close", "keep-alive, close", "TE,close" })
	void theConnectionIsClosedWhereTheClientAsksForIt(String value) throws Exception {
		assertThat(exchange((exchange) -> TestServer.text(exchange, "hello"),
				GET.replace("\r\n\r\n", "\r\nConnection: " + value + "\r\n\r\n") + GET))
			.isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
	}

	@Test
	void theConnectionIsClosedWhereTheApplicationAsksForIt() throws Exception {
		assertThat(exchange((exchange) -> {
			exchange.response().headers().set("Connection", "close");
			TestServer.text(exchange, "hello");
		}, GET)).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
	}

	@Test
	void whatTheApplicationSaysOfTheFramingIsNotBelieved() throws Exception {
		assertThat(exchange((exchange) -> {
			exchange.response().headers().set("Transfer-Encoding", "gzip, chunked");
			exchange.response().headers().set("Connection", "upgrade");
			exchange.response().headers().add("Content-Length", "+5");
			TestServer.text(exchange, "hello");
		}, closing(GET))).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
		assertThat(exchange((exchange) -> {
			exchange.response().headers().add("Content-Length", List.of("5", "5"));
			TestServer.text(exchange, "hello");
		}, closing(GET))).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
	}

	@Test
	void aBodyThatIsLongerThanDeclaredIsCut() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			exchange.response().headers().set("Content-Length", 8);
			part(exchange, "hello", false);
			part(exchange, " world", false);
			part(exchange, "!", true);
		}); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("hello wo");
			assertThat(client.get("/").receive().body()).isEqualTo("hello wo");
			assertThat(server.logged()).isNotEmpty().allMatch((line) -> line.contains("Content-Length"));
		}
	}

	@Test
	void aBodyThatIsShorterThanDeclaredEndsTheConnection() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			exchange.response().headers().set("Content-Length", 8);
			part(exchange, "hello", true);
		}); RawClient client = server.connect()) {
			assertThat(client.get("/").readAll()).endsWith("Content-Length: 8\r\n\r\nhello".substring(19));
			assertThat(server.logged()).hasSize(1).allMatch((line) -> line.contains("3 bytes less"));
		}
	}

	@Test
	void theDateIsThatOfTheSecond() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> TestServer.text(exchange, "hello"));
				RawClient client = server.connect()) {
			String first = client.get("/").receive().header("date");
			assertThat(java.time.ZonedDateTime.parse(first, java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME)
				.toInstant()).isBetween(java.time.Instant.now().minusSeconds(5), java.time.Instant.now());
			Awaitility.await().until(() -> !client.get("/").receive().header("date").equals(first));
		}
	}

	@Test
	void aDateOfTheApplicationIsTheOnlyOne() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			exchange.response().headers().set("Date", "long ago");
			exchange.response().headers().set("Server", "mine");
			TestServer.text(exchange, "hello");
		}); RawClient client = server.connect()) {
			RawClient.Response response = client.get("/").receive();
			assertThat(response.header("date")).isEqualTo("long ago");
			assertThat(response.header("server")).isEqualTo("mine");
		}
	}

	@Test
	void aHeaderThatWouldSplitTheResponseIsRefusedWhereItIsSet() throws Exception {
		AtomicInteger refused = new AtomicInteger();
		assertThat(exchange((exchange) -> {
			HttpHeaders headers = exchange.response().headers();
			for (String bad : List.of("a\r\nX: y", "a\nX: y", "a\rX: y", "a\0", "a\u000b", "\r", "\n")) {
				assertThatIllegalArgumentException().isThrownBy(() -> headers.set("Location", bad));
				assertThatIllegalArgumentException().isThrownBy(() -> headers.add("X-" + bad, "y"));
				assertThatIllegalArgumentException().isThrownBy(() -> headers.set("Location", new StringBuilder(bad)));
				refused.incrementAndGet();
			}
			assertThatIllegalArgumentException().isThrownBy(() -> headers.set("X Y", "z"));
			assertThatIllegalArgumentException().isThrownBy(() -> headers.set("X:", "z"));
			assertThatIllegalArgumentException().isThrownBy(() -> headers.set("", "z"));
			TestServer.text(exchange, "hello");
		}, closing(GET))).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
		assertThat(refused).hasValue(7);
	}

	@Test
	void aCharacterWhoseLowByteIsALineEndBecomesAQuestionMark() throws Exception {
		assertThat(exchange((exchange) -> {
			exchange.response().headers().set("Location", "/\u010d\u010aX: y\u0100\u4e0a");
			exchange.response().headers().set("X-Latin", "\u00e9");
			TestServer.text(exchange, "hello");
		}, closing(GET))).contains("\r\nLocation: /??X: y??\r\n").contains("\r\nX-Latin: \u00e9\r\n");
	}

	@Test
	void aStatusThatIsNotFinalIsRefused() throws Exception {
		assertThat(exchange((exchange) -> {
			for (int status : new int[] { 0, 99, 100, 101, 199, 1000, -200 }) {
				assertThatIllegalArgumentException().isThrownBy(() -> exchange.response().status(status));
			}
			exchange.response().status(799);
			TestServer.text(exchange, "hello");
		}, closing(GET))).startsWith("HTTP/1.1 799 ");
	}

	@Test
	void aHandlerThatFailsBeforeItHasWrittenIsAnsweredFor() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			exchange.response().headers().set("Set-Cookie", "secret");
			throw new IllegalStateException("do not tell");
		}); RawClient client = server.connect()) {
			for (int i = 0; i < 2; i++) {
				RawClient.Response response = client.get("/").receive();
				assertThat(response.status()).isEqualTo(500);
				assertThat(response.headers()).doesNotContainKey("set-cookie");
				assertThat(response.body()).doesNotContain("tell");
			}
			assertThat(server.logged()).hasSize(2).allMatch((line) -> line.equals("ERROR GET / failed"));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aHandlerThatFailsWithAnErrorIsAnsweredForToo(boolean worker) throws Exception {
		ExchangeHandler handler = (exchange) -> {
			throw new OutOfMemoryError("of the test");
		};
		try (TestServer server = TestServer.start(worker ? TestServer.blocking(handler) : handler);
				RawClient client = server.connect()) {
			assertThat(client.get("/").receive().status()).isEqualTo(500);
			assertThat(client.get("/").receive().status()).isEqualTo(500);
			assertThat(server.logged()).hasSize(2);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aHandlerThatFailsAfterItHasWrittenCutsTheResponse(boolean worker) throws Exception {
		ExchangeHandler handler = (exchange) -> {
			part(exchange, "hello", false);
			throw new IllegalStateException("of the test");
		};
		try (TestServer server = TestServer.start(worker ? TestServer.blocking(handler) : handler);
				RawClient client = server.connect()) {
			assertThat(client.get("/").readAll()).doesNotContain("\r\n0\r\n");
			server.awaitCount("aborted", 1);
			assertThat(server.counts.of("clientAborted")).isZero();
			assertThat(server.logged()).hasSize(1);
		}
	}

	@Test
	void anHttp10ResponseThatIsCutIsReset() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			part(exchange, "hello", false);
			exchange.responseBody().onWritable(() -> exchange.fail(new IllegalStateException("of the test")));
		}); RawClient client = server.connect()) {
			client.send("GET / HTTP/1.0\r\n\r\n");
			org.assertj.core.api.Assertions.assertThatThrownBy(client::readAll)
				.isInstanceOf(java.net.SocketException.class);
		}
	}

	@Test
	void aHandlerThatFailsAfterTheEndHarmsNobody() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			TestServer.text(exchange, "hello");
			throw new IllegalStateException("of the test");
		}); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
			assertThat(server.logged()).hasSize(2);
		}
	}

	@Test
	void aWriteAfterTheEndIsRefusedAndHarmsNobody() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			TestServer.text(exchange, "hello");
			assertThatIllegalStateException().isThrownBy(() -> TestServer.text(exchange, "again"));
		}); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
		}
	}

	@Test
	void aListenerThatFailsHarmsNobody() throws Exception {
		try (TestServer server = TestServer.start((exchange) -> {
			exchange.onEnd((outcome) -> {
				throw new IllegalStateException("of the test");
			});
			exchange.onEnd((outcome) -> assertThat(outcome).isEqualTo(Exchange.Outcome.COMPLETED));
			exchange.responseBody().onWritable(() -> {
				TestServer.text(exchange, "hello");
				throw new IllegalStateException("of the test");
			});
		}); RawClient client = server.connect()) {
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
			assertThat(server.logged()).hasSize(4);
		}
	}

	@Test
	void anExchangeThatIsRefusedByTheApplicationIsAnsweredAsItSays() throws Exception {
		assertThat(exchange((exchange) -> {
			throw new io.millrace.core.http.ProtocolException(io.millrace.core.http.ProtocolException.Kind.LIMIT, 413,
					"Too many parts");
		}, GET)).startsWith("HTTP/1.1 413 ").contains("Connection: close").endsWith("Too many parts\n");
	}

	@Test
	void theServerAnswersOptionsForItself() throws Exception {
		assertThat(exchange((exchange) -> TestServer.text(exchange, "the application"),
				"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
			.startsWith(
					"HTTP/1.1 200 OK\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\nContent-Length: 0\r\n");
	}

}
