package io.millrace.servlet;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.millrace.core.RawClient;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletRegistration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.context.ContextLoaderListener;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.CharacterEncodingFilter;
import org.springframework.web.filter.FormContentFilter;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.multipart.support.StandardServletMultipartResolver;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring MVC with its usual filters on the bridge, every feature over real sockets.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MvcTests {

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();

	private TestServer server;

	@BeforeAll
	void start() throws Exception {
		ServletOptions.Builder options = TestServer.options().errorPages(List.of(ErrorPage.forAll("/error-page")));
		this.server = TestServer.start(options, (application) -> {
			this.context.register(Application.class);
			application.addListener(new ContextLoaderListener(this.context));
			TestServer.addFilter(application, "encoding", new CharacterEncodingFilter("UTF-8", true), "/*");
			TestServer.addFilter(application, "form", new FormContentFilter(), "/*");
			TestServer.addFilter(application, "context", new RequestContextFilter(), "/*");
			TestServer.addFilter(application, "etag", new ShallowEtagHeaderFilter(), "/json/*", DispatcherType.REQUEST,
					DispatcherType.FORWARD);
			ServletRegistration.Dynamic dispatcher = application.addServlet("dispatcher",
					new DispatcherServlet(this.context));
			dispatcher.setAsyncSupported(true);
			dispatcher.setMultipartConfig(new MultipartConfigElement("", 1000, 2000, 10));
			dispatcher.addMapping("/");
		});
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	private HttpRequest.Builder to(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.server.port() + path));
	}

	private HttpResponse<String> get(String path, String... headers) throws Exception {
		HttpRequest.Builder request = to(path);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String path, String type, String body) throws Exception {
		return this.http.send(to(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)).build(),
				BodyHandlers.ofString());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/text                 | 200 | hello
			/text?say=%C3%A4      | 200 | \u00e4
			/json/ann             | 200 | {"name":"ann","year":3}
			/conflict             | 409 | handled seats
			/send-error           | 403 | {"status":403,"type":"ERROR"}
			/nowhere              | 404 | {"status":404,"type":"ERROR"}
			/fail                 | 500 | {"status":500,"type":"ERROR"}
			/forward              | 200 | forwarded
			/include              | 200 | [hello]
			/callable             | 200 | called
			/callable-fails       | 409 | handled in the callable
			/deferred             | 200 | {"name":"deferred","year":1}
			/deferred-late        | 503 | {"status":503,"type":"ERROR"}
			/deferred-fallback    | 200 | fallback
			/task-late            | 200 | timed out
			/emitter              | 200 | ab
			/emitter-fails        | 409 | handled in the emitter
			/static/file.txt      | 200 | static text
			""")
	void everyKindOfHandlerAnswers(String path, int status, String body) throws Exception {
		HttpResponse<String> response = get(path, "Accept", "application/json,text/plain,*/*");
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()
			.strip()
			.replaceAll("\\{\"type\":\"(\\w+)\",\"status\":(\\d+)\\}", "{\"status\":$2,\"type\":\"$1\"}"))
			.isEqualTo(body);
	}

	@Test
	void plainTextIsOneWriteOfKnownLength() throws Exception {
		HttpResponse<String> response = get("/text");
		assertThat(response.headers().firstValue("Content-Length")).hasValue("5");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain;charset=ISO-8859-1");
	}

	@Test
	void jsonIsReadValidatedAndWritten() throws Exception {
		HttpResponse<String> created = post("/json", "application/json", "{\"name\":\"bob\",\"year\":2}");
		assertThat(created.statusCode()).isEqualTo(201);
		assertThat(created.body()).isEqualTo("{\"name\":\"bob\",\"year\":2}");
		HttpResponse<String> invalid = post("/json", "application/json", "{\"name\":\"\",\"year\":2}");
		assertThat(invalid.statusCode()).isEqualTo(400);
		assertThat(invalid.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(invalid.body()).contains("invalid 1");
		assertThat(post("/json", "application/json", "{").statusCode()).isEqualTo(400);
		assertThat(post("/json", "text/plain", "x").statusCode()).isEqualTo(415);
	}

	@Test
	void formsAreBoundWhateverTheMethod() throws Exception {
		String type = "application/x-www-form-urlencoded";
		assertThat(post("/form", type, "name=%C3%A4&year=4").body()).isEqualTo("\u00e44");
		HttpRequest put = to("/form").header("Content-Type", type).PUT(BodyPublishers.ofString("name=x")).build();
		assertThat(this.http.send(put, BodyHandlers.ofString()).body()).isEqualTo("put x");
	}

	@Test
	void anEtagSavesTheBodyTheSecondTime() throws Exception {
		String etag = get("/json/ann").headers().firstValue("ETag").orElseThrow();
		HttpResponse<String> second = get("/json/ann", "If-None-Match", etag);
		assertThat(second.statusCode()).isEqualTo(304);
		assertThat(second.body()).isEmpty();
	}

	@Test
	void staticResourcesHaveRangesAndDates() throws Exception {
		HttpResponse<String> whole = get("/static/file.txt");
		String modified = whole.headers().firstValue("Last-Modified").orElseThrow();
		assertThat(get("/static/file.txt", "If-Modified-Since", modified).statusCode()).isEqualTo(304);
		HttpResponse<String> range = get("/static/file.txt", "Range", "bytes=7-10");
		assertThat(range.statusCode()).isEqualTo(206);
		assertThat(range.body()).isEqualTo("text");
		assertThat(get("/static/../application.yml").statusCode()).isGreaterThanOrEqualTo(400);
	}

	@Test
	void cookiesAndLocaleComeThrough() throws Exception {
		HttpResponse<String> first = get("/cookies");
		assertThat(first.body()).isEqualTo("none");
		assertThat(first.headers().firstValue("Set-Cookie").orElseThrow()).startsWith("seen=yes")
			.contains("Max-Age=60")
			.contains("SameSite=Lax");
		assertThat(get("/cookies", "Cookie", "a=b; seen=yes").body()).isEqualTo("yes");
		assertThat(get("/locale", "Accept-Language", "en;q=0.5, de-CH, fr;q=0.8").body()).isEqualTo("de-CH");
	}

	@Test
	void aSessionAndItsFlashAttributesLiveFromRequestToRequest() throws Exception {
		String cookie = cookie(get("/session"));
		assertThat(get("/session", "Cookie", cookie).body()).isEqualTo("2");
		HttpResponse<String> redirect = get("/redirect", "Cookie", cookie);
		assertThat(redirect.statusCode()).isEqualTo(302);
		String location = redirect.headers().firstValue("Location").orElseThrow();
		assertThat(location).isEqualTo("http://localhost:" + this.server.port() + "/flash");
		assertThat(get("/flash", "Cookie", cookie).body()).isEqualTo("remembered");
		assertThat(get("/flash", "Cookie", cookie).body()).isEmpty();
	}

	private static String cookie(HttpResponse<String> response) {
		String header = response.headers().firstValue("Set-Cookie").orElseThrow();
		return header.substring(0, header.indexOf(';'));
	}

	@Test
	void filesAreUploadedWithinTheirLimits() throws Exception {
		assertThat(upload("some content").body()).isEqualTo("the title file.txt 12 some content");
		assertThat(upload("x".repeat(1001)).statusCode()).isEqualTo(413);
		assertThat(upload("ok").statusCode()).isEqualTo(200);
	}

	private HttpResponse<String> upload(String content) throws Exception {
		String body = """
				--cut\r
				Content-Disposition: form-data; name="title"\r
				\r
				the title\r
				--cut\r
				Content-Disposition: form-data; name="file"; filename="file.txt"\r
				Content-Type: text/plain\r
				\r
				%s\r
				--cut--\r
				""".formatted(content);
		return post("/upload", "multipart/form-data; boundary=cut", body);
	}

	@Test
	void eventsAndStreamsArrivePartByPart() throws Exception {
		HttpResponse<String> events = get("/sse");
		assertThat(events.headers().firstValue("Content-Type")).hasValue("text/event-stream;charset=UTF-8");
		assertThat(events.body()).isEqualTo("event:one\ndata:1\n\ndata:{\"name\":\"two\",\"year\":2}\n\n");
		assertThat(get("/streaming").body()).isEqualTo("line 0\nline 1\nline 2\n");
	}

	@Test
	void anEmitterIsToldWhenItsClientLeaves() throws Exception {
		MvcController controller = this.context.getBean(MvcController.class);
		try (RawClient client = this.server.client()) {
			client.get("/sse-forever").receiveHead();
			assertThat(new String(client.in().readNBytes(15), StandardCharsets.UTF_8)).contains("data:hello");
		}
		Awaitility.await().until(() -> controller.ends.containsAll(List.of("sse error", "sse completed")));
	}

	@Test
	void aDeferredResultIsToldOfItsCompletion() throws Exception {
		MvcController controller = this.context.getBean(MvcController.class);
		get("/deferred");
		Awaitility.await().until(() -> controller.ends.contains("deferred"));
	}

	@Test
	void headAndOptionsAreAnswered() throws Exception {
		HttpResponse<Void> head = this.http.send(to("/text").method("HEAD", BodyPublishers.noBody()).build(),
				BodyHandlers.discarding());
		assertThat(head.headers().firstValue("Content-Length")).hasValue("5");
		HttpResponse<Void> options = this.http.send(to("/text").method("OPTIONS", BodyPublishers.noBody()).build(),
				BodyHandlers.discarding());
		assertThat(options.headers().firstValue("Allow"))
			.hasValueSatisfying((allow) -> assertThat(allow).contains("GET"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	@Import({ MvcController.class, MvcController.Views.class })
	static class Application implements WebMvcConfigurer {

		@Bean
		StandardServletMultipartResolver multipartResolver() {
			return new StandardServletMultipartResolver();
		}

		@Override
		public void addResourceHandlers(ResourceHandlerRegistry registry) {
			registry.addResourceHandler("/static/**").addResourceLocations("classpath:/mvc-static/");
		}

	}

}
