package io.millrace.servlet;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ServletBridge}: plain requests and responses over real sockets.
 */
class ServletBridgeTests {

	@Test
	void anUnknownLengthIsCountedWhenTheResponseIsOneWrite() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter().print("hello"))) {
			Response response = server.get("/");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("content-length")).isEqualTo("5");
			assertThat(response.body()).isEqualTo("hello");
		}
	}

	@Test
	void aResponseThatIsFlushedAtItsEndIsStillOneWrite() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.getOutputStream().print("hello");
			response.flushBuffer();
			assertThat(response.isCommitted()).isTrue();
		})) {
			assertThat(server.get("/").body()).isEqualTo("hello");
		}
	}

	@Test
	void aResponseLargerThanTheBufferIsChunked() throws Exception {
		String large = "x".repeat(100_000);
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter().print(large))) {
			Response response = server.get("/");
			assertThat(response.header("transfer-encoding")).isEqualTo("chunked");
			assertThat(response.body()).isEqualTo(large);
		}
	}

	@Test
	void aResponseIsClosedWhenItsContentLengthIsReached() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentLength(5);
			response.getOutputStream().write("hello, and more".getBytes(StandardCharsets.UTF_8));
			assertThat(response.isCommitted()).isTrue();
			response.getOutputStream().write('!');
		})) {
			Response response = server.get("/");
			assertThat(response.header("content-length")).isEqualTo("5");
			assertThat(response.body()).isEqualTo("hello");
		}
	}

	@Test
	void aResponseShorterThanItsContentLengthIsCut() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentLength(50);
			response.getOutputStream().print("hello");
		}); RawClient client = server.client()) {
			assertThat(client.get("/").readAll()).contains("Content-Length: 50").endsWith("\r\n\r\nhello");
		}
	}

	@Test
	void headHasTheLengthOfGet() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter().print("hello"));
				RawClient client = server.client()) {
			Response head = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").receiveHead();
			assertThat(head.header("content-length")).isEqualTo("5");
			assertThat(client.get("/").receive().body()).isEqualTo("hello");
		}
	}

	@Test
	void theBodyOfARequestIsRead() throws Exception {
		try (TestServer server = TestServer
			.serving((request, response) -> response.getOutputStream().write(request.getInputStream().readAllBytes()));
				RawClient client = server.client()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
			client.send("6\r\n world\r\n0\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("hello world");
		}
	}

	@Test
	void pathsParametersAndHeadersAreSeen() throws Exception {
		TestServer.Handler handler = (request, response) -> {
			response.setCharacterEncoding("UTF-8");
			response.getWriter()
				.print(String.join("|", request.getContextPath(), request.getServletPath(), request.getPathInfo(),
						request.getRequestURI(), request.getQueryString(), request.getRequestURL(),
						request.getParameter("q"), request.getHeader("x-one"),
						request.getHttpServletMapping().getMatchValue(), request.getScheme(), request.getServerName()));
		};
		try (TestServer server = TestServer.start(TestServer.options().contextPath("/app"),
				(application) -> TestServer.add(application, "a", handler, "/some/*"))) {
			Response response = server.get("/app/some/th%20ing;x=1?q=%C3%A4", Map.of("X-One", "1"));
			assertThat(response.body()).isEqualTo("/app|/some|/th ing|/app/some/th%20ing;x=1|q=%C3%A4|"
					+ "http://localhost/app/some/th%20ing;x=1|\u00e4|1|th ing|http|localhost");
		}
	}

	@Test
	void theContextRootIsRedirectedAndWhatIsOutsideIsNotFound() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().contextPath("/app"),
				(application) -> TestServer.add(application, "a", (request, response) -> {
				}, "/"))) {
			Response redirect = server.get("/app?x=1");
			assertThat(redirect.status()).isEqualTo(302);
			assertThat(redirect.header("location")).isEqualTo("http://localhost/app/?x=1");
			assertThat(server.get("/application").status()).isEqualTo(404);
			assertThat(server.get("/").status()).isEqualTo(404);
			assertThat(server.get("/app/").status()).isEqualTo(200);
		}
	}

	@Test
	void contentTypeAndEncodingAreToldAsTomcatTellsThem() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentType("text/html; charset=utf-8");
			response.setHeader("X-Seen", response.getContentType() + "/" + response.getCharacterEncoding());
			response.getWriter().print("\u00e4\ud83d");
			response.getWriter().print("\ude00");
			response.setContentType("text/plain;charset=ISO-8859-1");
		})) {
			Response response = server.get("/");
			assertThat(response.header("content-type")).isEqualTo("text/plain;charset=utf-8");
			assertThat(response.header("x-seen")).isEqualTo("text/html;charset=utf-8/utf-8");
			assertThat(response.body()).isEqualTo("\u00e4\ud83d\ude00");
		}
	}

	@Test
	void aRedirectIsAbsolute() throws Exception {
		try (TestServer server = TestServer
			.serving((request, response) -> response.sendRedirect(request.getParameter("to")))) {
			assertThat(server.get("/a/b?to=c").header("location")).isEqualTo("http://localhost/a/c");
			assertThat(server.get("/a/b?to=../c").header("location")).isEqualTo("http://localhost/c");
			assertThat(server.get("/a/b?to=/c?x=%25C3").header("location")).isEqualTo("http://localhost/c?x=%C3");
			assertThat(server.get("/a/b?to=https://example.com/").header("location")).isEqualTo("https://example.com/");
			Response injected = server.get("/a/b?to=/c%0d%0aX-Evil:%201");
			assertThat(injected.status()).isEqualTo(302);
			assertThat(injected.header("location")).isEqualTo("http://localhost/c%0D%0AX-Evil:%201");
			assertThat(injected.header("x-evil")).isNull();
		}
	}

	@Test
	void aHeaderCannotBeSplit() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setHeader("X-One", "a\r\nX-Evil: 1");
			response.addHeader("X-Two", " b ");
		})) {
			Response response = server.get("/");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("x-one")).isEqualTo("a  X-Evil: 1");
			assertThat(response.header("x-two")).isEqualTo("b");
			assertThat(response.header("x-evil")).isNull();
		}
	}

	@Test
	void requestListenersSeeBeginningAndEnd() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "a", (request, response) -> {
				events.add("service");
				response.getWriter().print("x");
			}, "/");
			application.addListener(new ServletRequestListener() {

				@Override
				public void requestInitialized(ServletRequestEvent event) {
					events.add("initialized");
				}

				@Override
				public void requestDestroyed(ServletRequestEvent event) {
					events.add("destroyed");
				}

			});
		})) {
			server.get("/");
			assertThat(events).containsExactly("initialized", "service", "destroyed");
		}
	}

	@Test
	void formParametersComeAfterThoseOfTheQuery() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter()
			.print(String.join(",", request.getParameterValues("a")) + request.getParameterMap().keySet()))) {
			assertThat(server.post("/?a=1", "application/x-www-form-urlencoded", "a=2&b=%C3%A4").body())
				.isEqualTo("1,2[a, b]");
		}
	}

	@Test
	void aFormThatIsTooLargeIsRefusedWith413() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().maxFormSize(10),
				(application) -> TestServer.add(application, "a",
						(request, response) -> response.getWriter().print(request.getParameter("a")), "/"))) {
			assertThat(server.post("/", "application/x-www-form-urlencoded", "a=12345678").body())
				.isEqualTo("12345678");
			assertThat(server.post("/", "application/x-www-form-urlencoded", "a=123456789").status()).isEqualTo(413);
		}
	}

	@Test
	void traceAndConnectAreRefused() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
		}); RawClient client = server.client()) {
			assertThat(client.send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").receive().status()).isEqualTo(405);
			assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").receive().header("allow")).contains("GET");
			assertThat(client.send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").receive().status()).isEqualTo(501);
		}
	}

	@Test
	void aMalformedPathIsRefusedAndTheServerGoesOn() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter().print("ok"))) {
			assertThat(server.get("/%c0%ae%c0%ae/").status()).isEqualTo(400);
			assertThat(server.get("/../x").status()).isEqualTo(400);
			assertThat(server.get("/").body()).isEqualTo("ok");
		}
	}

}
