package io.millrace.core.http2;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 §8: requests and responses. A request that is malformed is a stream error of
 * type PROTOCOL_ERROR, whatever is wrong with it.
 */
class MessageTests extends ConformanceTests {

	private static HeaderBlock pseudo(String method, String scheme, String path, String authority) {
		HeaderBlock block = HeaderBlock.empty();
		if (method != null) {
			block.with(":method", method);
		}
		if (scheme != null) {
			block.with(":scheme", scheme);
		}
		if (path != null) {
			block.with(":path", path);
		}
		return (authority != null) ? block.with(":authority", authority) : block;
	}

	private void isMalformed(HeaderBlock block) throws Exception {
		send(Frame.request(1, block));
		isStreamError(1, Http2Error.PROTOCOL_ERROR);
		// Nobody but its stream has suffered, and the application has not seen it.
		assertThat(get(3, "/").body()).isEqualTo("GET /");
		assertThat(server().handled()).doesNotContain("malformed");
	}

	@Nested
	class Exchanges {

		@ParameterizedTest
		@ValueSource(strings = { "GET", "DELETE", "OPTIONS", "PATCH", "QUERY", "X-OWN" })
		void aRequestOfAnyMethodIsAnswered(String method) throws Exception {
			send(Frame.request(1, HeaderBlock.of(method, "/path?query")));
			assertThat(client().awaitAnswer(1).body()).isEqualTo(method + " /path?query");
		}

		@Test
		void headHasTheFieldsOfGetAndNoBody() throws Exception {
			send(Frame.request(1, HeaderBlock.of("HEAD", "/")));
			Answer head = client().awaitAnswer(1);
			assertThat(head.status()).isEqualTo(200);
			assertThat(head.length()).isZero();
			assertThat(head.header("content-length")).isEqualTo("6");
		}

