package io.millrace.servlet;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The rules of Servlet 6.1 §3 and §5 for what may be called when, over real sockets.
 */
class ResponseRulesTests {

	@Test
	void streamAndWriterExcludeEachOtherUntilAReset() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.getWriter().print("forgotten");
			assertThatIllegalStateException().isThrownBy(response::getOutputStream);
			response.setHeader("X-Forgotten", "yes");
			response.setStatus(418);
			response.addCookie(new Cookie("a", "b"));
			response.reset();
			response.getOutputStream().print("kept");
			assertThatIllegalStateException().isThrownBy(response::getWriter);
			response.resetBuffer();
			response.getOutputStream().print("last");
			response.flushBuffer();
			assertThatIllegalStateException().isThrownBy(response::reset);
			assertThatIllegalStateException().isThrownBy(response::resetBuffer);
			assertThatIllegalStateException().isThrownBy(() -> response.sendError(500));
			assertThatIllegalStateException().isThrownBy(() -> response.sendRedirect("/"));
			response.setHeader("X-Late", "yes");
			response.setStatus(500);
		})) {
			Response response = server.get("/");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("last");
			assertThat(response.headers()).doesNotContainKeys("x-forgotten", "x-late", "set-cookie");
		}
	}

	@Test
	void nothingIsSentBeforeTheBufferIsFull() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			assertThat(response.getBufferSize()).isEqualTo(8192);
			response.setBufferSize(16_000);
			response.getOutputStream().write(new byte[16_000]);
			assertThat(response.isCommitted()).isFalse();
			assertThatIllegalStateException().isThrownBy(() -> response.setBufferSize(20_000));
			response.getOutputStream().write('x');
			assertThat(response.isCommitted()).isTrue();
		})) {
			assertThat(server.get("/").body()).hasSize(16_001);
		}
	}

	@Test
	void theEncodingOfALocaleIsOverruledByAnExplicitOne() throws Exception {
		ServletOptions.Builder options = TestServer.options()
			.localeCharsets(Map.of(Locale.JAPANESE, StandardCharsets.UTF_16BE));
		try (TestServer server = TestServer.start(options,
				(application) -> TestServer.add(application, "a", (request, response) -> {
					response.setContentType("text/html");
					response.setLocale(Locale.JAPAN);
					String ofLocale = response.getCharacterEncoding();
					response.setCharacterEncoding("UTF-8");
					response.setLocale(Locale.JAPAN);
					response.getWriter().print(ofLocale + " " + response.getCharacterEncoding());
					response.setCharacterEncoding("ISO-8859-1");
				}, "/"))) {
			Response response = server.get("/");
			assertThat(response.body()).isEqualTo("UTF-16BE UTF-8");
			assertThat(response.header("content-type")).isEqualTo("text/html;charset=UTF-8");
			assertThat(response.header("content-language")).isEqualTo("ja-JP");
		}
	}

	@Test
	void redirectsHaveTheStatusAndBodyThatWasAskedFor() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.getWriter().print("body");
			if (request.getParameter("keep") != null) {
				response.sendRedirect("/there", HttpServletResponse.SC_SEE_OTHER, false);
			}
			else {
				response.sendRedirect("/there", HttpServletResponse.SC_PERMANENT_REDIRECT);
			}
			response.getWriter().print("ignored");
		})) {
			Response keep = server.get("/?keep=1");
			assertThat(keep.status()).isEqualTo(303);
			assertThat(keep.body()).isEqualTo("body");
			Response plain = server.get("/");
			assertThat(plain.status()).isEqualTo(308);
			assertThat(plain.body()).isEmpty();
		}
	}

	@Test
	void trailersGoBothWays() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			assertThatIllegalStateException().isThrownBy(request::getTrailerFields);
			byte[] body = request.getInputStream().readAllBytes();
			String seen = request.getTrailerFields().get("x-sum");
			response.setTrailerFields(() -> Map.of("X-Seen", seen));
			response.getOutputStream().write(body);
		}); RawClient client = server.client()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
			client.send("5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n");
			Response response = client.receive();
			assertThat(response.body()).isEqualTo("hello");
			assertThat(response.header("trailer-x-seen")).isEqualTo("42");
		}
	}

	@Test
	void readerAndStreamOfARequestExcludeEachOther() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			assertThat(request.getCharacterEncoding()).isEqualTo("utf-8");
			String line = request.getReader().readLine();
			assertThatIllegalStateException().isThrownBy(request::getInputStream);
			request.setCharacterEncoding("ISO-8859-1");
			response.setCharacterEncoding("UTF-8");
			response.getWriter().print(line + request.getCharacterEncoding() + request.getParameter("a"));
		})) {
			assertThat(server.post("/", "application/x-www-form-urlencoded;charset=utf-8", "a=\u00c3\u00a4").body())
				.isEqualTo("a=\u00e4utf-8null");
		}
	}

	@Test
	void headersAreSetAddedAndTakenBack() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.addHeader("X-Many", "1");
			response.addIntHeader("x-many", 2);
			response.setDateHeader("X-Date", 0);
			response.setHeader("X-Gone", "1");
			response.setHeader("X-Gone", null);
			response.setHeader("Content-Type", "text/plain");
			response.setHeader("Content-Length", "4");
			assertThat(response.getHeaders("X-MANY")).containsExactly("1", "2");
			assertThat(response.containsHeader("content-type")).isTrue();
			assertThat(response.getHeaderNames()).contains("Content-Type", "X-Many", "X-Date");
			response.getOutputStream().print("four and more");
		})) {
			Response response = server.get("/", Map.of("If-Modified-Since", "Thu, 01 Jan 1970 00:00:01 GMT"));
			assertThat(response.header("x-many")).isEqualTo("1, 2");
			assertThat(response.header("x-date")).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
			assertThat(response.headers()).doesNotContainKey("x-gone");
			assertThat(response.body()).isEqualTo("four");
		}
	}

}
