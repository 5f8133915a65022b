package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However the bytes of requests are cut into segments, the answer is the same.
 */
class CutTests {

	static Stream<String> conversations() {
		return Stream.of("GET /a?b=c HTTP/1.1\r\nHost: a\r\nX-Long: some value with  blanks \r\nX-Empty:\r\n\r\n",
				"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
				"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
				"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "5;x=\"y\"\r\nhello\r\n0006 ; z\r\n world\r\n0\r\nA: b\r\nC: d\r\n\r\n"
						+ "GET /next HTTP/1.1\r\nHost: a\r\n\r\n",
				"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n"
						+ "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\n\r\n",
				"GET / HTTP/1.1\r\nHost: a\r\nX: y\nZ: z\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n",
				"GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
				"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u0016\u0003\u0001\r\n\r\n",
				"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
				"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX : y\r\n\r\n",
				"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;\u0001\r\nhello\r\n0\r\n\r\n",
				"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
						+ "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
	}

	private static String whole(String conversation) {
		try (Wire wire = new Wire(TestServer::echo)) {
			return wire.send(conversation).received() + wire.isOpen();
		}
	}

	@ParameterizedTest
	@MethodSource("conversations")
	void atEveryPosition(String conversation) {
		String expected = whole(conversation);
		byte[] bytes = conversation.getBytes(StandardCharsets.ISO_8859_1);
		for (int cut = 0; cut <= bytes.length; cut++) {
			try (Wire wire = new Wire(TestServer::echo)) {
				wire.send(bytes, 0, cut);
				wire.send(bytes, cut, bytes.length);
				assertThat(wire.received() + wire.isOpen()).as("cut at " + cut).isEqualTo(expected);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("conversations")
	void atEveryTwoPositionsInTheFirstBytes(String conversation) {
		String expected = whole(conversation);
		byte[] bytes = conversation.getBytes(StandardCharsets.ISO_8859_1);
		for (int first = 0; first < bytes.length; first += 3) {
			for (int second = first; second < bytes.length; second += 5) {
				try (Wire wire = new Wire(TestServer::echo)) {
					wire.send(bytes, 0, first);
					wire.send(bytes, first, second);
					wire.send(bytes, second, bytes.length);
					assertThat(wire.received() + wire.isOpen()).as("cut at " + first + ", " + second)
						.isEqualTo(expected);
				}
			}
		}
	}

	@ParameterizedTest
	@MethodSource("conversations")
	void intoSingleBytes(String conversation) {
		String expected = whole(conversation);
		byte[] bytes = conversation.getBytes(StandardCharsets.ISO_8859_1);
		try (Wire wire = new Wire(TestServer::echo)) {
			for (int i = 0; i < bytes.length; i++) {
				wire.send(bytes, i, i + 1);
			}
			assertThat(wire.received() + wire.isOpen()).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@MethodSource("conversations")
	void andEndedAtEveryPosition(String conversation) {
		String expected = whole(conversation);
		byte[] bytes = conversation.getBytes(StandardCharsets.ISO_8859_1);
		for (int cut = 0; cut <= bytes.length; cut++) {
			try (Wire wire = new Wire(TestServer::echo)) {
				wire.send(bytes, 0, cut).endInput();
				// What is whole is answered, perhaps with a word about the connection.
				String received = wire.received().replace("Connection: close\r\n", "");
				assertThat(expected.replace("Connection: close\r\n", "")).as("ended at " + cut).startsWith(received);
				assertThat(wire.isOpen()).isFalse();
			}
		}
	}

}
