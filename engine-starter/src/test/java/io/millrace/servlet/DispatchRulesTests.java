package io.millrace.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

import io.millrace.core.RawClient.Response;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of forward and include to the letter of Servlet 6.1 §9, over real sockets: what
 * the target sees, what it may do, and what is left when it returns.
 */
class DispatchRulesTests {

	/** The first servlet at {@code /first}, others that tell what they see. */
	private static TestServer start(TestServer.Handler first) throws Exception {
		return TestServer.start(TestServer.options().contextPath("/app"), (application) -> {
			TestServer.add(application, "first", first, "/first/*");
			TestServer.add(application, "second", DispatchRulesTests::tell, "/second/*");
			TestServer.add(application, "third", DispatchRulesTests::tell, "*.third");
			TestServer.add(application, "nested", (request, response) -> {
				RequestDispatcher dispatcher = (request.getParameter("name") != null)
						? application.getNamedDispatcher(request.getParameter("name"))
						: request.getRequestDispatcher(request.getParameter("to") + "?c=3");
				if (request.getParameter("include") != null) {
					dispatcher.include(request, response);
				}
				else {
					dispatcher.forward(request, response);
				}
			}, "/nested");
		});
	}

	private static void tell(HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.getWriter()
			.print(request.getDispatcherType() + " " + request.getRequestURI() + " " + request.getServletPath() + " "
					+ request.getPathInfo() + " " + request.getQueryString() + " " + pattern(request));
		tell("forward", request, response);
		tell("include", request, response);
	}

	private static void tell(String kind, HttpServletRequest request, HttpServletResponse response) throws IOException {
		String prefix = "jakarta.servlet." + kind + ".";
		if (request.getAttribute(prefix + "request_uri") != null) {
			HttpServletMapping mapping = (HttpServletMapping) request.getAttribute(prefix + "mapping");
			response.getWriter()
				.print("|" + kind + " " + request.getAttribute(prefix + "request_uri") + " "
						+ request.getAttribute(prefix + "context_path") + " "
						+ request.getAttribute(prefix + "servlet_path") + " "
						+ request.getAttribute(prefix + "path_info") + " "
						+ request.getAttribute(prefix + "query_string") + " " + mapping.getPattern());
		}
	}

