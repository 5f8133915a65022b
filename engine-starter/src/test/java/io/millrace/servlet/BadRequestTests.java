package io.millrace.servlet;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What bad input gets: a clear status, from the error page of the application where it
 * has asked for the input, and nothing of it for the others.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestTests {

	private static final String FORM = "application/x-www-form-urlencoded";

	private static final String MULTIPART = "multipart/form-data; boundary=x";

	private TestServer server;

	@BeforeAll
	void start() throws Exception {
		this.server = TestServer.start(TestServer.options().errorPages(List.of(ErrorPage.forAll("/page"))),
				(application) -> {
					TestServer.add(application, "all",
							(request, response) -> response.getWriter().print("a is " + request.getParameter("a")),
							"/");
					TestServer.add(application, "parts", (request, response) -> {
						for (Part part : request.getParts()) {
							response.getWriter().print(part.getName() + " ");
						}
					}, "/parts").setMultipartConfig(new MultipartConfigElement("", 1000, 20_000, 100));
					TestServer
						.add(application, "write",
								(request, response) -> request.getPart("f")
									.write(String.valueOf(request.getPart("f").getSubmittedFileName())),
								"/write")
						.setMultipartConfig(new MultipartConfigElement(""));
					TestServer
						.add(application, "page",
								(request, response) -> response.getWriter()
									.print("page " + request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE)),
								"/page");
				});
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/../a", "/a/../../b", "/%2e%2e/a", "/a/%2E./b", "/a\\b", "/a%5cb", "/a%2fb", "/a/..;x/b",
			"/a/;x/b", "/%00", "/a%0d%0aX:y", "/a%c0%ae%c0%ae/b", "/a%e2%82", "/a%", "/a%zz", "/a;x=%2f", "/a#b",
			"http://localhost/a/%2e%2e/b", "/a[b]" })
	void aSuspiciousPathIsRefused(String target) throws Exception {
		assertThat(this.server.get(target).status()).isEqualTo(400);
		assertThat(this.server.get("/?a=1").body()).isEqualTo("a is 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/%252e%252e/a", "/a//b", "//a", "/a/../b", "/a;b=c", "http://localhost/a" })
	void anUnusualPathIsServed(String target) throws Exception {
		assertThat(this.server.get(target).body()).isEqualTo("a is null");
	}

	@Test
	void tooManyParametersAreRefused() throws Exception {
		assertPage(400, this.server.post("/", FORM, "p=1&".repeat(10_000)));
		// The query has its own bound before: the longest request line.
		assertThat(this.server.get("/?" + "p=1&".repeat(10_000)).status()).isEqualTo(414);
		assertPage(400, this.server.get("/?" + "p&".repeat(1001)));
		assertPage(400, this.server.post("/?" + "p&".repeat(600), FORM, "p&".repeat(600)));
	}

	@Test
	void parametersWhoseNamesHaveOneHashAreNoTrouble() throws Exception {
		StringBuilder form = new StringBuilder("a=found");
		for (int i = 0; i < 512; i++) {
			form.append('&');
			for (int bit = 0; bit < 9; bit++) {
				form.append(((i >> bit) & 1) == 0 ? "Aa" : "BB");
			}
			form.append("=1");
		}
		assertThat(this.server.post("/", FORM, form.toString()).body()).isEqualTo("a is found");
	}

	@Test
	void whatCannotBeDecodedIsRefused() throws Exception {
		assertPage(400, this.server.get("/?a=%zz"));
		assertPage(400, this.server.get("/?a=%c3"));
		assertPage(400, this.server.post("/", FORM + ";charset=UTF-8", "a=%c0%ae"));
		assertPage(400, this.server.post("/", FORM, "a=%"));
	}

	@Test
	void aFormThatIsTooLargeIsRefused() throws Exception {
		String large = "a=" + "x".repeat(2 * 1024 * 1024);
		try (RawClient client = this.server.client()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: " + FORM + "\r\nContent-Length: 3000000\r\n\r\n");
			assertPage(413, client.receive());
		}
		try (RawClient client = this.server.client()) {
			client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: " + FORM + "\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ Integer.toHexString(large.length()) + "\r\n" + large + "\r\n");
			assertPage(413, client.receive());
		}
	}

	@Test
	void moreCookiesThanAHeaderHoldsAreRefused() throws Exception {
		assertThat(this.server.get("/", Map.of("Cookie", "a=b; ".repeat(10_000))).status()).isEqualTo(431);
	}

	@Test
	void tooManyPartsAreRefused() throws Exception {
		assertPage(413, this.server.post("/parts", MULTIPART, field("f", "1").repeat(51) + "--x--\r\n"));
		assertPage(413, this.server.post("/parts", MULTIPART, "--x\r\n\r\n\r\n".repeat(1000) + "--x--\r\n"));
		assertThat(this.server.post("/parts", MULTIPART, field("f", "1").repeat(3) + "--x--\r\n").body())
			.isEqualTo("f f f ");
	}

	@Test
	void whatIsTooLargeInAPartIsRefused() throws Exception {
		String header = "--x\r\nContent-Disposition: form-data; name=\"f\"\r\nX: " + "y".repeat(600) + "\r\n\r\n1\r\n";
		assertPage(413, this.server.post("/parts", MULTIPART, header + "--x--\r\n"));
		assertPage(413, this.server.post("/parts", MULTIPART, field("f", "1".repeat(1001)) + "--x--\r\n"));
		assertPage(413, this.server.post("/parts", MULTIPART, field("f", "1".repeat(900)).repeat(30) + "--x--\r\n"));
	}

	@Test
	void aMalformedUploadIsRefused() throws Exception {
		assertPage(400, this.server.post("/parts", "multipart/form-data", field("f", "1") + "--x--\r\n"));
		assertPage(400, this.server.post("/parts", MULTIPART, field("f", "1") + "--x"));
		assertPage(400, this.server.post("/parts", MULTIPART, field("f", "1") + "--xy\r\n"));
	}

	@Test
	void aFileIsNotWrittenWhereItsNameLeads() throws Exception {
		for (String name : List.of("../../x", "/tmp/millrace-traversal", "..", "a/../../x")) {
			String part = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" + name + "\"\r\n\r\n1\r\n";
			assertPage(500, this.server.post("/write", MULTIPART, part + "--x--\r\n"));
		}
		assertThat(Path.of("/tmp/millrace-traversal")).doesNotExist();
	}

	@Test
	void whatIsNoUploadHasNoParts() throws Exception {
		TestServer.Handler handler = (request, response) -> {
			assertThatExceptionOfType(ServletException.class).isThrownBy(request::getParts);
			assertThatExceptionOfType(ServletException.class).isThrownBy(() -> request.getPart("f"));
			response.getWriter().print("done");
		};
		try (TestServer other = TestServer.start((application) -> TestServer.add(application, "a", handler, "/")
			.setMultipartConfig(new MultipartConfigElement("")))) {
			assertThat(other.post("/", "text/plain; boundary=x", field("f", "1")).body()).isEqualTo("done");
		}
		TestServer.Handler unconfigured = (request, response) -> {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(request::getParts);
			assertThat(request.getParameter("f")).isNull();
			response.getWriter().print(request.getInputStream().readAllBytes().length);
		};
		try (TestServer other = TestServer.serving(unconfigured)) {
			String body = field("f", "1") + "--x--\r\n";
			assertThat(other.post("/", MULTIPART, body).body()).isEqualTo("" + body.length());
		}
	}

	@Test
	void partsAreFieldsAndFiles() throws Exception {
		TestServer.Handler handler = (request, response) -> {
			response.setCharacterEncoding("UTF-8");
			assertThat(request.getParameter("xyz")).isEqualTo("1234567abcdefg");
			assertThat(request.getParameter("f")).isNull();
			assertThat(request.getParameter("own")).isEqualTo("\u20ac");
			for (Part part : request.getParts()) {
				assertThat(request.getPart(part.getName())).isSameAs(part);
				assertThat(part.getHeader("none")).isNull();
				assertThat(part.getHeaders("none")).isEmpty();
				assertThat(part.getHeader("Content-TYPE")).isEqualTo(part.getContentType());
				response.getWriter()
					.print(part.getName() + " " + part.getSubmittedFileName() + " " + part.getSize() + " "
							+ part.getHeaderNames() + "|");
			}
			request.getParts().clear();
			assertThat(request.getParts()).hasSize(4);
			assertThat(request.getPart("none")).isNull();
		};
		try (TestServer other = TestServer.start((application) -> TestServer.add(application, "a", handler, "/")
			.setMultipartConfig(new MultipartConfigElement("")))) {
			String type = "\r\nContent-Type: text/plain\r\n\r\n";
			String body = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"test.txt\"" + type + "abc\r\n"
					+ "--x\r\nContent-Disposition: form-data; name=\"g\"; filename=\"=?UTF-8?Q?=C3=A4_b?=\"\r\n\r\nabc\r\n"
					+ "--x\r\nContent-Disposition: form-data; name=\"xyz\"" + type + "1234567abcdefg\r\n"
					+ "--x\r\nContent-Disposition: form-data; name=\"own\"\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n"
					+ "\u00e2\u0082\u00ac\r\n--x--\r\n";
			Response response = other.post("/", MULTIPART, body);
			assertThat(response.body()).isEqualTo("f test.txt 3 [content-disposition, content-type]|"
					+ "g \u00e4 b 3 [content-disposition]|xyz null 14 [content-disposition, content-type]|"
					+ "own null 3 [content-disposition, content-type]|");
		}
	}

	@Test
	void aFieldOfAnUploadIsBoundedAsAFormIs() throws Exception {
		TestServer.Handler handler = (request, response) -> response.getWriter().print(request.getParameter("f"));
		try (TestServer other = TestServer.start(TestServer.options().maxFormSize(100),
				(application) -> TestServer.add(application, "a", handler, "/")
					.setMultipartConfig(new MultipartConfigElement("")))) {
			assertThat(other.post("/", MULTIPART, field("f", "1".repeat(100)) + "--x--\r\n").status()).isEqualTo(200);
			assertThat(other.post("/", MULTIPART, field("f", "1".repeat(60)).repeat(2) + "--x--\r\n").status())
				.isEqualTo(413);
		}
	}

	private static String field(String name, String value) {
		return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
	}

	private static void assertPage(int status, Response response) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).isEqualTo("page " + status);
	}

}
