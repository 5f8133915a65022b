package io.millrace.servlet;

import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests of {@code HttpServletRequest}, method by method, over real sockets. What a
 * servlet asserts fails its test.
 */
class RequestTests {

	@Test
	void headersAreFoundInAnyCase() throws Exception {
		verify((request) -> {
			assertThat(request.getHeader("USER-AGENT")).isEqualTo("Mozilla/4.0");
			assertThat(request.getHeader("user-agent")).isEqualTo("Mozilla/4.0");
			assertThat(request.getHeader("none")).isNull();
			assertThat(Collections.list(request.getHeaders("ACCEPT-language"))).containsExactly("en-us", "ga-us");
			assertThat(Collections.list(request.getHeaders("User-Agent"))).containsExactly("Mozilla/4.0");
			assertThat(request.getHeaders("none").hasMoreElements()).isFalse();
			assertThat(Collections.list(request.getHeaderNames())).containsExactly("Host", "User-Agent",
					"Accept-Language");
		}, "User-Agent: Mozilla/4.0\r\nAccept-Language: en-us\r\nAccept-Language: ga-us\r\n");
	}

	@Test
	void headersAreReadAsNumbersAndDates() throws Exception {
		verify((request) -> {
			assertThat(request.getIntHeader("myInt")).isEqualTo(123);
			assertThat(request.getIntHeader("none")).isEqualTo(-1);
			assertThatExceptionOfType(NumberFormatException.class).isThrownBy(() -> request.getIntHeader("No-Int"));
			assertThat(request.getDateHeader("if-modified-since")).isEqualTo(946684801000L);
			assertThat(request.getDateHeader("none")).isEqualTo(-1);
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> request.getDateHeader("No-Int"));
		}, "MyInt: 123\r\nNo-Int: Java\r\nIf-Modified-Since: Sat, 01 Jan 2000 00:00:01 GMT\r\n");
	}

	@Test
	void cookiesAreWhatTheHeaderSays() throws Exception {
		verify((request) -> assertThat(request.getCookies()).isNull(), "");
		verify((request) -> assertThat(request.getCookies()).extracting(Cookie::getName, Cookie::getValue)
			.containsExactly(tuple("$Version", "1"), tuple("name1", "\"value1\""), tuple("b", "2"), tuple("c", "")),
				"Cookie: $Version=1; name1=\"value1\"; bad name=1; b=2\r\nCookie: c=\r\n");
	}

	@Test
	void localesComeInTheOrderOfTheirWeight() throws Exception {
		verify((request) -> {
			assertThat(request.getLocale()).isEqualTo(Locale.getDefault());
			assertThat(Collections.list(request.getLocales())).containsExactly(Locale.getDefault());
		}, "");
		verify((request) -> {
			assertThat(request.getLocale()).isEqualTo(Locale.forLanguageTag("fr-CH"));
			assertThat(Collections.list(request.getLocales())).extracting(Locale::toLanguageTag)
				.containsExactly("fr-CH", "en-US", "en-GB", "de");
		}, "Accept-Language: de;q=0.1, en-US;Q=0.8, *;q=0.5, fr-CH, en-GB;q=0.8, it;q=0, pl;q=NaN, ru;q=1.5, es;q=1e3\r\n");
	}

	@Test
	void theAddressesAreThoseOfTheConnection() throws Exception {
		verify((request) -> {
			assertThat(request.getRemoteAddr()).isEqualTo("127.0.0.1").isSameAs(request.getRemoteAddr());
			assertThat(request.getRemoteHost()).isEqualTo("127.0.0.1");
			assertThat(request.getRemotePort()).isPositive();
			assertThat(request.getLocalAddr()).isEqualTo("127.0.0.1");
			assertThat(request.getLocalName()).isIn("localhost", "127.0.0.1");
			assertThat(request.getLocalPort()).isPositive();
			assertThat(request.getServerName()).isEqualTo("localhost");
			assertThat(request.getServerPort()).isEqualTo(80);
			assertThat(request.getScheme()).isEqualTo("http");
			assertThat(request.isSecure()).isFalse();
			assertThat(request.getProtocol()).isEqualTo("HTTP/1.1");
		}, "");
	}

	@Test
	void theServerIsTheOneOfTheHostHeader() throws Exception {
		assertThat(server("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n")).isEqualTo("[::1] 8080 http://[::1]:8080/");
		assertThat(server("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n")).isEqualTo("[::1] 80 http://[::1]/");
		assertThat(server("GET / HTTP/1.1\r\nHost: a.example:\r\n\r\n")).isEqualTo("a.example 80 http://a.example/");
		assertThat(server("GET http://b.example:81/ HTTP/1.1\r\nHost: b.example:81\r\n\r\n"))
			.isEqualTo("b.example 81 http://b.example:81/");
		assertThat(server("GET / HTTP/1.0\r\n\r\n")).matches("127.0.0.1 (\\d+) http://127.0.0.1:\\1/");
		assertThat(server("GET / HTTP/1.1\r\nHost:\r\n\r\n")).matches("127.0.0.1 (\\d+) http://127.0.0.1:\\1/");
	}

	private static String server(String bytes) throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter()
			.print(request.getServerName() + " " + request.getServerPort() + " " + request.getRequestURL()));
				RawClient client = server.client()) {
			return client.send(bytes).receive().body();
		}
	}

	@Test
	void requestsAndConnectionsHaveNames() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			assertThat(request.getRequestId()).isNotEmpty().isEqualTo(request.getRequestId());
			assertThat(request.getProtocolRequestId()).isEmpty();
			assertThat(request.getServletConnection().getProtocol()).isEqualTo("http/1.1");
			assertThat(request.getServletConnection().getProtocolConnectionId()).isEmpty();
			assertThat(request.getServletConnection().isSecure()).isFalse();
			response.getWriter().print(request.getServletConnection().getConnectionId() + " " + request.getRequestId());
		}); RawClient client = server.client()) {
			String[] first = client.get("/").receive().body().split(" ");
			String[] second = client.get("/").receive().body().split(" ");
			assertThat(second[0]).isEqualTo(first[0]);
			assertThat(second[1]).isNotEqualTo(first[1]);
			assertThat(server.get("/").body()).doesNotStartWith(first[0] + " ");
		}
	}

	@Test
	@SuppressWarnings({ "NullAway", "deprecation" }) // What applications do.
	void attributesAreSetReplacedAndRemoved() throws Exception {
		verify((request) -> {
			assertThat(request.getAttributeNames().hasMoreElements()).isFalse();
			request.setAttribute("a", "1");
			request.setAttribute("b", 2);
			assertThat(Collections.list(request.getAttributeNames())).containsExactlyInAnyOrder("a", "b");
			assertThat(request.getAttribute("a")).isEqualTo("1");
			request.setAttribute("a", null);
			request.removeAttribute("b");
			request.removeAttribute("none");
			assertThat(request.getAttribute("a")).isNull();
			assertThat(request.getAttributeNames().hasMoreElements()).isFalse();
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> request.setAttribute(null, "x"));
			assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> request.getAttribute(null));
			assertThat(request.newPushBuilder()).isNull();
		}, "");
	}

	@Test
	void pathsAreRawAndDecoded() throws Exception {
		TestServer.Handler paths = (request, response) -> response.getWriter()
			.print(request.getRequestURI() + " " + request.getServletPath() + " " + request.getPathInfo() + " "
					+ request.getHttpServletMapping().getMappingMatch() + " "
					+ request.getHttpServletMapping().getMatchValue() + " " + request.getQueryString() + " "
					+ request.getPathTranslated());
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "path", paths, "/p/*");
			TestServer.add(application, "exact", paths, "/exact");
			TestServer.add(application, "extension", paths, "*.x");
			TestServer.add(application, "root", paths, "");
			TestServer.add(application, "default", paths, "/");
		})) {
			assertThat(server.get("/p/a%20b;x=1/c?q=%20").body())
				.isEqualTo("/p/a%20b;x=1/c /p /a b/c PATH a b/c q=%20 null");
			assertThat(server.get("/p").body()).isEqualTo("/p /p null PATH  null null");
			assertThat(server.get("/exact;jsessionid=1?").body())
				.isEqualTo("/exact;jsessionid=1 /exact null EXACT exact  null");
			assertThat(server.get("/y/a.x").body()).isEqualTo("/y/a.x /y/a.x null EXTENSION y/a null null");
			assertThat(server.get("/").body()).isEqualTo("/  / CONTEXT_ROOT  null null");
			assertThat(server.get("/z//../w").body()).isEqualTo("/z//../w /w null DEFAULT  null null");
		}
	}

	@Test
	void theBodyIsReadInOneWayOnly() throws Exception {
		verify((request) -> {
			request.getReader();
			assertThat(request.getReader()).isSameAs(request.getReader());
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(request::getInputStream);
		}, "");
		verify((request) -> {
			assertThat(request.getInputStream()).isSameAs(request.getInputStream());
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(request::getReader);
		}, "");
	}

	@Test
	void theEncodingIsSettledWhenItWasUsed() throws Exception {
		verify((request) -> {
			assertThat(request.getCharacterEncoding()).isNull();
			assertThatExceptionOfType(UnsupportedEncodingException.class)
				.isThrownBy(() -> request.setCharacterEncoding("doesnotexist"));
			request.setCharacterEncoding("ISO-8859-7");
			assertThat(request.getCharacterEncoding()).isEqualTo("ISO-8859-7");
			request.setCharacterEncoding(StandardCharsets.UTF_16);
			assertThat(request.getCharacterEncoding()).isEqualTo("UTF-16");
		}, "");
		verify((request) -> {
			request.getReader();
			request.setCharacterEncoding("ISO-8859-7");
			request.setCharacterEncoding("doesnotexist");
			assertThat(request.getCharacterEncoding()).isNull();
		}, "");
		verify((request) -> {
			// The query is UTF-8 in any case, so that nothing is settled yet.
			assertThat(request.getParameter("none")).isNull();
			request.setCharacterEncoding("UTF-8");
			assertThat(request.getReader().readLine()).isEqualTo("\u00e4=\u00e4");
		}, "text/plain", "\u00c3\u00a4=\u00c3\u00a4");
		verify((request) -> {
			assertThat(request.getParameter("\u00e4")).isEqualTo("\u00e4");
			request.setCharacterEncoding("ISO-8859-7");
			assertThat(request.getCharacterEncoding()).isEqualTo("UTF-8");
		}, "application/x-www-form-urlencoded; charset=UTF-8", "%C3%A4=%C3%A4");
		verify((request) -> {
			assertThat(request.getCharacterEncoding()).isEqualTo("DoesNotExist");
			assertThatExceptionOfType(UnsupportedEncodingException.class).isThrownBy(request::getReader);
		}, "text/plain; charset=DoesNotExist", "x");
	}

	@Test
	void aBodyWithoutCharsetIsIso88591() throws Exception {
		verify((request) -> assertThat(request.getParameter("a")).isEqualTo("\u00e4\u00e4"),
				"application/x-www-form-urlencoded", "a=%e4\u00e4");
		verify((request) -> assertThat(request.getReader().readLine()).isEqualTo("\u00e4"), "text/plain", "\u00e4");
	}

	@Test
	void parametersOfTheQueryComeBeforeThoseOfTheForm() throws Exception {
		TestServer.Handler handler = (request, response) -> {
			assertThat(request.getParameterValues("a")).containsExactly("hello", "goodbye", "world");
			assertThat(request.getParameter("a")).isEqualTo("hello");
			assertThat(request.getParameterValues("none")).isNull();
			assertThat(Collections.list(request.getParameterNames())).containsExactly("a", "b", "c");
			Map<String, String[]> all = request.getParameterMap();
			assertThat(all.get("b")).containsExactly("");
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> all.put("x", new String[0]));
			// Read by the container, so that there is nothing left.
			assertThat(request.getInputStream().read()).isEqualTo(-1);
			assertThat(request.getInputStream().isFinished()).isTrue();
		};
		try (TestServer server = TestServer.serving(handler)) {
			assertThat(server.post("/?a=hello&b", "application/x-www-form-urlencoded", "a=goodbye&a=world&c=%26%3D")
				.status()).isEqualTo(200);
		}
	}

	@Test
	void aFormIsLeftToWhoTakesTheStreamFirst() throws Exception {
		TestServer.Handler handler = (request, response) -> {
			request.getInputStream();
			assertThat(request.getParameter("a")).isNull();
			assertThat(request.getParameter("q")).isEqualTo("1");
			assertThat(new String(request.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("a=b");
		};
		try (TestServer server = TestServer.serving(handler); RawClient client = server.client()) {
			assertThat(server.post("/?q=1", "application/x-www-form-urlencoded", "a=b").status()).isEqualTo(200);
			// Not a POST: the form is no parameters, and there to be read.
			client.send("PUT /?q=1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
					+ "Content-Length: 3\r\n\r\na=b");
			assertThat(client.receive().status()).isEqualTo(200);
		}
	}

	@Test
	void linesOfABodyAreRead() throws Exception {
		verify((request) -> {
			byte[] line = new byte[20];
			assertThat(request.getContentLength()).isEqualTo(13);
			assertThat(request.getContentLengthLong()).isEqualTo(13);
			assertThat(request.getContentType()).isEqualTo("text/plain");
			assertThat(request.getInputStream().readLine(line, 0, 20)).isEqualTo(10);
			assertThat(new String(line, 0, 10, StandardCharsets.US_ASCII)).isEqualTo("test data\n");
			assertThat(request.getInputStream().readLine(line, 0, 2)).isEqualTo(2);
			assertThat(request.getInputStream().available()).isOne();
			assertThat(request.getInputStream().readLine(line, 0, 20)).isEqualTo(1);
			assertThat(request.getInputStream().readLine(line, 0, 20)).isEqualTo(-1);
		}, "text/plain", "test data\nabc");
		verify((request) -> {
			assertThat(request.getContentLength()).isEqualTo(-1);
			assertThat(request.getContentLengthLong()).isEqualTo(-1);
			assertThat(request.getContentType()).isNull();
			assertThat(request.getInputStream().read()).isEqualTo(-1);
		}, "");
	}

	@Test
	void trailersAreReadyWhenTheBodyWasRead() throws Exception {
		TestServer.Handler handler = (request, response) -> {
			assertThat(request.isTrailerFieldsReady()).isFalse();
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(request::getTrailerFields);
			assertThat(request.getInputStream().read()).isEqualTo('A');
			assertThat(request.isTrailerFieldsReady()).isFalse();
			assertThat(request.getInputStream().readAllBytes()).hasSize(2);
			assertThat(request.isTrailerFieldsReady()).isTrue();
			response.getWriter().print(request.getTrailerFields());
		};
		try (TestServer server = TestServer.serving(handler); RawClient client = server.client()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: myTrailer\r\n\r\n"
					+ "3\r\nABC\r\n0\r\nmyTrailer:foo\r\nmyTrailer2:bar\r\nMYTRAILER: too\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("{mytrailer=foo,too, mytrailer2=bar}");
		}
		// What cannot have trailers has them ready at once.
		verify((request) -> {
			assertThat(request.isTrailerFieldsReady()).isTrue();
			assertThat(request.getTrailerFields()).isEmpty();
		}, "text/plain", "abc");
	}

	@Test
	void aDispatcherIsRelativeToTheServletThatAsks() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "outer", (request, response) -> {
				assertThat(request.getRequestDispatcher(null)).isNull();
				assertThat(request.getRequestDispatcher("../../out")).isNull();
				request.getRequestDispatcher("in/inner").include(request, response);
			}, "/a/outer");
			TestServer.add(application, "inner", (request, response) -> {
				assertThat(request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH)).isEqualTo("/a/in/inner");
				request.getRequestDispatcher("next").include(request, response);
			}, "/a/in/inner");
			TestServer.add(application, "next",
					(request, response) -> response.getWriter().print("next of " + request.getServletPath()),
					"/a/in/next");
		})) {
			assertThat(server.get("/a/outer").body()).isEqualTo("next of /a/outer");
		}
	}

	@Test
	void aContextRootIsRedirectedWithItsParameters() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().contextPath("/app"), (application) -> TestServer
			.add(application, "a", (request, response) -> response.getWriter().print(request.getContextPath()), "/"))) {
			RawClient.Response redirect = server.get("/app;x=1?y");
			assertThat(redirect.status()).isEqualTo(302);
			assertThat(redirect.header("location")).isEqualTo("http://localhost/app;x=1/?y");
			assertThat(server.get("/app;x=1/?y").body()).isEqualTo("/app;x=1");
		}
	}

	private interface Check {

		void on(HttpServletRequest request) throws Exception;

	}

	private static void verify(Check check, String headers) throws Exception {
		send(check, "GET / HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
	}

	private static void verify(Check check, String type, String body) throws Exception {
		send(check, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\nContent-Length: "
				+ body.length() + "\r\n\r\n" + body);
	}

	private static void send(Check check, String bytes) throws Exception {
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			try {
				check.on(request);
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
			response.getWriter().print("done");
		}); RawClient client = server.client()) {
			assertThat(client.send(bytes).receive().body()).isEqualTo("done");
		}
		assertThat(failure.get()).as("what the servlet has seen").isNull();
	}

}