	private static String pattern(HttpServletRequest request) {
		return request.getHttpServletMapping().getPattern();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/second/x     | FORWARD /app/second/x /second /x a=1 /second/*
			/second/x?b=2 | FORWARD /app/second/x /second /x b=2 /second/*
			../x.third    | FORWARD /app/first/../x.third /x.third null a=1 *.third
			/second/y%20z | FORWARD /app/second/y%20z /second /y z a=1 /second/*
			""")
	void whoIsForwardedToSeesItsOwnPathAndIsToldTheOther(String path, String expected) throws Exception {
		try (TestServer server = start(
				(request, response) -> request.getRequestDispatcher(path).forward(request, response))) {
			assertThat(server.get("/app/first/info?a=1").body()).startsWith(expected + "|")
				.endsWith("|forward /app/first/info /app /first /info a=1 /first/*");
		}
	}

	@Test
	void aForwardWithinAForwardTellsOfTheFirstRequest() throws Exception {
		try (TestServer server = start((request, response) -> request.getRequestDispatcher("/nested?to=/second/x&b=2")
			.forward(request, response))) {
			assertThat(server.get("/app/first?a=1").body()).isEqualTo(
					"FORWARD /app/second/x /second /x c=3 /second/*|forward /app/first /app /first null a=1 /first/*");
		}
	}

	@Test
	void whoIsIncludedSeesThePathOfTheRequestAndIsToldItsOwn() throws Exception {
		try (TestServer server = start((request, response) -> {
			request.getRequestDispatcher("/second/x?b=2").include(request, response);
			response.getWriter().print("|" + request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
		})) {
			assertThat(server.get("/app/first/info?a=1").body())
				.isEqualTo("INCLUDE /app/first/info /first /info a=1 /first/*"
						+ "|include /app/second/x /app /second /x b=2 /second/*|null");
		}
	}

	@Test
	void anIncludeWithinAnIncludeTellsOfTheInnerOne() throws Exception {
		try (TestServer server = start((request, response) -> {
			request.getRequestDispatcher("/nested?to=/second/x&include=1").include(request, response);
			response.getWriter().print("|" + request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI));
		})) {
			assertThat(server.get("/app/first").body()).isEqualTo(
					"INCLUDE /app/first /first null null /first/*|include /app/second/x /app /second /x c=3 /second/*|null");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "forward", "include" })
	void whoIsNamedSeesThePathOfTheRequestAndIsToldNothing(String kind) throws Exception {
		try (TestServer server = start((request, response) -> {
			RequestDispatcher dispatcher = request.getServletContext().getNamedDispatcher("second");
			if (kind.equals("forward")) {
				dispatcher.forward(request, response);
			}
			else {
				dispatcher.include(request, response);
			}
		})) {
			assertThat(server.get("/app/first/info?a=1").body())
				.isEqualTo(kind.toUpperCase(Locale.ROOT) + " /app/first/info /first /info a=1 /first/*");
		}
	}

	@Test
	void whoIsNamedWithinAnIncludeIsNotToldOfIt() throws Exception {
		try (TestServer server = start(
				(request, response) -> request.getRequestDispatcher("/nested?name=second&include=1")
					.include(request, response))) {
			assertThat(server.get("/app/first").body()).isEqualTo("INCLUDE /app/first /first null null /first/*");
		}
	}

	@Test
	void whoIsForwardedToWithinAnIncludeIsNotIncluded() throws Exception {
		try (TestServer server = start((request, response) -> {
			response.getWriter().print("forgotten");
			request.getRequestDispatcher("/nested?to=/second/x").include(request, response);
			assertThat(response.isCommitted()).isTrue();
		})) {
			assertThat(server.get("/app/first?a=1").body()).isEqualTo(
					"FORWARD /app/second/x /second /x c=3 /second/*|forward /app/first /app /first null a=1 /first/*");
		}
	}

	@Test
	void parametersOfTheDispatchComeFirstAndLastAsLongAsItDoes() throws Exception {
		AtomicReference<List<String>> after = new AtomicReference<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "first", (request, response) -> {
				request.getRequestDispatcher("/second?a=2&b=3").include(request, response);
				after.set(Arrays.asList(request.getParameterValues("a")));
				assertThat(request.getParameter("b")).isNull();
			}, "/first");
			TestServer.add(application, "second", (request, response) -> {
				request.getRequestDispatcher("/third?a=4").include(request, response);
				response.getWriter().print(Arrays.toString(request.getParameterValues("a")));
			}, "/second");
			TestServer
				.add(application, "third",
						(request, response) -> response.getWriter()
							.print(Arrays.toString(request.getParameterValues("a")) + request.getParameter("b")),
						"/third");
		})) {
			Response response = server.post("/first?a=1", "application/x-www-form-urlencoded", "a=0");
			assertThat(response.body()).isEqualTo("[4, 2, 1, 0]3[2, 1, 0]");
			assertThat(after.get()).containsExactly("1", "0");
		}
	}

	@Test
	void aDispatchWithAQueryLeavesTheBodyAlone() throws Exception {
		try (TestServer server = start((request, response) -> {
			request.getRequestDispatcher("/second?a=1").include(request, response);
			response.resetBuffer();
			response.getWriter().print(new String(request.getInputStream().readAllBytes()));
		})) {
			assertThat(server.post("/app/first", "application/x-www-form-urlencoded", "b=2").body()).isEqualTo("b=2");
		}
	}

	@Test
	void whoIsIncludedCannotTouchTheHead() throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "first", (request, response) -> {
				response.setContentType("text/plain");
				response.setHeader("X-A", "1");
				response.getWriter().print("<");
				request.getRequestDispatcher("/second").include(request, response);
				response.setHeader("X-B", "1");
				response.getWriter().print(">");
			}, "/first");
			TestServer.add(application, "second", (request, response) -> {
				response.setHeader("X-A", "2");
				response.addHeader("X-C", "2");
				response.addCookie(new Cookie("a", "b"));
				response.setStatus(299);
				response.setContentType("text/html");
				response.setCharacterEncoding("UTF-16");
				response.setLocale(Locale.CHINA);
				response.setContentLength(1);
				response.sendError(410);
				response.sendRedirect("/elsewhere");
				response.reset();
				response.getWriter().print("within");
			}, "/second");
		})) {
			Response response = server.get("/first");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("<within>");
			assertThat(response.header("content-type")).isEqualTo("text/plain;charset=ISO-8859-1");
			assertThat(response.header("x-a")).isEqualTo("1");
			assertThat(response.header("x-b")).isEqualTo("1");
			assertThat(response.headers()).doesNotContainKeys("x-c", "set-cookie", "location", "content-language");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "forward", "include" })
	void whatTheTargetThrowsComesAsItIs(String kind) throws Exception {
		for (Exception thrown : List.of(new IOException("io"), new ServletException("servlet"),
				new IllegalStateException("unchecked"))) {
			try (TestServer server = TestServer.start((application) -> {
				TestServer.add(application, "first", (request, response) -> {
					RequestDispatcher dispatcher = request.getRequestDispatcher("/second");
					try {
						if (kind.equals("forward")) {
							dispatcher.forward(request, response);
						}
						else {
							dispatcher.include(request, response);
						}
					}
					catch (IOException | ServletException | RuntimeException ex) {
						response.getWriter().print(ex == thrown);
					}
				}, "/first");
				TestServer.add(application, "second", (request, response) -> {
					if (thrown instanceof IOException io) {
						throw io;
					}
					if (thrown instanceof ServletException servlet) {
						throw servlet;
					}
					throw (RuntimeException) thrown;
				}, "/second");
			})) {
				assertThat(server.get("/first").body()).isEqualTo("true");
			}
		}
	}

	@Test
	void theTargetGetsTheVeryObjectsThatWerePassed() throws Exception {
		AtomicReference<Object> passed = new AtomicReference<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "first", (request, response) -> {
				HttpServletRequestWrapper wrapper = new HttpServletRequestWrapper(request);
				HttpServletResponseWrapper wrapped = new HttpServletResponseWrapper(response);
				passed.set(List.of(wrapper, wrapped));
				request.getRequestDispatcher("/second").forward(wrapper, wrapped);
			}, "/first");
			TestServer.add(application, "second",
					(request, response) -> response.getWriter().print(List.of(request, response).equals(passed.get())),
					"/second");
		})) {
			assertThat(server.get("/first").body()).isEqualTo("true");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void nothingIsAddedAfterAForward(boolean wrapped) throws Exception {
		try (TestServer server = start((request, response) -> {
			HttpServletResponse given = wrapped ? new HttpServletResponseWrapper(response) : response;
			request.getRequestDispatcher("/second").forward(request, given);
			given.getWriter().print("late");
			response.getWriter().print("late");
			response.setHeader("X-Late", "1");
			assertThat(response.isCommitted()).isTrue();
		})) {
			Response response = server.get("/app/first");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).startsWith("FORWARD").doesNotContain("late");
			assertThat(response.headers()).doesNotContainKey("x-late");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anErrorAfterAForwardStillGetsItsPage(boolean wrapped) throws Exception {
		try (TestServer server = start((request, response) -> {
			HttpServletResponse given = wrapped ? new HttpServletResponseWrapper(response) : response;
			request.getRequestDispatcher("/second").forward(request, given);
			throw new IllegalStateException("after the forward");
		})) {
			Response response = server.get("/app/first");
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo(DefaultErrorPage.html(500, null));
		}
	}

	@Test
	void aWrapperThatKeepsTheContentMayPassItOnAfterAForward() throws Exception {
		try (TestServer server = start((request, response) -> {
			StringWriter content = new StringWriter();
			HttpServletResponse keeping = new HttpServletResponseWrapper(response) {

				@Override
				public PrintWriter getWriter() {
					return new PrintWriter(content);
				}

			};
			request.getRequestDispatcher("/second").forward(request, keeping);
			response.setHeader("X-Length", Integer.toString(content.toString().length()));
			response.getWriter().print("<" + content + ">");
		})) {
			Response response = server.get("/app/first");
			assertThat(response.body()).startsWith("<FORWARD").endsWith(">");
			assertThat(response.header("x-length")).isEqualTo("" + (response.body().length() - 2));
		}
	}

	@Test
	void aWrapperThatEndsItsContentIsClosedByAForward() throws Exception {
		AtomicReference<byte[]> expected = new AtomicReference<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "first", (request, response) -> {
				request.getRequestDispatcher("/second").forward(request, new Gzipped(response));
				ByteArrayOutputStream zipped = new ByteArrayOutputStream();
				try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
					out.write("content".getBytes());
				}
				expected.set(zipped.toByteArray());
			}, "/first");
			TestServer.add(application, "second", (request, response) -> response.getOutputStream().print("content"),
					"/second");
		})) {
			assertThat(server.get("/first").header("content-length")).isEqualTo("" + expected.get().length);
		}
	}

	private static final class Gzipped extends HttpServletResponseWrapper {

		private @Nullable GzippedStream stream;

		Gzipped(HttpServletResponse response) {
			super(response);
		}

		@Override
		public ServletOutputStream getOutputStream() throws IOException {
			GzippedStream known = this.stream;
			if (known == null) {
				known = new GzippedStream(new GZIPOutputStream(getResponse().getOutputStream()));
				this.stream = known;
			}
			return known;
		}

		@Override
		public PrintWriter getWriter() {
			throw new IllegalStateException("getOutputStream was called");
		}

	}

	private static final class GzippedStream extends ServletOutputStream {

		private final GZIPOutputStream out;

		GzippedStream(GZIPOutputStream out) {
			this.out = out;
		}

		@Override
		public void write(int octet) throws IOException {
			this.out.write(octet);
		}

		@Override
		public void close() throws IOException {
			this.out.close();
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			throw new IllegalStateException("Not in this test");
		}

	}

}
