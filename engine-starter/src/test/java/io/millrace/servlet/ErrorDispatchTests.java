package io.millrace.servlet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.Cookie;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ErrorDispatch} and {@link ErrorPages}.
 */
class ErrorDispatchTests {

	private static TestServer start(List<ErrorPage> pages, TestServer.Handler failing) throws Exception {
		return TestServer.start(TestServer.options().errorPages(pages), (application) -> {
			TestServer.add(application, "failing", failing, "/");
			TestServer.add(application, "page",
					(request, response) -> response.getWriter()
						.print(String.join("|", request.getServletPath(), request.getMethod(),
								request.getDispatcherType().name(),
								"" + request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE),
								"" + request.getAttribute(RequestDispatcher.ERROR_MESSAGE),
								"" + request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI),
								"" + request.getAttribute(RequestDispatcher.ERROR_SERVLET_NAME),
								"" + request.getAttribute(RequestDispatcher.ERROR_EXCEPTION),
								"" + request.getAttribute(RequestDispatcher.ERROR_METHOD),
								"" + request.getAttribute(RequestDispatcher.ERROR_QUERY_STRING))),
					"/page/*");
		});
	}

	@Test
	void sendErrorLeadsToThePageOfItsStatus() throws Exception {
		List<ErrorPage> pages = List.of(new ErrorPage(418, null, "/page/teapot"), ErrorPage.forAll("/page/all"));
		try (TestServer server = start(pages, (request, response) -> {
			response.getWriter().print("forgotten");
			response.sendError(418, "short and stout");
			assertThat(response.isCommitted()).isTrue();
			response.getWriter().print("ignored");
		})) {
			Response response = server.post("/a?b=c", "text/plain", "");
			assertThat(response.status()).isEqualTo(418);
			assertThat(response.body()).isEqualTo("/page|GET|ERROR|418|short and stout|/a|failing|null|POST|b=c");
		}
	}

	@Test
	void anExceptionLeadsToThePageOfItsNearestClass() throws Exception {
		List<ErrorPage> pages = List.of(new ErrorPage(null, IOException.class, "/page/io"),
				new ErrorPage(null, IllegalStateException.class, "/page/state"), ErrorPage.forAll("/page/all"));
		try (TestServer server = start(pages, (request, response) -> {
			switch (request.getServletPath()) {
				case "/io" -> throw new java.io.FileNotFoundException("gone");
				case "/wrapped" -> throw new ServletException("outer", new IllegalStateException("inner"));
				default -> throw new IllegalArgumentException("bad");
			}
		})) {
			assertThat(server.get("/io").body()).contains("500|gone|/io|failing|java.io.FileNotFoundException: gone");
			assertThat(server.get("/wrapped").body()).contains("500|outer")
				.contains("java.lang.IllegalStateException: inner");
			Response other = server.get("/other");
			assertThat(other.status()).isEqualTo(500);
			assertThat(other.body()).contains("500|bad|/other|failing|java.lang.IllegalArgumentException: bad");
		}
	}

	@Test
	void withoutAPageTheAnswerTellsNothingOfTheApplication() throws Exception {
		try (TestServer server = start(List.of(), (request, response) -> {
			throw new IllegalStateException("secret");
		})) {
			Response response = server.get("/");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.header("content-type")).isEqualTo("text/html;charset=UTF-8");
			assertThat(response.body()).isEqualTo(DefaultErrorPage.html(500, null));
		}
	}

	@Test
	void aPageThatFailsIsReplacedByTheDefault() throws Exception {
		List<String> dispatches = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> TestServer.add(application, "failing", (request, response) -> {
					dispatches.add(request.getDispatcherType().name());
					throw new IllegalStateException("again");
				}, "/"))) {
			assertThat(server.get("/x").body()).isEqualTo(DefaultErrorPage.html(500, null));
			assertThat(dispatches).containsExactly("REQUEST", "ERROR");
		}
	}

	// Spring Security does so where it guards the page, and Spring Boot's own tests look
	// for the empty body that Tomcat sends.
	@Test
	void aPageThatSendsAnErrorIsTheAnswerAndHasNoBody() throws Exception {
		List<String> dispatches = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> TestServer.add(application, "failing", (request, response) -> {
					dispatches.add(request.getDispatcherType().name());
					response.setHeader("WWW-Authenticate", "Basic");
					response.sendError(request.getServletPath().equals("/page") ? 401 : 404);
				}, "/"))) {
			RawClient.Response response = server.get("/x");
			assertThat(response.status()).isEqualTo(401);
			assertThat(response.body()).isEmpty();
			assertThat(response.header("WWW-Authenticate")).isEqualTo("Basic");
			assertThat(dispatches).containsExactly("REQUEST", "ERROR");
		}
	}

	@Test
	void anExceptionAfterTheCommitCutsTheResponse() throws Exception {
		try (TestServer server = start(List.of(ErrorPage.forAll("/page/all")), (request, response) -> {
			response.getWriter().print("begun");
			response.flushBuffer();
			throw new IllegalStateException("too late");
		}); RawClient client = server.client()) {
			assertThat(client.get("/").readAll()).contains("begun").doesNotContain("ERROR").doesNotEndWith("0\r\n\r\n");
		}
	}

	@Test
	void filtersSeeTheErrorDispatchOnlyIfTheyAskForIt() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> {
					TestServer.add(application, "failing", (request, response) -> response.sendError(404), "/");
					TestServer.add(application, "page", (request, response) -> response.getWriter().print("page"),
							"/page");
					TestServer.addFilter(application, "request", (request, response, chain) -> {
						seen.add("request " + request.getDispatcherType());
						chain.doFilter(request, response);
					}, "/*");
					TestServer.addFilter(application, "error", (request, response, chain) -> {
						seen.add("error " + request.getDispatcherType());
						chain.doFilter(request, response);
					}, "/*", DispatcherType.ERROR);
				})) {
			Response response = server.get("/x");
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.body()).isEqualTo("page");
			assertThat(seen).containsExactly("request REQUEST", "error ERROR");
		}
	}

	@Test
	void anUnavailableServletIsNotFoundOrBusy() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		try (TestServer server = start(List.of(), (request, response) -> {
			calls.incrementAndGet();
			throw new UnavailableException("for now", 7);
		})) {
			Response busy = server.get("/");
			assertThat(busy.status()).isEqualTo(503);
			assertThat(busy.header("retry-after")).isEqualTo("7");
			assertThat(server.get("/").status()).isEqualTo(503);
			assertThat(calls).hasValue(1);
		}
		try (TestServer server = start(List.of(), (request, response) -> {
			throw new UnavailableException("for ever");
		})) {
			assertThat(server.get("/").status()).isEqualTo(404);
			assertThat(server.get("/").status()).isEqualTo(404);
		}
	}

	@Test
	void theDefaultPageHasWhatTheApplicationSaid() throws Exception {
		try (TestServer server = start(List.of(), (request, response) -> {
			response.setContentType("application/json;charset=ISO-8859-1");
			response.setHeader("X-Kept", "1");
			response.addCookie(new Cookie("a", "b"));
			response.setContentLength(3);
			response.sendError(410, "<b>moved</b> to \u00c4gypten");
		})) {
			Response response = server.get("/");
			assertThat(response.status()).isEqualTo(410);
			assertThat(response.header("content-type")).isEqualTo("text/html;charset=UTF-8");
			assertThat(response.header("x-kept")).isEqualTo("1");
			assertThat(response.header("set-cookie")).isEqualTo("a=b");
			assertThat(response.body()).isEqualTo(DefaultErrorPage.html(410, "<b>moved</b> to \u00c4gypten"))
				.contains("&lt;b&gt;moved");
		}
	}

	@Test
	void aStatusThatIsNoErrorHasNoDefaultPage() throws Exception {
		try (TestServer server = start(List.of(), (request, response) -> {
			response.getWriter().print("forgotten");
			response.sendError(200, "fine");
			response.getWriter().print("ignored");
			response.setHeader("X-Late", "1");
		})) {
			Response response = server.get("/");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEmpty();
			assertThat(response.headers()).doesNotContainKey("x-late");
		}
	}

	@Test
	void theClientOfAHeadGetsTheHeadOfThePage() throws Exception {
		try (TestServer server = start(List.of(ErrorPage.forAll("/page/all")),
				(request, response) -> response.sendError(404)); RawClient client = server.client()) {
			client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
			Response head = client.receiveHead();
			Response get = client.get("/x").receive();
			assertThat(head.status()).isEqualTo(404);
			assertThat(get.body()).isEqualTo("/page|GET|ERROR|404||/x|failing|null|GET|null");
			// One letter for HEAD and none for GET.
			assertThat(head.header("content-length")).isEqualTo("" + (get.body().length() + 1));
		}
	}

	@Test
	void whatAFilterThrowsHasItsPageToo() throws Exception {
		List<ErrorPage> pages = List.of(new ErrorPage(null, IOException.class, "/page/io"));
		try (TestServer server = TestServer.start(TestServer.options().errorPages(pages), (application) -> {
			TestServer.add(application, "servlet", (request, response) -> response.getWriter().print("forgotten"), "/");
			TestServer.add(application, "page",
					(request, response) -> response.getWriter()
						.print(request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) + "|"
								+ request.getAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE) + "|"
								+ request.getAttribute(RequestDispatcher.ERROR_SERVLET_NAME)),
					"/page/*");
			TestServer.addFilter(application, "failing", (request, response, chain) -> {
				chain.doFilter(request, response);
				throw new java.io.FileNotFoundException("of a filter");
			}, "/*");
		})) {
			assertThat(server.get("/x").body()).isEqualTo(
					"java.io.FileNotFoundException: of a filter" + "|class java.io.FileNotFoundException|servlet");
		}
	}

	@Test
	void aPageCanForward() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> {
					TestServer.add(application, "failing", (request, response) -> {
						throw new IllegalStateException("failed");
					}, "/");
					TestServer.add(application, "page",
							(request, response) -> request.getRequestDispatcher("/view?a=1").forward(request, response),
							"/page");
					TestServer.add(application, "view",
							(request, response) -> response.getWriter()
								.print(response.getStatus() + request.getParameter("a")
										+ request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE)
										+ request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI)),
							"/view");
				})) {
			Response response = server.get("/x");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("5001500/x");
		}
	}

	@Test
	void anErrorPageMayBeAFile(@TempDir Path root) throws Exception {
		Files.writeString(root.resolve("error.html"), "<p>static</p>");
		ServletOptions.Builder options = TestServer.options()
			.defaultServlet(true)
			.documentRoot(root)
			.mimeMappings(Map.of("html", "text/html"))
			.errorPages(List.of(ErrorPage.forAll("/error.html")));
		try (TestServer server = TestServer.start(options, (application) -> TestServer.add(application, "failing",
				(request, response) -> response.sendError(501), "/failing"))) {
			Response response = server.post("/failing", "text/plain", "");
			assertThat(response.status()).isEqualTo(501);
			assertThat(response.body()).isEqualTo("<p>static</p>");
			assertThat(response.header("content-type")).isEqualTo("text/html");
		}
	}

}