		@Test
		void aBodyMayHaveTrailers() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/trailers").with("trailer", "x-test")), Frame.data(1, 0, "test"), Frame
				.headers(1, Frame.END_HEADERS | Frame.END_STREAM, HeaderBlock.empty().with("x-test", "ok").bytes()));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("test ok");
		}

		@Test
		void aRequestMayHaveTrailersAndNoBody() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/trailers")), Frame.headers(1, Frame.END_HEADERS | Frame.END_STREAM,
					HeaderBlock.empty().with("x-test", "ok").bytes()));
			assertThat(client().awaitAnswer(1).body()).isEqualTo(" ok");
		}

		@Test
		void aResponseMayHaveTrailers() throws Exception {
			Answer answer = get(1, "/with-trailers");
			assertThat(answer.body()).isEqualTo("body");
			assertThat(answer.trailer("x-checksum")).isEqualTo("42");
			assertThat(answer.reset()).isNull();
		}

		@Test
		void manyStreamsAreAnsweredOnOneConnection() throws Exception {
			for (int stream = 1; stream < 200; stream += 2) {
				send(Frame.request(stream, HeaderBlock.get("/" + stream)));
			}
			for (int stream = 199; stream > 0; stream -= 2) {
				assertThat(client().awaitAnswer(stream).body()).isEqualTo("GET /" + stream);
			}
		}

		@Test
		void aBodyThatNobodyWantsIsRefusedWhenItComes() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/early")));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("early");
			client().assertAlive();
			assertThat(client().answer(1).reset()).isNull();
			// RFC 9113 §8.1: a client that is told so sends no more.
			send(Frame.data(1, 0, "late"));
			Frame reset = client().awaitFrame(Frame.RST_STREAM);
			assertThat(reset).hasToString("RST_STREAM[stream 1, flags 0, 4 bytes NO_ERROR]");
			send(Frame.data(1, 0, "later")).assertAlive();
		}

		@Test
		void aBodyThatNobodyWantsMayEnd() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/early")));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("early");
			send(Frame.data(1, Frame.END_STREAM, "late")).assertAlive();
			assertThat(client().answer(1).reset()).isNull();
		}

		@Test
		void aBodyThatIsOnItsWayIsGivenUpAfterTheResponse() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/early")), Frame.data(1, 0, "begun"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("early");
			send(Frame.data(1, 0, "more"));
			assertThat(client().awaitFrame(Frame.RST_STREAM).error()).isEqualTo(Http2Error.NO_ERROR);
			send(Frame.data(1, Frame.END_STREAM, "late")).assertAlive();
		}

		@Test
		void aResponseWithoutABodyIsNothingButItsHead() throws Exception {
			Answer answer = get(1, "/status/204");
			assertThat(answer.status()).isEqualTo(204);
			assertThat(answer.length()).isZero();
			assertThat(answer.header("content-length")).isNull();
			assertThat(get(3, "/status/304").status()).isEqualTo(304);
		}

		@Test
		void expectedContinueIsSaidWhenTheBodyIsWanted() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/").with("expect", "100-continue")));
			client().awaitFrame(Frame.HEADERS);
			assertThat(client().answer(1).informational()).containsExactly(100);
			send(Frame.data(1, Frame.END_STREAM, "test"));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / test");
		}

		@Test
		void fieldsOfTheConnectionAreNotSent() throws Exception {
			Answer answer = get(1, "/connection-fields");
			assertThat(answer.status()).isEqualTo(200);
			for (String name : new String[] { "connection", "keep-alive", "proxy-connection", "transfer-encoding",
					"upgrade" }) {
				assertThat(answer.header(name)).as(name).isNull();
			}
			assertThat(answer.header("x-other")).isEqualTo("Kept");
		}

	}

	@Nested
	class Fields {

		@ParameterizedTest
		@ValueSource(strings = { "X-TEST", "x-Test", "x test", "", " ", "x\0", "x\u007f", "x\u00e4", "x\r\ny", "x:y",
				"x\"y", "x(y)", "x@y" })
		void aNameThatIsNoTokenInLowerCaseIsMalformed(String name) throws Exception {
			isMalformed(HeaderBlock.get("/malformed").with(name, "ok"));
		}

		@ParameterizedTest
		@ValueSource(strings = { "a\0b", "a\rb", "a\nb", "a\r\nx-other: b" })
		void aValueThatCouldSplitALineIsMalformed(String value) throws Exception {
			isMalformed(HeaderBlock.get("/malformed").with("x-test", value));
		}

		@ParameterizedTest
		@ValueSource(strings = { " a", "a ", "\ta", "a\t" })
		void aValueWithSpaceAroundItIsMalformed(String value) throws Exception {
			isMalformed(HeaderBlock.get("/malformed").with("x-test", value));
		}

		@ParameterizedTest
		@CsvSource({ "connection, keep-alive", "connection, close", "keep-alive, 300", "proxy-connection, keep-alive",
				"transfer-encoding, chunked", "upgrade, h2c" })
		void aFieldOfTheConnectionIsMalformed(String name, String value) throws Exception {
			isMalformed(HeaderBlock.get("/malformed").with(name, value));
		}

		@ParameterizedTest
		@ValueSource(strings = { "trailers, deflate", "gzip", "chunked" })
		void teMayNotSayMoreThanTrailers(String value) throws Exception {
			isMalformed(HeaderBlock.get("/malformed").with("te", value));
		}

		@ParameterizedTest
		@ValueSource(strings = { "trailers", "Trailers" })
		void teMaySayTrailers(String value) throws Exception {
			send(Frame.request(1, HeaderBlock.get("/header/te").with("te", value)));
			assertThat(client().awaitAnswer(1).body()).isEqualTo(value);
		}

		@Test
		void cookiesMayComeInPieces() throws Exception {
			send(Frame.request(1,
					HeaderBlock.get("/header/cookie").with("cookie", "a=1").with("x", "y").with("cookie", "b=2; c=3")));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("a=1; b=2; c=3");
		}

		@Test
		void anEmptyValueIsAValue() throws Exception {
			send(Frame.request(1, HeaderBlock.get("/header/x-empty").with("x-empty", "")));
			assertThat(client().awaitAnswer(1).body()).isEmpty();
		}

		@Test
		void aBadNameInTrailersIsMalformed() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "test"), Frame.headers(1,
					Frame.END_HEADERS | Frame.END_STREAM, HeaderBlock.empty().with("X-Test", "ok").bytes()));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void aFieldOfTheConnectionInTrailersIsMalformed() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "test"), Frame.headers(1,
					Frame.END_HEADERS | Frame.END_STREAM, HeaderBlock.empty().with("connection", "close").bytes()));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void headersThatAreNotTheLastAreMalformed() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "test"),
					Frame.headers(1, Frame.END_HEADERS, HeaderBlock.empty().with("x-test", "ok").bytes()));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

	}

	@Nested
	class PseudoFields {

		static HeaderBlock[] malformed() {
			String path = "/malformed";
			return new HeaderBlock[] { HeaderBlock.get(path).with(":test", "ok"),
					HeaderBlock.get(path).with(":status", "200"), HeaderBlock.get(path).with(":protocol", "websocket"),
					pseudo("GET", "http", "", "localhost"), pseudo(null, "http", path, "localhost"),
					pseudo("GET", null, path, "localhost"), pseudo("GET", "http", null, "localhost"),
					pseudo("", "http", path, "localhost"), pseudo("GET", "", path, "localhost"),
					HeaderBlock.get(path).with(":method", "GET"), HeaderBlock.get(path).with(":scheme", "http"),
					HeaderBlock.get(path).with(":path", path), HeaderBlock.get(path).with(":authority", "localhost"),
					HeaderBlock.get(path).with(":method", path),
					HeaderBlock.empty()
						.with("x-test", "ok")
						.with(":method", "GET")
						.with(":scheme", "http")
						.with(":path", path)
						.with(":authority", "localhost"),
					HeaderBlock.empty()
						.with(":method", "GET")
						.with(":scheme", "http")
						.with(":path", path)
						.with("x-test", "ok")
						.with(":authority", "localhost"),
					pseudo("G T", "http", path, "localhost"), pseudo("GET", "http", path + " HTTP/1.1", "localhost"),
					pseudo("GET", "http", path + "\r\nx: y", "localhost"),
					pseudo("GET", "http", "malformed", "localhost"), pseudo("GET", "http", path, "local host"),
					pseudo("GET", "http", path, "user@localhost"), pseudo("GET", "http", "*", "localhost"),
					// CONNECT has neither scheme nor path (§8.5).
					pseudo("CONNECT", "http", path, "localhost"), pseudo("CONNECT", null, null, null) };
		}

		@ParameterizedTest
		@MethodSource("malformed")
		void thatAreNotWhatARequestHasAreMalformed(HeaderBlock block) throws Exception {
			send(Frame.request(1, block));
			Answer answer = client().awaitAnswer(1);
			isRefused();
			// What is well-formed for HTTP/2 and no request all the same may be answered.
			assertThat(answer.reset() == Http2Error.PROTOCOL_ERROR || answer.status() == 400).as("%s", answer).isTrue();
			assertThat(get(3, "/").body()).isEqualTo("GET /");
			assertThat(server().handled()).doesNotContain("malformed");
		}

		@Test
		void inTrailersAreMalformed() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/")), Frame.data(1, 0, "test"), Frame.headers(1,
					Frame.END_HEADERS | Frame.END_STREAM, HeaderBlock.empty().with(":method", "POST").bytes()));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void theHostFieldStandsInForAnAuthority() throws Exception {
			send(Frame.request(1, pseudo("GET", "http", "/host", null).with("host", "example.org:81")));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("example.org:81");
		}

		@Test
		void theAuthorityIsTheHost() throws Exception {
			send(Frame.request(1, pseudo("GET", "http", "/host", "example.org:81")));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("example.org:81");
		}

		@Test
		void anotherHostThanTheAuthorityIsRefused() throws Exception {
			send(Frame.request(1, pseudo("GET", "http", "/malformed", "example.org").with("host", "example.com")));
			Answer answer = client().awaitAnswer(1);
			isRefused();
			assertThat(answer.reset() == Http2Error.PROTOCOL_ERROR || answer.status() == 400).as("%s", answer).isTrue();
		}

		@Test
		void anAsteriskIsATargetOfOptions() throws Exception {
			send(Frame.request(1, HeaderBlock.of("OPTIONS", "*")));
			assertThat(client().awaitAnswer(1).status()).isEqualTo(200);
		}

		@Test
		void aTunnelIsNotOffered() throws Exception {
			send(Frame.request(1, pseudo("CONNECT", null, null, "example.org:443")));
			Answer answer = client().awaitAnswer(1);
			assertThat(answer.status()).as("%s", answer).isBetween(400, 501);
			assertThat(get(3, "/").status()).isEqualTo(200);
			isRefused();
		}

	}

	@Nested
	class ContentLength {

		private void sends(String length, String... parts) throws Exception {
			send(Frame.open(1, HeaderBlock.post("/").with("content-length", length)));
			for (int i = 0; i < parts.length; i++) {
				send(Frame.data(1, (i == parts.length - 1) ? Frame.END_STREAM : 0, parts[i]));
			}
		}

		@Test
		void lessThanOneFrameIsMalformed() throws Exception {
			sends("1", "test");
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void lessThanSomeFramesIsMalformed() throws Exception {
			sends("1", "test", "test");
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void moreThanTheBodyIsMalformed() throws Exception {
			sends("5", "test");
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void moreThanABodyWithTrailersIsMalformed() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/").with("content-length", "5")), Frame.data(1, 0, "test"), Frame
				.headers(1, Frame.END_HEADERS | Frame.END_STREAM, HeaderBlock.empty().with("x-test", "ok").bytes()));
			isStreamError(1, Http2Error.PROTOCOL_ERROR);
		}

		@Test
		void ofARequestWithoutABodyIsMalformed() throws Exception {
			isMalformed(HeaderBlock.post("/malformed").with("content-length", "5"));
		}

		@ParameterizedTest
		@ValueSource(strings = { "+4", "-4", "4x", "0x4", "", "4, 5", "99999999999999999999" })
		void thatIsNoNumberIsMalformed(String length) throws Exception {
			send(Frame.open(1, HeaderBlock.post("/malformed").with("content-length", length)));
			Answer answer = client().awaitAnswer(1);
			isRefused();
			assertThat(answer.reset() == Http2Error.PROTOCOL_ERROR || answer.status() == 400).as("%s", answer).isTrue();
			client().assertAlive();
			assertThat(server().handled()).doesNotContain("malformed");
		}

		@Test
		void twoThatDifferAreMalformed() throws Exception {
			send(Frame.open(1, HeaderBlock.post("/malformed").with("content-length", "4").with("content-length", "5")));
			Answer answer = client().awaitAnswer(1);
			isRefused();
			assertThat(answer.reset() == Http2Error.PROTOCOL_ERROR || answer.status() == 400).as("%s", answer).isTrue();
		}

		@Test
		void ofNothingIsTrueOfNothing() throws Exception {
			send(Frame.request(1, HeaderBlock.post("/").with("content-length", "0")));
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST /");
		}

		@Test
		void thatIsTrueIsTaken() throws Exception {
			sends("8", "test", "test");
			assertThat(client().awaitAnswer(1).body()).isEqualTo("POST / testtest");
		}

	}

}
