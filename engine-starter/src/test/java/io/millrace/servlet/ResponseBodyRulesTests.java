package io.millrace.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of when a response is committed and closed, and what may be called then (Servlet
 * 6.1 §5.1, §5.3, §5.7), over real sockets.
 */
class ResponseBodyRulesTests {

	// What came of each call.
	private static List<String> outcomes(Call... calls) {
		List<String> outcomes = new ArrayList<>();
		for (Call call : calls) {
			try {
				call.run();
				outcomes.add("ok");
			}
			catch (Exception | AssertionError ex) {
				outcomes.add(ex.getClass().getSimpleName());
			}
		}
		return outcomes;
	}

	@ParameterizedTest
	@ValueSource(strings = { "error", "redirect", "forward", "close", "length" })
	void whoHasEndedTheResponseHasNoSayInItAnyMore(String how) throws Exception {
		CompletableFuture<List<String>> told = new CompletableFuture<>();
		try (TestServer server = TestServer.start((application) -> {
			TestServer.add(application, "target", (request, response) -> response.getWriter().print("body"), "/target");
			TestServer.add(application, "first", (request, response) -> {
				switch (how) {
					case "error" -> response.sendError(410);
					case "redirect" -> {
						response.getWriter().print("body");
						response.sendRedirect("/there", 303, false);
					}
					case "forward" -> request.getRequestDispatcher("/target").forward(request, response);
					case "close" -> {
						response.getWriter().print("body");
						response.getWriter().close();
					}
					default -> {
						response.setContentLength(4);
						response.getWriter().print("body");
					}
				}
				boolean committed = response.isCommitted();
				told.complete(outcomes(response::resetBuffer, response::reset, () -> response.setBufferSize(99_999),
						() -> response.sendError(411), () -> response.sendRedirect("/x"),
						() -> response.setTrailerFields(Map::of),
						() -> request.getRequestDispatcher("/target").forward(request, response), response::flushBuffer,
						() -> response.setStatus(299), () -> response.setHeader("X-Late", "1"),
						() -> response.getWriter().print("late"), () -> assertThat(committed).isTrue()));
			}, "/");
		})) {
			Response response = server.get("/");
			assertThat(response.body()).doesNotContain("late").contains(how.equals("error") ? "410" : "body");
			assertThat(response.status())
				.isEqualTo(Map.of("error", 410, "redirect", 303, "forward", 200, "close", 200, "length", 200).get(how));
			assertThat(response.headers()).doesNotContainKey("x-late");
			List<String> outcomes = told.get(10, TimeUnit.SECONDS);
			assertThat(outcomes.subList(0, 7)).containsOnly("IllegalStateException");
			assertThat(outcomes.subList(7, 12)).containsOnly("ok");
		}
	}

