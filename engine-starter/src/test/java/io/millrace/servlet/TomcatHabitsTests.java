package io.millrace.servlet;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.millrace.core.RawClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what the specification leaves open, or says in passing, and applications that
 * ran on Tomcat are used to.
 */
class TomcatHabitsTests {

	@Test
	void valuesOfAHeaderComeInTheirOrderAndNamesOnce() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter()
			.print("" + Collections.list(request.getHeaderNames()) + Collections.list(request.getHeaders("x-a"))
					+ request.getHeader("X-a") + Collections.list(request.getHeaders("none"))));
				RawClient client = server.client()) {
			client.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-a: 2\r\nX-A: 3\r\n\r\n");
			assertThat(client.receive().body()).isEqualTo("[Host, X-A][1, 2, 3]1[]");
		}
	}

	@Test
	void theWriterEndsLinesAsThePlatformDoes() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter().println("a"))) {
			assertThat(server.get("/").body()).isEqualTo("a" + System.lineSeparator());
		}
	}

	@Test
	void aListenerAddedWithoutObjectsGetsThoseOfStartAsync() throws Exception {
		CompletableFuture<AsyncEvent> told = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			AsyncContext context = request.startAsync(request, response);
			context.setTimeout(20);
			context.addListener(new TimeoutListener(told));
		})) {
			assertThat(server.get("/").body()).isEqualTo("timed out");
			assertThat(told).isCompleted();
			assertThat(told.join().getSuppliedRequest()).isNotNull();
		}
	}

	@Test
	void anErrorPageReadsTheParametersThatCouldBeRead() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> {
					TestServer.add(application, "all",
							(request, response) -> response.getWriter().print(request.getParameter("a")), "/");
					TestServer.add(application, "page",
							(request, response) -> response.getWriter()
								.print("page " + request.getParameter("a") + request.getParameter("b")
										+ request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE)
										+ request.getAttribute(RequestDispatcher.FORWARD_REQUEST_URI)),
							"/page");
				})) {
			assertThat(server.get("/x?a=%zz&b=1").body()).isEqualTo("page null1400/x");
			assertThat(server.get("/page?a=%zz").status()).isEqualTo(400);
		}
	}

	@Test
	void aPageForEverythingGetsTheWrapperAndTheMessageOfItsCause() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> {
					TestServer.add(application, "all", (request, response) -> {
						throw new ServletException("outer", new IllegalStateException("inner"));
					}, "/");
					TestServer
						.add(application, "page",
								(request,
										response) -> response.getWriter()
											.print(request.getAttribute(RequestDispatcher.ERROR_MESSAGE) + "|"
													+ request.getAttribute(RequestDispatcher.ERROR_EXCEPTION)),
								"/page");
				})) {
			assertThat(server.get("/x").body()).isEqualTo("inner|jakarta.servlet.ServletException: outer");
		}
	}

	@Test
	void everyKindOfMultipartIsRead() throws Exception {
		TestServer.Handler handler = (request, response) -> {
			for (Part part : request.getParts()) {
				response.getWriter().print(part.getName() + "=" + request.getParameter(part.getName()));
			}
		};
		try (TestServer server = TestServer.start((application) -> TestServer.add(application, "a", handler, "/")
			.setMultipartConfig(new MultipartConfigElement("")))) {
			String body = "--x\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n--x--\r\n";
			assertThat(server.post("/", "Multipart/Mixed; boundary=x", body).body()).isEqualTo("n=v");
		}
	}

	@Test
	void aContextPathIsToldAsTheClientWroteIt() throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().contextPath("/app"),
				(application) -> TestServer.add(application, "a", (request, response) -> response.getWriter()
					.print(request.getContextPath() + " " + request.getServletPath() + " " + request.getRequestURI()),
						"/"))) {
			assertThat(server.get("/app/x").body()).isEqualTo("/app /x /app/x");
			assertThat(server.get("/app;a=b/x").body()).isEqualTo("/app;a=b /x /app;a=b/x");
			assertThat(server.get("/%61pp/x").body()).isEqualTo("/%61pp /x /%61pp/x");
			assertThat(server.get("/y/../app/x").body()).isEqualTo("/y/../app /x /y/../app/x");
			assertThat(server.get("//app/x").status()).isEqualTo(400);
		}
	}

	private record TimeoutListener(CompletableFuture<AsyncEvent> told) implements AsyncListener {

		@Override
		public void onTimeout(AsyncEvent event) throws java.io.IOException {
			this.told.complete(event);
			event.getSuppliedResponse().getWriter().print("timed out");
			event.getAsyncContext().complete();
		}

		@Override
		public void onComplete(AsyncEvent event) {
		}

		@Override
		public void onError(AsyncEvent event) {
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
		}

	}

}
