package io.millrace.core.connection;

import java.util.stream.Stream;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RequestFieldsTests {

	private static final String[] GET = { ":method", "GET", ":scheme", "https", ":authority", "a.example", ":path",
			"/x?y=z" };

	private final RequestFields fields = new RequestFields(ProtocolVersion.HTTP_2, new RequestLimits(8192, 5, 0, 0),
			false);

	@Test
	void aRequestIsMadeOfItsFields() throws Exception {
		add(GET);
		add("accept", "text/html", "cookie", "a=b", "x", "y", "cookie", "c=d");
		RequestHead head = this.fields.toHead(true);
		assertThat(head.method()).isEqualTo("GET");
		assertThat(head.target().path()).isEqualTo("/x");
		assertThat(head.target().query()).isEqualTo("y=z");
		assertThat(head.version()).isEqualTo(ProtocolVersion.HTTP_2);
		assertThat(head.framing()).isEqualTo(BodyFraming.NONE);
		assertThat(head.headers().get("Host")).isEqualTo("a.example");
		assertThat(head.headers().getAll("Cookie")).containsExactly("a=b; c=d");
		assertThat(head.headers().names()).containsExactly("host", "accept", "cookie", "x");
	}

	@Test
	void hostStandsInForTheAuthority() throws Exception {
		add(":method", "POST", ":scheme", "http", ":path", "/", "host", "b", "content-length", "3");
		RequestHead head = this.fields.toHead(false);
		assertThat(head.headers().getAll("Host")).containsExactly("b");
		assertThat(head.framing()).isEqualTo(BodyFraming.ofLength(3));
	}

	@Test
	void theSameFieldsAreTheSameHead() throws Exception {
		AsciiString[] repeated = Stream.of(GET).map(AsciiString::new).toArray(AsciiString[]::new);
		this.fields.begin();
		add(repeated);
		RequestHead first = this.fields.toHead(true);
		this.fields.begin();
		add(repeated);
		assertThat(this.fields.toHead(true)).isSameAs(first);
		this.fields.begin();
		add(repeated);
		assertThat(this.fields.toHead(false).framing()).isEqualTo(BodyFraming.CHUNKED);
		this.fields.begin();
		repeated[7] = new AsciiString("/other");
		add(repeated);
		assertThat(this.fields.toHead(false).target().path()).isEqualTo("/other");
	}

	@Test
	void whatWasSaidBeforeIsNotSaidOfTheNext() throws Exception {
		this.fields.begin();
		add(GET);
		this.fields.toHead(true);
		this.fields.begin();
		assertThat(this.fields.method()).isNull();
		assertThat(this.fields.path()).isNull();
	}

	static Stream<Arguments> malformed() {
		return Stream.of(Arguments.of("upper case", list(GET, "Accept", "a")),
				Arguments.of("no method", list(null, ":scheme", "http", ":authority", "a", ":path", "/")),
				Arguments.of("no scheme", list(null, ":method", "GET", ":authority", "a", ":path", "/")),
				Arguments.of("no path", list(null, ":method", "GET", ":scheme", "http", ":authority", "a")),
				Arguments.of("empty path",
						list(null, ":method", "GET", ":scheme", "http", ":authority", "a", ":path", "")),
				Arguments.of("relative path",
						list(null, ":method", "GET", ":scheme", "http", ":authority", "a", ":path", "x")),
				Arguments.of("two paths", list(GET, ":path", "/y")),
				Arguments.of("unknown", list(GET, ":status", "200")),
				Arguments.of("pseudo-field behind", list(GET, "accept", "a", ":authority", "b")),
				Arguments.of("connection", list(GET, "connection", "close")),
				Arguments.of("keep-alive", list(GET, "keep-alive", "1")),
				Arguments.of("upgrade", list(GET, "upgrade", "x")),
				Arguments.of("proxy-connection", list(GET, "proxy-connection", "close")),
				Arguments.of("transfer-encoding", list(GET, "transfer-encoding", "chunked")),
				Arguments.of("te", list(GET, "te", "gzip")), Arguments.of("line feed", list(GET, "x", "a\nb")),
				Arguments.of("NUL", list(GET, "x", "a\0b")), Arguments.of("leading space", list(GET, "x", " a")),
				Arguments.of("trailing tab", list(GET, "x", "a\t")),
				Arguments.of("space in a name", list(GET, "x y", "a")), Arguments.of("empty name", list(GET, "", "a")),
				Arguments.of("another host", list(GET, "host", "b")),
				Arguments.of("two lengths", list(GET, "content-length", "0", "content-length", "0")),
				Arguments.of("content that does not come", list(GET, "content-length", "1")),
				Arguments.of("no length", list(GET, "content-length", "+1")),
				Arguments.of("protocol of GET", list(GET, ":protocol", "websocket")),
				Arguments.of("protocol that was not offered",
						list(null, ":method", "CONNECT", ":scheme", "http", ":authority", "a", ":path", "/",
								":protocol", "websocket")),
				Arguments.of("CONNECT with a path",
						list(null, ":method", "CONNECT", ":authority", "a", ":path", "/", ":scheme", "http")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void malformed(String what, String[] received) {
		add(received);
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.fields.toHead(true));
	}

	static Stream<Arguments> refused() {
		return Stream.of(Arguments.of(400, list(null, ":method", "GET", ":scheme", "http", ":path", "/")),
				Arguments.of(400, list(null, ":method", "GET", ":scheme", "http", ":authority", "a b", ":path", "/")),
				Arguments.of(400, list(null, ":method", "GET", ":scheme", "http", ":authority", "u@a", ":path", "/")),
				Arguments.of(400, list(null, ":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/<")),
				Arguments.of(400, list(null, ":method", "GET", ":scheme", "http", ":authority", "a", ":path", "*")),
				Arguments.of(431, list(GET, "a", "1", "b", "2", "c", "3", "d", "4", "e", "5", "f", "6")),
				Arguments.of(501, list(null, ":method", "CONNECT", ":authority", "a:1")));
	}

	@ParameterizedTest
	@MethodSource
	void refused(int status, String[] received) {
		add(received);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> this.fields.toHead(true))
			.extracting(ProtocolException::status)
			.isEqualTo(status);
	}

	@Test
	void anExtendedConnectSaysItsProtocol() throws Exception {
		RequestFields extended = new RequestFields(ProtocolVersion.HTTP_2, new RequestLimits(8192, 5, 0, 0), true);
		String[] connect = { ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/chat",
				":authority", "a" };
		for (int i = 0; i < connect.length; i += 2) {
			extended.add(new AsciiString(connect[i]), new AsciiString(connect[i + 1]));
		}
		assertThat(extended.toHead(false).target().path()).isEqualTo("/chat");
		assertThat(extended.protocol()).isEqualTo("websocket");
	}

	@Test
	void teMaySayTrailers() throws Exception {
		add(GET);
		add("te", "trailers");
		assertThat(this.fields.toHead(true).headers().get("TE")).isEqualTo("trailers");
	}

	@Test
	void trailersHaveNoPseudoFields() throws Exception {
		add("grpc-status", "0");
		assertThat(this.fields.toTrailers().get("grpc-status")).isEqualTo("0");
		this.fields.begin();
		add(":path", "/");
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(this.fields::toTrailers);
	}

	private void add(CharSequence... received) {
		for (int i = 0; i < received.length; i += 2) {
			this.fields.add(AsciiString.of(received[i]), AsciiString.of(received[i + 1]));
		}
	}

	private static String[] list(String[] first, String... more) {
		return Stream.concat(Stream.of((first != null) ? first : new String[0]), Stream.of(more))
			.toArray(String[]::new);
	}

}
