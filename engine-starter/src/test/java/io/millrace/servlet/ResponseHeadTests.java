package io.millrace.servlet;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient.Response;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link ResponseHeadView} and {@link ResponseContentType} (Servlet 6.1 §5.2,
 * §5.5) over real sockets.
 */
class ResponseHeadTests {

	// What the servlet asserts in vain is a 500.
	private static Response get(TestServer server) throws Exception {
		Response response = server.get("/");
		assertThat(response.status()).isEqualTo(200);
		return response;
	}

	@Test
	void aHeaderIsSetAddedAndTakenAway() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setHeader("X-A", "1");
			response.addHeader("x-a", "2");
			response.setHeader("X-A", "3");
			response.addHeader("X-A", "4");
			response.setHeader("X-Empty", "");
			response.setHeader("X-Gone", "1");
			response.setHeader("X-Gone", null);
			response.addHeader("X-Never", null);
			response.setHeader(null, "ignored");
			response.addHeader("", "ignored");
			response.setIntHeader("X-Int", 1);
			response.setIntHeader("X-Int", 2);
			response.addDateHeader("X-Date", 9876543210L);
			assertThat(response.getHeader("x-A")).isEqualTo("3");
			assertThat(response.getHeader("X-Never")).isNull();
			assertThat(response.getHeader(null)).isNull();
			assertThat(response.getHeaders(null)).isEmpty();
			assertThat(response.containsHeader(null)).isFalse();
			assertThat(response.containsHeader("x-empty")).isTrue();
		})) {
			Response response = get(server);
			assertThat(response.header("x-a")).isEqualTo("3, 4");
			assertThat(response.header("x-empty")).isEmpty();
			assertThat(response.header("x-int")).isEqualTo("2");
			assertThat(response.header("x-date")).isEqualTo("Sat, 25 Apr 1970 07:29:03 GMT");
			assertThat(response.headers()).doesNotContainKeys("x-gone", "x-never", "");
		}
	}

	@Test
	void whatACallerDoesToTheCollectionsOfHeadersHarmsNothing() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentType("text/plain");
			response.addHeader("X-A", "1");
			response.addHeader("X-A", "2");
			Collection<String> values = response.getHeaders("X-A");
			Collection<String> names = response.getHeaderNames();
			assertThat(values.remove("1")).isTrue();
			assertThat(names.remove("X-A")).isTrue();
			response.getHeaders("Content-Type").clear();
			assertThat(response.getHeaders("x-a")).containsExactly("1", "2");
			assertThat(response.getHeaderNames()).containsExactlyInAnyOrder("X-A", "Content-Type");
		})) {
			assertThat(get(server).header("x-a")).isEqualTo("1, 2");
		}
	}

	@Test
	void theHeadersThatAreKnownElsewhereAreOneWithTheirMethods() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setHeader("content-type", "text/html;charset=ISO-8859-7");
			assertThat(response.getContentType()).isEqualTo("text/html;charset=ISO-8859-7");
			assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-7");
			response.addHeader("Content-Type", "text/plain");
			assertThat(response.getHeaders("Content-Type")).containsExactly("text/plain;charset=ISO-8859-7");
			response.setHeader("Content-Type", null);
			assertThat(response.containsHeader("Content-Type")).isFalse();
			assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-1");
			response.setHeader("Content-Length", "seven");
			assertThat(response.containsHeader("Content-Length")).isFalse();
			response.setIntHeader("content-length", 7);
			assertThat(response.getHeader("Content-Length")).isEqualTo("7");
			response.setHeader("Content-Length", null);
			response.setContentLengthLong(5_000_000_000L);
			assertThat(response.getHeader("Content-Length")).isEqualTo("5000000000");
			response.setContentLength(-1);
			response.getOutputStream().print("body");
		})) {
			Response response = get(server);
			assertThat(response.header("content-length")).isEqualTo("4");
			assertThat(response.headers()).doesNotContainKey("content-type");
		}
	}

	@Test
	void noValueSplitsTheResponse() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setHeader("X-A", "a\r\nX-Injected: 1");
			response.setContentType("text/html\r\nX-Injected: 2");
			response.setTrailerFields(() -> Map.of("X-T", "a\r\nX-Injected: 3"));
			assertThatIllegalArgumentException().isThrownBy(() -> response.setHeader("X\r\nX-Injected", "4"));
			response.getOutputStream().print("body");
		})) {
			Response response = get(server);
			assertThat(response.header("x-a")).isEqualTo("a  X-Injected: 1");
			assertThat(response.header("content-type")).isEqualTo("text/html  X-Injected: 2");
			assertThat(response.header("trailer-x-t")).isEqualTo("a  X-Injected: 3");
			assertThat(response.headers()).doesNotContainKeys("x-injected", "trailer-x-injected");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 101, 0, -1, 1000 })
	void aStatusThatNoResponseEndsWithIsKeptButNotSent(int status) throws Exception {
		AtomicInteger seen = new AtomicInteger();
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setStatus(status);
			seen.set(response.getStatus());
			response.getWriter().print("body");
		})) {
			Response response = server.get("/");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("body");
			assertThat(seen).hasValue(status);
		}
	}

	@Test
	void anyOtherStatusIsSent() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setStatus(101);
			assertThat(response.getStatus()).isEqualTo(101);
			response.setStatus(HttpServletResponse.SC_ACCEPTED);
			response.setStatus(Integer.parseInt(request.getParameter("status")));
		})) {
			assertThat(server.get("/?status=299").status()).isEqualTo(299);
			assertThat(server.get("/?status=799").status()).isEqualTo(799);
		}
	}

	@Test
	void afterTheCommitNothingOfTheHeadChanges() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setHeader("X-A", "1");
			response.setContentType("text/plain");
			response.flushBuffer();
			response.setHeader("X-A", "2");
			response.addHeader("X-B", "1");
			response.addIntHeader("X-B", 1);
			response.addCookie(new Cookie("a", "b"));
			response.setStatus(500);
			response.setContentType("text/html");
			response.setCharacterEncoding("UTF-8");
			response.setLocale(Locale.JAPAN);
			response.setContentLength(1);
			response.getWriter()
				.print(response.getStatus() + response.getHeader("X-A") + response.getContentType()
						+ response.getHeader("X-B") + response.getCharacterEncoding());
		})) {
			Response response = get(server);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("2001text/plain;charset=ISO-8859-1nullISO-8859-1");
			assertThat(response.headers()).doesNotContainKeys("x-b", "set-cookie", "content-language");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "null", textBlock = """
			text/html;charset=UTF-8                | null   | null      | text/html;charset=UTF-8
			text/html; charset="utf-8"; foo=bar    | null   | null      | text/html;foo=bar;charset=utf-8
			text/html                              | UTF-16 | null      | text/html;charset=UTF-16
			text/html;charset=UTF-8                | UTF-16 | null      | text/html;charset=UTF-16
			text/html                              | null   | text/xml  | text/xml
			text/html;charset=UTF-8                | null   | text/xml  | text/xml;charset=UTF-8
			null                                   | UTF-8  | null      | null
			null                                   | UTF-8  | text/html | text/html;charset=UTF-8
			""")
	void theEncodingBelongsToTheTypeAndOutlivesIt(String first, String encoding, String second, String expected)
			throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			if (first != null) {
				response.setContentType(first);
			}
			if (encoding != null) {
				response.setCharacterEncoding(encoding);
			}
			if (second != null) {
				response.setContentType(second);
			}
			assertThat(response.getContentType()).isEqualTo(expected);
			response.getOutputStream();
		})) {
			assertThat(get(server).header("content-type")).isEqualTo(expected);
		}
	}

	@Test
	void anEncodingIsTakenBackByNull() throws Exception {
		try (TestServer server = japanese((request, response) -> {
			response.setCharacterEncoding("UTF-8");
			response.setCharacterEncoding((String) null);
			assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-1");
			response.setContentType("text/plain;charset=UTF-8");
			response.setCharacterEncoding((Charset) null);
			assertThat(response.getContentType()).isEqualTo("text/plain");
			response.setLocale(Locale.JAPAN);
			assertThat(response.getCharacterEncoding()).isEqualTo("EUC-JP");
			response.setCharacterEncoding((String) null);
			assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-1");
			response.setCharacterEncoding(StandardCharsets.UTF_16);
			assertThat(response.getContentType()).isEqualTo("text/plain;charset=UTF-16");
			response.setContentType(null);
			assertThat(response.getContentType()).isNull();
			assertThat(response.getCharacterEncoding()).isEqualTo("ISO-8859-1");
		})) {
			get(server);
		}
	}

	private static TestServer japanese(TestServer.Handler handler) throws Exception {
		ServletOptions.Builder options = TestServer.options()
			.localeCharsets(
					Map.of(Locale.JAPANESE, Charset.forName("EUC-JP"), Locale.CHINA, Charset.forName("GB18030")));
		return TestServer.start(options, (application) -> TestServer.add(application, "servlet", handler, "/"));
	}

	@Test
	void theEncodingOfALocaleGivesWayToAnExplicitOne() throws Exception {
		List<String> encodings = new ArrayList<>();
		try (TestServer server = japanese((request, response) -> {
			response.setContentType("text/html");
			response.setLocale(Locale.JAPAN);
			encodings.add(response.getCharacterEncoding());
			response.setLocale(Locale.CHINA);
			encodings.add(response.getCharacterEncoding());
			response.setLocale(Locale.GERMANY);
			encodings.add(response.getCharacterEncoding());
			response.setContentType("text/html");
			encodings.add(response.getCharacterEncoding());
			response.setCharacterEncoding("utf-8");
			response.setLocale(Locale.JAPAN);
			encodings.add(response.getCharacterEncoding());
			response.setContentType("text/html;charset=gb18030");
			encodings.add(response.getCharacterEncoding());
			response.getWriter();
			response.setCharacterEncoding("iso-8859-1");
			response.setContentType("text/plain;charset=utf-8");
			response.setLocale(Locale.JAPAN);
			encodings.add(response.getCharacterEncoding());
			assertThat(response.getLocale()).isEqualTo(Locale.JAPAN);
		})) {
			Response response = get(server);
			assertThat(encodings).containsExactly("EUC-JP", "GB18030", "GB18030", "GB18030", "utf-8", "gb18030",
					"gb18030");
			assertThat(response.header("content-type")).isEqualTo("text/plain;charset=gb18030");
			assertThat(response.header("content-language")).isEqualTo("ja-JP");
		}
	}

	@Test
	void withoutALocaleThereIsThatOfTheMachine() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			assertThat(response.getLocale()).isEqualTo(Locale.getDefault());
			response.setLocale(Locale.JAPAN);
			response.setLocale(null);
			assertThat(response.getLocale()).isEqualTo(Locale.getDefault());
		})) {
			assertThat(get(server).headers()).doesNotContainKey("content-language");
		}
	}

	@Test
	void anUnknownEncodingIsRefusedByTheWriter() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentType("text/plain");
			response.setCharacterEncoding("does-not-exist");
			assertThat(response.getCharacterEncoding()).isEqualTo("does-not-exist");
			assertThatExceptionOfType(java.io.UnsupportedEncodingException.class).isThrownBy(response::getWriter);
			response.reset();
			response.setContentType("text/plain");
			response.setCharacterEncoding("ISO-8859-7");
			response.getWriter().print("\u03a9");
		})) {
			assertThat(get(server).header("content-type")).isEqualTo("text/plain;charset=ISO-8859-7");
		}
	}

	@Test
	void theSessionCookieTakesThePlaceOfTheOneBefore() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.addCookie(new Cookie("one", "1"));
			request.getSession();
			request.changeSessionId();
			response.addCookie(new Cookie("two", "2"));
			assertThat(response.getHeaders("Set-Cookie")).hasSize(3);
		})) {
			assertThat(get(server).header("set-cookie")).containsOnlyOnce("JSESSIONID=").contains("one=1", "two=2");
		}
	}

}
