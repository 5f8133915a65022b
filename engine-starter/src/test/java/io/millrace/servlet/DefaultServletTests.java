package io.millrace.servlet;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import io.millrace.core.RawClient;
import io.millrace.core.RawClient.Response;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.DefaultServletHandlerConfigurer;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link DefaultServlet} over real sockets.
 */
class DefaultServletTests {

	private static final String CHANGED = "Sun, 06 Nov 1994 08:49:37 GMT";

	@TempDir
	private Path temp;

	private Path root;

	@BeforeEach
	void createFiles() throws IOException {
		this.root = Files.createDirectories(this.temp.resolve("root"));
		file("desk.txt", "0123456789");
		file("empty.txt", "");
		file("folder/with space.txt", "space");
		file("WEB-INF/secret.txt", "secret");
		file("META-INF/secret.txt", "secret");
		file("error.txt", "gone");
		Files.writeString(this.temp.resolve("outside.txt"), "outside");
	}

	private void file(String name, String content) throws IOException {
		Path file = this.root.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
		Files.setLastModifiedTime(file, FileTime.fromMillis(HttpDates.parse(CHANGED) + 500));
	}

	private TestServer start(Consumer<ServletApplication> registrations) throws Exception {
		return TestServer.start(options(), registrations);
	}

	private ServletOptions.Builder options() throws IOException {
		return TestServer.options()
			.defaultServlet(true)
			.documentRoot(this.root)
			.mimeMappings(Map.of("txt", "text/plain"));
	}

	private TestServer start() throws Exception {
		return start((application) -> {
		});
	}

	private static Response send(TestServer server, String method, String target) throws IOException {
		try (RawClient client = server.client()) {
			client.send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
			return method.equals("HEAD") ? client.receiveHead() : client.receive();
		}
	}

	@Test
	void aFileIsSentWithWhatIsKnownOfIt() throws Exception {
		try (TestServer server = start()) {
			Response response = server.get("/desk.txt?x=1");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("0123456789");
			assertThat(response.header("Content-Type")).isEqualTo("text/plain");
			assertThat(response.header("Content-Length")).isEqualTo("10");
			assertThat(response.header("Last-Modified")).isEqualTo(CHANGED);
			assertThat(response.header("ETag")).isEqualTo("W/\"10-784111777500\"");
			assertThat(response.header("Accept-Ranges")).isEqualTo("bytes");
			assertThat(server.get("/folder/with%20space.txt").body()).isEqualTo("space");
			assertThat(server.get("/empty.txt").header("Content-Length")).isEqualTo("0");
		}
	}

	@Test
	void aFileThatIsLargerThanAllBuffersIsSentWhole() throws Exception {
		String content = "0123456789abcdef".repeat(100_000);
		file("large.txt", content);
		try (TestServer server = start()) {
			assertThat(server.get("/large.txt").body()).isEqualTo(content);
		}
	}

	@Test
	void aHeadRequestGetsTheHeadOfTheGet() throws Exception {
		try (TestServer server = start(); RawClient client = server.client()) {
			Response head = client.send("HEAD /desk.txt HTTP/1.1\r\nHost: localhost\r\n\r\n").receiveHead();
			Response get = client.get("/desk.txt").receive();
			assertThat(get.body()).isEqualTo("0123456789");
			assertThat(head.headers().keySet()).isEqualTo(get.headers().keySet());
			assertThat(head.header("Content-Length")).isEqualTo("10");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "DELETE", "PATCH", "TRACE" })
	void otherMethodsAreNotAllowed(String method) throws Exception {
		try (TestServer server = start()) {
			Response response = send(server, method, "/desk.txt");
			assertThat(response.status()).isEqualTo(405);
			assertThat(response.header("Allow")).startsWith("GET, HEAD, ");
			assertThat(response.body()).doesNotContain("0123456789");
		}
	}

	@Test
	void optionsNamesTheMethods() throws Exception {
		try (TestServer server = start()) {
			Response response = send(server, "OPTIONS", "/desk.txt");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nothing.txt", "/", "/folder/", "/desk.txt/", "/desk.txt/index.html",
			"/WEB-INF/secret.txt", "/web-inf/secret.txt", "/WEB-INF", "/META-INF/secret.txt",
			"/x/../WEB-INF/secret.txt", "/%57EB-INF/secret.txt", "//WEB-INF/secret.txt", "/WEB-INF;x=1/secret.txt" })
	void whatIsNoFileForClientsIsNotFound(String path) throws Exception {
		try (TestServer server = start()) {
			assertThat(server.get(path).status()).isEqualTo(404);
		}
	}

