package io.millrace.servlet;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.RawClient.Response;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link ServletDispatcher} over real sockets.
 */
class ServletDispatcherTests {

	@Test
	void aForwardShowsTheNewPathAndTellsTheOldOne() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().contextPath("/app"), (application) -> {
			TestServer.add(application, "one", (request, response) -> {
				response.getWriter().print("forgotten");
				request.getRequestDispatcher("../two/info?a=2")
					.forward(new HttpServletRequestWrapper(request), response);
				assertThat(request.getServletPath()).isEqualTo("/one/x");
				assertThat(request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI)).isNull();
				assertThat(request.getParameterValues("a")).containsExactly("1");
				response.getWriter().print("ignored");
			}, "/one/x");
			TestServer.add(application, "two", (request, response) -> {
				assertThat(request).isInstanceOf(HttpServletRequestWrapper.class);
				response.getWriter()
					.print(String.join("|", request.getRequestURI(), request.getServletPath(), request.getPathInfo(),
							request.getQueryString(), String.join(",", request.getParameterValues("a")),
							"" + request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI),
							"" + request.getAttribute(RequestDispatcher.FORWARD_SERVLET_PATH),
							"" + request.getAttribute(RequestDispatcher.FORWARD_QUERY_STRING),
							request.getDispatcherType().name()));
			}, "/two/*");
		})) {
			assertThat(server.get("/app/one/x?a=1").body())
				.isEqualTo("/app/one/../two/info|/two|/info|a=2|2,1|/app/one/x|/one/x|a=1|FORWARD");
		}
	}

	@Test
	void anIncludeWritesButDoesNotTouchTheHead() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "one", (request, response) -> {
				response.getWriter().print("<");
				request.getRequestDispatcher("/two/x?a=2").include(request, response);
				response.setHeader("X-After", "yes");
				assertThat(request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI)).isNull();
				response.getWriter().print(">");
			}, "/one");
			TestServer.add(application, "two", (request, response) -> {
				response.setStatus(404);
				response.setHeader("X-Within", "yes");
				response.getWriter()
					.print(request.getServletPath() + request.getParameter("a")
							+ request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH)
							+ request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO));
			}, "/two/*");
		})) {
			Response response = server.get("/one");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("</one2/two/x>");
			assertThat(response.header("x-within")).isNull();
			assertThat(response.header("x-after")).isEqualTo("yes");
		}
	}

	@Test
	void aNamedDispatchKeepsThePath() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "one",
					(request, response) -> application.getNamedDispatcher("two").forward(request, response), "/one");
			TestServer.add(application, "two",
					(request, response) -> response.getWriter()
						.print(request.getServletPath() + request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI)),
					"/two");
		})) {
			assertThat(server.get("/one").body()).isEqualTo("/onenull");
		}
	}

	@Test
	void aForwardAfterTheCommitIsRefused() throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			response.flushBuffer();
			RequestDispatcher dispatcher = request.getRequestDispatcher("/x");
			assertThatIllegalStateException().isThrownBy(() -> dispatcher.forward(request, response))
				.satisfies(thrown::set);
			response.getWriter().print("ok");
		})) {
			assertThat(server.get("/").body()).isEqualTo("ok");
			assertThat(thrown.get()).hasMessageContaining("committed");
		}
	}

	@Test
	void pathsThatLeaveTheContextHaveNoDispatcher() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter()
			.print(request.getRequestDispatcher("/../x") + "" + request.getRequestDispatcher("../../x")))) {
			assertThat(server.get("/a").body()).isEqualTo("nullnull");
		}
	}

	@Test
	void aSessionIsTrackedByCookieAndByUrl() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			int count = (request.getSession().getAttribute("count") instanceof Integer known) ? known + 1 : 1;
			request.getSession().setAttribute("count", count);
			response.getWriter()
				.print(count + " " + request.isRequestedSessionIdFromURL() + " " + response.encodeURL("/next"));
			if (request.getParameter("change") != null) {
				String before = request.getSession().getId();
				assertThat(request.changeSessionId()).isNotEqualTo(before);
			}
		})) {
			Response first = server.get("/");
			String cookie = first.header("set-cookie");
			assertThat(cookie).startsWith("JSESSIONID=").contains("Path=/").contains("HttpOnly");
			String id = cookie.substring("JSESSIONID=".length(), cookie.indexOf(';'));
			assertThat(first.body()).isEqualTo("1 false /next;jsessionid=" + id);
			assertThat(server.get("/", Map.of("Cookie", "JSESSIONID=" + id)).body()).isEqualTo("2 false /next");
			assertThat(server.get("/;jsessionid=" + id).body()).isEqualTo("3 true /next;jsessionid=" + id);
			Response changed = server.get("/?change=1", Map.of("Cookie", "JSESSIONID=" + id));
			assertThat(changed.header("set-cookie")).startsWith("JSESSIONID=").doesNotContain(id);
			assertThat(server.get("/", Map.of("Cookie", "JSESSIONID=" + id)).body()).startsWith("1 ");
		}
	}

}