	@Test
	void whoWritesToAClosedStreamIsTold() throws Exception {
		CompletableFuture<List<String>> told = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			response.getOutputStream().print("body");
			response.getOutputStream().close();
			told.complete(outcomes(() -> response.getOutputStream().write(1),
					() -> response.getOutputStream().write(new byte[2]), () -> response.getOutputStream().print("late"),
					() -> response.getOutputStream().flush(), () -> response.getOutputStream().close()));
		})) {
			assertThat(server.get("/").body()).isEqualTo("body");
			assertThat(told.get(10, TimeUnit.SECONDS)).containsExactly("IOException", "IOException", "IOException",
					"ok", "ok");
		}
	}

	@Test
	void aClosedWriterHasAnErrorWhenItIsWrittenTo() throws Exception {
		CompletableFuture<List<Boolean>> told = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			List<Boolean> errors = new ArrayList<>();
			response.getWriter().print("body");
			errors.add(response.getWriter().checkError());
			response.getWriter().close();
			errors.add(response.getWriter().checkError());
			response.getWriter().print("late");
			errors.add(response.getWriter().checkError());
			told.complete(errors);
		})) {
			assertThat(server.get("/").body()).isEqualTo("body");
			assertThat(told.get(10, TimeUnit.SECONDS)).containsExactly(false, false, true);
		}
	}

	@Test
	void whatIsBeyondTheLengthIsDropped() throws Exception {
		CompletableFuture<List<Boolean>> told = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			List<Boolean> committed = new ArrayList<>();
			response.setContentLength(4);
			response.getOutputStream().print("12");
			committed.add(response.isCommitted());
			response.getOutputStream().print("3456");
			committed.add(response.isCommitted());
			response.getOutputStream().print("7");
			response.getOutputStream().flush();
			told.complete(committed);
		}); RawClient client = server.client()) {
			assertThat(client.get("/").receive().body()).isEqualTo("1234");
			assertThat(client.get("/").receive().body()).isEqualTo("1234");
			assertThat(told.get(10, TimeUnit.SECONDS)).containsExactly(false, true);
		}
	}

	@Test
	void aLengthThatIsThereAlreadyClosesTheResponse() throws Exception {
		CompletableFuture<Boolean> committed = new CompletableFuture<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			response.getOutputStream().print("1234");
			response.setContentLength(4);
			response.setHeader("X-Late", "1");
			committed.complete(response.isCommitted());
		})) {
			Response response = server.get("/");
			assertThat(response.body()).isEqualTo("1234");
			assertThat(response.headers()).doesNotContainKey("x-late");
			assertThat(committed.get(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void aLengthOfZeroClosesNothingBeforeSomethingIsWritten() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentLength(0);
			assertThat(response.isCommitted()).isFalse();
			response.setHeader("X-Kept", "1");
			response.getOutputStream().print("dropped");
		})) {
			Response response = server.get("/");
			assertThat(response.header("x-kept")).isEqualTo("1");
			assertThat(response.body()).isEmpty();
		}
	}

	@Test
	void aBodyThatIsTooShortEndsTheConnection() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentLength(10);
			response.getOutputStream().print("1234");
		}); RawClient client = server.client()) {
			assertThat(client.get("/").readAll()).contains("Content-Length: 10").endsWith("\r\n\r\n1234");
		}
	}

	@Test
	void theBufferIsNeverSmallerThanWhatAnErrorPageNeeds() throws Exception {
		List<Object> seen = new ArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			seen.add(response.getBufferSize());
			response.setBufferSize(13);
			seen.add(response.getBufferSize());
			response.setBufferSize(20_000);
			seen.add(response.getBufferSize());
			response.getOutputStream().write(new byte[10_000]);
			seen.addAll(outcomes(() -> response.setBufferSize(30_000)));
			response.resetBuffer();
			seen.addAll(outcomes(() -> response.setBufferSize(30_000)));
			seen.add(response.getBufferSize());
		})) {
			assertThat(server.get("/").body()).isEmpty();
			assertThat(seen).containsExactly(8192, 8192, 20_000, "IllegalStateException", "ok", 30_000);
		}
	}

	@Test
	void aResetGivesStreamAndWriterBackAndAResetOfTheBufferDoesNot() throws Exception {
		List<String> outcomes = new ArrayList<>();
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setContentType("text/html;charset=UTF-8");
			response.setTrailerFields(() -> Map.of("X-T", "1"));
			response.getWriter().print("forgotten");
			response.resetBuffer();
			outcomes.addAll(outcomes(response::getOutputStream));
			response.reset();
			assertThat(response.getContentType()).isNull();
			assertThat(response.getTrailerFields()).isNull();
			response.getOutputStream().print("kept");
			outcomes.addAll(outcomes(response::getWriter));
		})) {
			Response response = server.get("/");
			assertThat(response.body()).isEqualTo("kept");
			assertThat(response.headers()).doesNotContainKeys("content-type", "trailer-x-t");
			assertThat(outcomes).containsExactly("IllegalStateException", "IllegalStateException");
		}
	}

	@Test
	void trailersNeedABodyInChunks() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.setHeader("Transfer-Encoding", "chunked");
			response.setContentLength(4);
			response.setTrailerFields(() -> Map.of("myTrailer", "foo"));
			response.getWriter().print(response.getTrailerFields().get());
		}); RawClient client = server.client()) {
			client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
			assertThat(client.readAll()).doesNotContain("Content-Length")
				.endsWith("\r\n\r\n4\r\n{myT\r\n0\r\nmyTrailer: foo\r\n\r\n");
		}
	}

	@Test
	void http10KnowsNoTrailers() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> response.getWriter()
			.print(outcomes(() -> response.setTrailerFields(() -> Map.of("a", "b")))));
				RawClient client = server.client()) {
			client.send("GET / HTTP/1.0\r\n\r\n");
			assertThat(client.readAll()).endsWith("\r\n\r\n[IllegalStateException]");
		}
	}

	@ParameterizedTest
	@CsvSource({ "/there,http://localhost/there", "there,http://localhost/app/a/there",
			"../there,http://localhost/app/there", "?a=b,http://localhost/app/a/b?a=b",
			"//other/there,http://other/there", "https://other/there?a=b,https://other/there?a=b",
			"/with space,http://localhost/with%20space", "/with%20space,http://localhost/with%20space",
			"./x/../there,http://localhost/app/a/there" })
	void aRedirectIsAbsolute(String location, String expected) throws Exception {
		try (TestServer server = TestServer.start(TestServer.options().contextPath("/app"),
				(application) -> TestServer.add(application, "servlet", (request, response) -> {
					response.getWriter().print("forgotten");
					response.sendRedirect(location);
				}, "/"))) {
			Response response = server.get("/app/a/b");
			assertThat(response.status()).isEqualTo(302);
			assertThat(response.header("location")).isEqualTo(expected);
			assertThat(response.body()).isEmpty();
		}
	}

	@Test
	void everyKindOfRedirectHasItsStatusAndBody() throws Exception {
		try (TestServer server = TestServer.serving((request, response) -> {
			response.getWriter().print("body");
			switch (request.getServletPath()) {
				case "/status" -> response.sendRedirect("/x", 307);
				case "/keep" -> response.sendRedirect("/x", false);
				case "/both" -> response.sendRedirect("/x", 301, false);
				case "/null" -> response.getWriter().print(outcomes(() -> response.sendRedirect(null)));
				default -> response.sendRedirect("/x", true);
			}
		})) {
			assertThat(server.get("/status")).satisfies(redirect(307, ""));
			assertThat(server.get("/keep")).satisfies(redirect(302, "body"));
			assertThat(server.get("/both")).satisfies(redirect(301, "body"));
			assertThat(server.get("/plain")).satisfies(redirect(302, ""));
			assertThat(server.get("/null").body()).isEqualTo("body[IllegalArgumentException]");
		}
	}

	private static ThrowingConsumer<Response> redirect(int status, String body) {
		return (response) -> {
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo(body);
			assertThat(response.header("location")).isEqualTo("http://localhost/x");
		};
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@SuppressWarnings("removal")
	void headIsTheHeadOfGet(boolean legacy) throws Exception {
		try (TestServer server = TestServer.start((application) -> {
			var registration = application.addServlet("servlet", new GetServlet());
			registration.addMapping("/");
			registration.setInitParameter(HttpServlet.LEGACY_DO_HEAD, Boolean.toString(legacy));
		}); RawClient client = server.client()) {
			client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
			Response head = client.receiveHead();
			Response get = client.get("/").receive();
			assertThat(head.header("content-length")).isEqualTo("4");
			assertThat(head.header("x-a")).isEqualTo("1");
			assertThat(get.body()).isEqualTo("body");
			assertThat(get.header("content-length")).isEqualTo("4");
		}
	}

	private interface Call {

		void run() throws Exception;

	}

	private static final class GetServlet extends HttpServlet {

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			response.setHeader("X-A", "1");
			response.getWriter().print("body");
		}

	}

}
