package io.millrace.servlet;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import org.junit.jupiter.api.Test;

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
			assertThat(response.body()).isEqualTo("500 Internal Server Error\n");
		}
	}

	@Test
	void aPageThatFailsIsReplacedByTheDefault() throws Exception {
		List<String> dispatches = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> TestServer.add(application, "failing", (request, response) -> {
					dispatches.add(request.getDispatcherType().name());
					if (request.getServletPath().equals("/page") && request.getParameter("send") != null) {
						response.sendError(503);
						return;
					}
					throw new IllegalStateException("again");
				}, "/"))) {
			assertThat(server.get("/x").body()).isEqualTo("500 Internal Server Error\n");
			assertThat(server.get("/x?send=1").body()).isEqualTo("503 Service Unavailable\n");
			assertThat(dispatches).containsExactly("REQUEST", "ERROR", "REQUEST", "ERROR");
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

}
