package io.millrace.core.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link RequestTarget}.
 */
class RequestTargetTests {

	@ParameterizedTest
	@CsvSource(nullValues = "-",
			value = { "/, /, -", "/a/b, /a/b, -", "/a?b=c, /a, b=c", "/a?, /a, ''", "/a?b?c, /a, b?c",
					"//a//b, //a//b, -", "/a/../b, /a/../b, -", "/%2e%2e/b, /%2e%2e/b, -", "/%252e/b, /%252e/b, -",
					"/a%5cb, /a%5cb, -", "/a;b=c/d, /a;b=c/d, -", "/%c0%ae, /%c0%ae, -",
					"/a:b@c!$&'()*+, /a:b@c!$&'()*+, -", "/a?x[]=1, /a, x[]=1", "/a?b=%zz, /a, b=%zz",
					"/a?b=%, /a, b=%", "/a?b=%00, /a, b=%00", "/http://b/, /http://b/, -" })
	void aPathIsSplitAndNotChanged(String text, String path, String query) throws Exception {
		RequestTarget target = RequestTarget.parse("GET", text);
		assertThat(target.form()).isEqualTo(RequestTarget.Form.ORIGIN);
		assertThat(target.authority()).isNull();
		assertThat(target.path()).isEqualTo(path);
		assertThat(target.query()).isEqualTo(query);
		assertThat(target.pathAndQuery()).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-",
			value = { "http://a, a, /, -", "HTTP://a/, a, /, -", "https://a:8443/b?c, a:8443, /b, c",
					"http://a?b, a, /, b", "http://[::1]:80/x, [::1]:80, /x, -", "http://a:/, a:, /, -" })
	void anAbsoluteTargetNamesItsHost(String text, String authority, String path, String query) throws Exception {
		RequestTarget target = RequestTarget.parse("GET", text);
		assertThat(target).isEqualTo(new RequestTarget(RequestTarget.Form.ABSOLUTE, authority, path, query));
	}

	@Test
	void theAsteriskIsForOptions() throws Exception {
		assertThat(RequestTarget.parse("OPTIONS", "*").form()).isEqualTo(RequestTarget.Form.ASTERISK);
	}

	@Test
	void theAuthorityIsForConnect() throws Exception {
		assertThat(RequestTarget.parse("CONNECT", "a:443"))
			.isEqualTo(new RequestTarget(RequestTarget.Form.AUTHORITY, "a:443", "", null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a", "a:80", "*", "?a", "\\", "/\\", "/a b", "/a#b", "/<", "/\"", "/^", "/`", "/{a}",
			"/|", "/[a]", "/\u00e9", "/\0", "/\u007f", "/\t", "/%", "/%4", "/%g0", "/%0g", "/%00", "/a?b c", "/a?b#c",
			"/a?\u00e9", "/a?\"", "ftp://a/", "http:/a", "http:///a", "http://", "http://a b/", "http://u@a/",
			"http://u:p@a/", "http://a:x/", "http://a:99999/", "http://a\\b/", "http://[::1/", "http://[]/",
			"http://[::1]x/", "http://:80/", "http://a#b" })
	void whatIsNoneOfTheFormsIsRefused(String text) {
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> RequestTarget.parse("GET", text))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
	}

	@Test
	void everyOtherOctetThanThoseOfTheGrammarIsRefusedInAPath() {
		String allowed = "abcxyzABCXYZ0189!$&'()*+,;=:@-._~/";
		for (char c = 0; c < 256; c++) {
			String text = "/" + c;
			boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			boolean expected = letter || allowed.indexOf(c) >= 0 || c == '?';
			boolean parsed = true;
			try {
				RequestTarget.parse("GET", text);
			}
			catch (ProtocolException ex) {
				parsed = false;
			}
			assertThat(parsed).as("octet " + (int) c).isEqualTo(expected);
		}
	}

}
