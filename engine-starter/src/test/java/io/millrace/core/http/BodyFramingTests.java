package io.millrace.core.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link BodyFraming}; what is refused is tested with raw bytes in
 * {@code SmugglingTests}.
 */
class BodyFramingTests {

	private static BodyFraming ofRequest(ProtocolVersion version, String... fields) throws ProtocolException {
		HttpHeaders headers = new DefaultHttpHeaders();
		for (int i = 0; i < fields.length; i += 2) {
			headers.add(fields[i], fields[i + 1]);
		}
		return BodyFraming.ofRequest(version, headers);
	}

	@Test
	void aRequestWithoutLengthAndCodingHasNoBody() throws Exception {
		assertThat(ofRequest(ProtocolVersion.HTTP_1_1).hasBody()).isFalse();
		assertThat(ofRequest(ProtocolVersion.HTTP_1_0).hasBody()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 4096, 999_999_999_999_999_999L })
	void aLengthIsTheLength(long length) throws Exception {
		for (ProtocolVersion version : ProtocolVersion.values()) {
			BodyFraming framing = ofRequest(version, "content-length", Long.toString(length));
			assertThat(framing).isEqualTo(BodyFraming.ofLength(length));
			assertThat(framing.hasBody()).isEqualTo(length > 0);
		}
	}

	@Test
	void chunkedIsChunked() throws Exception {
		assertThat(ofRequest(ProtocolVersion.HTTP_1_1, "transfer-encoding", "Chunked")).isSameAs(BodyFraming.CHUNKED);
		assertThat(BodyFraming.CHUNKED.hasBody()).isTrue();
	}

	@Test
	void aMissingCodingIsUnsupportedAndEverythingElseIsAmbiguous() {
		assertThatExceptionOfType(ProtocolException.class)
			.isThrownBy(() -> ofRequest(ProtocolVersion.HTTP_1_1, "Transfer-Encoding", "gzip, chunked"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(ProtocolException.Kind.UNSUPPORTED));
		assertThatExceptionOfType(ProtocolException.class)
			.isThrownBy(() -> ofRequest(ProtocolVersion.HTTP_1_0, "Transfer-Encoding", "chunked"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(ProtocolException.Kind.FRAMING));
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "7, 7", "007, 7", "999999999999999999, 999999999999999999", "1000000000000000000, -1",
			"'', -1", "+1, -1", "-1, -1", "1.0, -1", "' 1', -1", "1_0, -1", "٣, -1" })
	void aLengthIsDigitsAndNothingElse(String value, long expected) {
		assertThat(BodyFraming.parseLength(value)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "GET, HTTP_1_1, 200, 5, LENGTH", "GET, HTTP_1_1, 200, 0, LENGTH", "GET, HTTP_1_1, 200, -1, CHUNKED",
			"GET, HTTP_1_0, 200, -1, UNTIL_CLOSE", "GET, HTTP_1_0, 200, 5, LENGTH", "HEAD, HTTP_1_1, 200, 5, NONE",
			"HEAD, HTTP_1_0, 200, -1, NONE", "GET, HTTP_1_1, 204, -1, NONE", "GET, HTTP_1_1, 304, 5, NONE",
			"GET, HTTP_1_0, 205, 0, NONE", "POST, HTTP_1_1, 500, -1, CHUNKED" })
	void aResponseIsFramedAsItsRequestAndStatusAllow(String method, ProtocolVersion version, int status, long length,
			BodyFraming.Kind expected) {
		RequestHead request = new RequestHead(method, new RequestTarget(RequestTarget.Form.ORIGIN, null, "/", null),
				version, new DefaultHttpHeaders(), BodyFraming.NONE);
		assertThat(BodyFraming.ofResponse(request, status, length).kind()).isEqualTo(expected);
	}

}