	@Test
	void aFolderHasItsIndexAndTheSlashThatItsLinksNeed() throws Exception {
		file("index.html", "welcome");
		file("folder/index.html", "inside");
		try (TestServer server = TestServer.start(options().contextPath("/app"), (application) -> {
		})) {
			assertThat(server.get("/app/").body()).isEqualTo("welcome");
			assertThat(server.get("/app/folder/").body()).isEqualTo("inside");
			Response redirect = server.get("/app/folder?a=b");
			assertThat(redirect.status()).isEqualTo(302);
			assertThat(redirect.header("Location")).isEqualTo("http://localhost/app/folder/?a=b");
			assertThat(send(server, "POST", "/app/folder").status()).isEqualTo(405);
			assertThat(server.get("/app/WEB-INF/").status()).isEqualTo(404);
		}
	}

	@Test
	void aFolderIsNeverTakenForAnotherHost() throws Exception {
		try (TestServer server = start()) {
			Response redirect = server.get("//folder");
			assertThat(redirect.status()).isEqualTo(302);
			assertThat(redirect.header("Location")).isEqualTo("http://localhost/folder/");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/../outside.txt", "/%2e%2e/outside.txt", "/folder/..%2f..%2foutside.txt",
			"/..\\outside.txt", "/%00" })
	void noPathLeadsOutOfTheDocumentRoot(String path) throws Exception {
		try (TestServer server = start()) {
			assertThat(server.get(path).status()).isIn(400, 404);
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void aSymbolicLinkIsFollowedWithinTheDocumentRootOnly() throws Exception {
		Files.createSymbolicLink(this.root.resolve("inside-link.txt"), this.root.resolve("desk.txt"));
		Files.createSymbolicLink(this.root.resolve("link.txt"), this.temp.resolve("outside.txt"));
		Files.createSymbolicLink(this.root.resolve("up"), this.temp);
		Path linkedRoot = Files.createSymbolicLink(this.temp.resolve("linked-root"), this.root);
		try (TestServer server = TestServer.start(options().documentRoot(linkedRoot), (application) -> {
		})) {
			assertThat(server.get("/inside-link.txt").body()).isEqualTo("0123456789");
			assertThat(server.get("/link.txt").status()).isEqualTo(404);
			assertThat(server.get("/up/outside.txt").status()).isEqualTo(404);
		}
	}

	@Test
	void aFileInALibraryIsSent() throws Exception {
		Path jar = this.temp.resolve("library.jar");
		try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
			out.putNextEntry(new JarEntry("META-INF/resources/sub/"));
			out.putNextEntry(new JarEntry("META-INF/resources/sub/lib.txt"));
			out.write("library".getBytes());
		}
		try (TestServer server = TestServer.start(options().staticResources(List.of(jar.toUri().toURL())),
				(application) -> {
				})) {
			Response response = server.get("/sub/lib.txt");
			assertThat(response.body()).isEqualTo("library");
			assertThat(response.header("Content-Length")).isEqualTo("7");
			assertThat(response.header("Content-Type")).isEqualTo("text/plain");
			assertThat(response.header("ETag")).startsWith("W/\"7-");
			assertThat(server.get("/sub/lib.txt", Map.of("If-None-Match", response.header("ETag"))).status())
				.isEqualTo(304);
			assertThat(server.get("/sub/lib.txt", Map.of("Range", "bytes=2-3")).body()).isEqualTo("br");
			assertThat(server.get("/sub").status()).isEqualTo(302);
			assertThat(server.get("/sub/").status()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			If-None-Match       | W/"10-784111777500"                | 304
			If-None-Match       | "10-784111777500"                  | 304
			If-None-Match       | "other", W/"10-784111777500"       | 304
			If-None-Match       | *                                  | 304
			If-None-Match       | "other"                            | 200
			If-Modified-Since   | Sun, 06 Nov 1994 08:49:37 GMT      | 304
			If-Modified-Since   | Sun, 06 Nov 1994 08:49:36 GMT      | 200
			If-Modified-Since   | yesterday                          | 200
			If-Match            | *                                  | 200
			If-Match            | W/"10-784111777500"                | 412
			If-Unmodified-Since | Sun, 06 Nov 1994 08:49:37 GMT      | 200
			If-Unmodified-Since | Sun, 06 Nov 1994 08:49:36 GMT      | 412
			If-Unmodified-Since | tomorrow                           | 200
			""")
	void preconditionsHold(String name, String value, int status) throws Exception {
		try (TestServer server = start()) {
			Response response = server.get("/desk.txt", Map.of(name, value));
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body().equals("0123456789")).isEqualTo(status == 200);
			assertThat(response.header("ETag")).isEqualTo((status != 412) ? "W/\"10-784111777500\"" : null);
		}
	}

	@Test
	void aTagCountsMoreThanADate() throws Exception {
		try (TestServer server = start()) {
			assertThat(server.get("/desk.txt", Map.of("If-None-Match", "\"other\"", "If-Modified-Since", CHANGED))
				.status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			bytes=0-0                   | 206 | 0          | bytes 0-0/10
			bytes=2-4                   | 206 | 234        | bytes 2-4/10
			bytes=7-                    | 206 | 789        | bytes 7-9/10
			Bytes=7-100                 | 206 | 789        | bytes 7-9/10
			bytes=-2                    | 206 | 89         | bytes 8-9/10
			bytes=-100                  | 206 | 0123456789 | bytes 0-9/10
			bytes=10-                   | 416 |            | bytes */10
			bytes=-0                    | 416 |            | bytes */10
			bytes=4-2                   | 200 | 0123456789 |
			bytes=0-1,3-4               | 200 | 0123456789 |
			bytes=-                     | 200 | 0123456789 |
			bytes=0-9999999999999999999 | 200 | 0123456789 |
			lines=0-1                   | 200 | 0123456789 |
			""")
	void aSingleRangeIsSent(String range, int status, String body, String contentRange) throws Exception {
		try (TestServer server = start()) {
			Response response = server.get("/desk.txt", Map.of("Range", range));
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.body()).isEqualTo((body != null) ? body : DefaultErrorPage.html(416, null));
			assertThat(response.header("Content-Range")).isEqualTo(contentRange);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Sun, 06 Nov 1994 08:49:37 GMT | 206
			Sun, 06 Nov 1994 08:49:38 GMT | 200
			W/"10-784111777500"           | 200
			""")
	void aRangeOfAnotherVersionIsNotSent(String condition, int status) throws Exception {
		try (TestServer server = start()) {
			assertThat(server.get("/desk.txt", Map.of("Range", "bytes=2-4", "If-Range", condition)).status())
				.isEqualTo(status);
		}
	}

	@Test
	void anIncludedFileIsPartOfTheAnswer() throws Exception {
		try (TestServer server = start((application) -> {
			TestServer.add(application, "text", (request, response) -> {
				response.getWriter().print("<");
				request.getRequestDispatcher("/desk.txt").include(request, response);
				response.getWriter().print(">");
			}, "/text");
			TestServer.add(application, "bytes", (request, response) -> {
				HttpServletResponse wrapped = new HttpServletResponseWrapper(response) {

					@Override
					public void setContentLengthLong(long length) {
						throw new IllegalStateException("This is for the includer to know");
					}

				};
				response.getOutputStream().print("<");
				request.getRequestDispatcher("/desk.txt").include(request, wrapped);
				response.getOutputStream().print(">");
			}, "/bytes");
		})) {
			assertThat(server.get("/text", Map.of("Range", "bytes=2-3", "If-None-Match", "*")).body())
				.isEqualTo("<0123456789>");
			assertThat(server.post("/bytes", "text/plain", "x").body()).isEqualTo("<0123456789>");
			assertThat(server.get("/bytes").header("ETag")).isNull();
		}
	}

	@Test
	void whoIncludesAFileThatIsNotThereIsTold() throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		try (TestServer server = start((application) -> TestServer.add(application, "one", (request, response) -> {
			assertThatExceptionOfType(FileNotFoundException.class)
				.isThrownBy(() -> request.getRequestDispatcher("/nothing.txt").include(request, response))
				.satisfies(thrown::set);
			response.getWriter().print("ok");
		}, "/one"))) {
			assertThat(server.get("/one").body()).isEqualTo("ok");
			assertThat(thrown.get()).hasMessage("/nothing.txt");
		}
	}

	@Test
	void aFormMayBeAnsweredWithAFile() throws Exception {
		try (TestServer server = start((application) -> {
			TestServer.add(application, "stream",
					(request, response) -> request.getRequestDispatcher("/desk.txt").forward(request, response),
					"/stream");
			TestServer.add(application, "writer", (request, response) -> {
				response.getWriter().print("forgotten");
				request.getRequestDispatcher("/desk.txt").forward(request, response);
			}, "/writer");
		})) {
			assertThat(server.post("/stream", "text/plain", "x").body()).isEqualTo("0123456789");
			assertThat(server.post("/writer", "text/plain", "x").body()).isEqualTo("0123456789");
			assertThat(server.get("/writer", Map.of("Range", "bytes=2-3")).body()).isEqualTo("0123456789");
			assertThat(send(server, "DELETE", "/stream").status()).isEqualTo(405);
		}
	}

	@Test
	void anErrorPageKeepsTheStatusOfTheError() throws Exception {
		try (TestServer server = TestServer.start(options().errorPages(List.of(ErrorPage.forAll("/error.txt"))),
				(application) -> {
				})) {
			Response response = server.get("/nothing.txt", Map.of("If-None-Match", "*", "Range", "bytes=0-0"));
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.body()).isEqualTo("gone");
			assertThat(response.header("ETag")).isNull();
		}
	}

	@Test
	void aServletOfTheApplicationTakesThePlaceAndTheNameStays() throws Exception {
		try (TestServer server = start((application) -> {
			ServletRegistration standard = application.getServletRegistration("default");
			assertThat(standard.getMappings()).containsExactly("/");
			assertThat(standard.addMapping("/folder/*")).isEmpty();
			assertThat(
					TestServer.add(application, "own", (request, response) -> response.getWriter().print("own"), "/"))
				.isNotNull();
			assertThat(standard.getMappings()).containsExactly("/folder/*");
		})) {
			assertThat(server.get("/desk.txt").body()).isEqualTo("own");
			assertThat(server.get("/folder/with%20space.txt").body()).isEqualTo("space");
			assertThat(server.application().getNamedDispatcher("default")).isNotNull();
		}
	}

	@Test
	void aServletOfTheApplicationTakesTheName() throws Exception {
		try (TestServer server = start((application) -> TestServer.add(application, "default",
				(request, response) -> response.getWriter().print("own"), "/*"))) {
			assertThat(server.get("/desk.txt").body()).isEqualTo("own");
		}
	}

	@Test
	void thereIsNoneUnlessAskedFor() throws Exception {
		try (TestServer server = TestServer.start(options().defaultServlet(false), (application) -> {
		})) {
			assertThat(server.application().getServletRegistration("default")).isNull();
			assertThat(server.get("/desk.txt").status()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@CsvSource({ "/,", "/app/*,/app" })
	void springForwardsToItByItsName(String pattern, String prefix) throws Exception {
		file("app/desk.txt", "0123456789");
		AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
		context.register(Application.class);
		try (TestServer server = start((application) -> {
			ServletRegistration.Dynamic dispatcher = application.addServlet("dispatcher",
					new DispatcherServlet(context));
			dispatcher.setAsyncSupported(true);
			dispatcher.addMapping(pattern);
		})) {
			String path = ((prefix != null) ? prefix : "") + "/desk.txt";
			Response response = server.get(path);
			assertThat(response.body()).isEqualTo("0123456789");
			assertThat(response.header("Content-Type")).isEqualTo("text/plain");
			assertThat(server.get(path, Map.of("If-None-Match", response.header("ETag"))).status()).isEqualTo(304);
			assertThat(server.get(path + ".nothing").status()).isEqualTo(404);
			assertThat(send(server, "DELETE", path).status()).isEqualTo(405);
			assertThat(server.get("/WEB-INF/secret.txt").status()).isEqualTo(404);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	static class Application implements WebMvcConfigurer {

		@Override
		public void configureDefaultServletHandling(DefaultServletHandlerConfigurer configurer) {
			configurer.enable();
		}

	}

}
