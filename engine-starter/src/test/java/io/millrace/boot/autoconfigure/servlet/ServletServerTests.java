package io.millrace.boot.autoconfigure.servlet;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.MillraceWebServer;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.servlet.MillraceServletWebServerFactory;
import io.millrace.core.http.Route;
import io.netty.buffer.Unpooled;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.MimeMappings;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.servlet.config.annotation.DefaultServletHandlerConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A Spring MVC application with Tomcat still on the class path.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServletServerTests {

	@Test
	void anApplicationIsServedByMillraceAndSaysSo(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.webServer()).isInstanceOf(MillraceWebServer.class);
			assertThat(server.context().getBeanNamesForType(ServletWebServerFactory.class)).hasSize(1);
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			assertThat(output).contains("Millrace started on port " + server.port() + " (http) with context path '/'");
			assertThat(output).containsPattern(
					"Transport \\w+ with \\d+ event loops?, " + "worker mode pool \\(max 200 threads, queue 16384\\)");
			assertThat(output).doesNotContain("Tomcat");
		}
	}

	@Test
	void withMillraceDisabledTheApplicationHasItsOldServerBack() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "millrace.enabled=false")) {
			assertThat(server.webServer()).isInstanceOf(TomcatWebServer.class);
			assertThat(server.get("/hello").body()).isEqualTo("hello");
		}
	}

	@Test
	void aFactoryOfTheApplicationsOwnStandsAboveMillrace() throws Exception {
		try (TestServer server = TestServer.servlet(OwnFactory.class, "management.server.port=0")) {
			assertThat(server.webServer()).isInstanceOf(TomcatWebServer.class);
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			assertThat(server.get(server.managementPort(), "/actuator/health").body()).contains("UP");
		}
	}

	@Test
	void theContextPathIsThatOfTheApplication(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "server.servlet.context-path=/desk",
				"server.servlet.application-display-name=Desk", "server.servlet.context-parameters.a=b")) {
			assertThat(server.get("/desk/hello").body()).isEqualTo("hello");
			assertThat(server.get("/desk/context").body()).isEqualTo("Desk b");
			assertThat(server.get("/hello").statusCode()).isEqualTo(404);
			assertThat(output).contains("with context path '/desk'");
		}
	}

	@Test
	void aRouteIsServedBeforeTheApplication() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.get("/fast").body()).isEqualTo("fast");
		}
	}

	@Test
	void aCustomizerOfTheApplicationComesAfterTheProperties() {
		try (TestServer server = TestServer.servlet(Customized.class, "millrace.event-loops=1")) {
			assertThat(server.millrace().getEngine().eventLoopCount()).isEqualTo(3);
		}
	}

	@Test
	void theServerHeaderIsSent() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "server.server-header=desk")) {
			assertThat(server.get("/hello").headers().firstValue("Server")).hasValue("desk");
		}
	}

	@Test
	void anErrorIsShownOnTheErrorPage() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.get("/fail", "Accept", "text/html").body()).contains("Whitelabel Error Page");
			assertThat(server.get("/nowhere", "Accept", "application/json").body()).contains("\"status\":404");
		}
	}

	@Test
	void forwardedHeadersAreBelievedWithTheNativeStrategy() throws Exception {
		String[] forwarded = { "X-Forwarded-Proto", "https", "X-Forwarded-Host", "example.com", "X-Forwarded-For",
				"203.0.113.5" };
		try (TestServer server = TestServer.servlet(Application.class, "server.forward-headers-strategy=native")) {
			assertThat(server.get("/origin", forwarded).body())
				.isEqualTo("https://example.com/origin 203.0.113.5 true");
		}
		try (TestServer server = TestServer.servlet(Application.class, "server.forward-headers-strategy=native",
				"millrace.forwarded.trusted-proxies=192.0.2.1")) {
			assertThat(server.get("/origin", forwarded).body()).startsWith("http://localhost:").endsWith("false");
		}
		try (TestServer server = TestServer.servlet(Application.class, "server.forward-headers-strategy=framework")) {
			assertThat(server.get("/origin", forwarded).body()).startsWith("https://example.com/origin");
		}
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.get("/origin", forwarded).body()).startsWith("http://localhost:").endsWith("false");
		}
	}

	@Test
	void theSessionCookieIsAsThePropertiesSay() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "server.servlet.session.cookie.name=DESK",
				"server.servlet.session.cookie.same-site=strict", "server.servlet.session.cookie.http-only=true",
				"server.servlet.session.timeout=7m")) {
			assertThat(server.get("/session").headers().allValues("Set-Cookie")).satisfiesExactlyInAnyOrder(
					(cookie) -> assertThat(cookie).startsWith("DESK=").contains("SameSite=Strict", "HttpOnly"),
					(cookie) -> assertThat(cookie).startsWith("other=").contains("SameSite=Lax"));
			assertThat(server.get("/session").body()).isEqualTo("420");
		}
	}

	@Test
	void mimeMappingsHold() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "server.mime-mappings.java=text/x-source",
				"spring.web.resources.static-locations=file:src/test/java/io/millrace/boot/autoconfigure/")) {
			assertThat(server.get("/TestServer.java").headers().firstValue("Content-Type")).get()
				.asString()
				.startsWith("text/x-source");
		}
	}

	@Test
	void theDefaultServletSendsFilesOfTheDocumentRootWhereAskedFor(@TempDir Path root) throws Exception {
		Files.writeString(root.resolve("desk.xxcss"), "body {}");
		MillraceServletWebServerFactory factory = new MillraceServletWebServerFactory(0);
		MimeMappings mimeMappings = new MimeMappings();
		mimeMappings.add("xxcss", "text/css");
		factory.setDocumentRoot(root.toFile());
		factory.setMimeMappings(mimeMappings);
		factory.setRegisterDefaultServlet(true);
		WebServer server = factory.getWebServer();
		server.start();
		try (InputStream content = open(server, "/desk.xxcss")) {
			assertThat(content).hasContent("body {}");
			assertThat(URI.create("http://localhost:" + server.getPort() + "/desk.xxcss").toURL().openConnection())
				.extracting(URLConnection::getContentType)
				.isEqualTo("text/css");
			assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> open(server, "/"));
		}
		finally {
			server.stop();
			server.destroy();
		}
	}

	private static InputStream open(WebServer server, String path) throws IOException {
		return URI.create("http://localhost:" + server.getPort() + path).toURL().openStream();
	}

	@Test
	void theDefaultServletIsBehindSpringMvc() throws Exception {
		try (TestServer server = TestServer.servlet(DefaultHandling.class,
				"server.servlet.register-default-servlet=true", "spring.web.resources.add-mappings=false")) {
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			assertThat(server.get("/desk.txt").body()).isEqualTo("from the default servlet");
			assertThat(server.get("/nothing.txt").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void theManagementServerHasAPortOfItsOwnAndNoRoutes(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "management.server.port=0",
				"management.server.base-path=/admin")) {
			assertThat(server.managementPort()).isNotEqualTo(server.port());
			assertThat(server.get(server.managementPort(), "/admin/actuator/health").body()).contains("UP");
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(404);
			assertThat(server.get(server.managementPort(), "/fast").statusCode()).isEqualTo(404);
			assertThat(output).contains("Millrace started on port " + server.managementPort() + " (http)");
			assertThat(output).doesNotContain("Tomcat");
		}
	}

	@Test
	void aCallOfAWebClientIsMadeByALoopOfTheServer() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.get("/call").body()).startsWith("millrace-loop");
		}
	}

	@Test
	void aListenerCanBeAddedWhenTheAnswerWasFasterThanTheFilters() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.get("/dispatched").body()).isEqualTo("hello");
		}
	}

	@Test
	void persistentSessionsSurviveARestartWithTheClassesOfTheApplication(@TempDir Path directory) throws Exception {
		String[] properties = { "server.servlet.session.persistent=true",
				"server.servlet.session.store-dir=" + directory };
		assertThatVisitsAreKept(Application.class, properties);
	}

	@Test
	void sessionsSurviveARestartByTheDevelopmentTools(@TempDir Path directory) throws Exception {
		assertThatVisitsAreKept(DevelopmentTools.class, "server.servlet.session.store-dir=" + directory);
	}

	private static void assertThatVisitsAreKept(Class<?> application, String... properties) throws Exception {
		String cookie;
		try (TestServer server = TestServer.servlet(application, properties)) {
			HttpResponse<String> first = server.get("/visits");
			assertThat(first.body()).isEqualTo("1");
			cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
		}
		try (TestServer server = TestServer.servlet(application, properties)) {
			assertThat(server.get("/visits", "Cookie", cookie).body()).isEqualTo("2");
		}
	}

	@Test
	void sessionsEndWithTheApplicationUnlessSomebodyWantsToKeepThem(@TempDir Path directory) throws Exception {
		try (TestServer server = TestServer.servlet(Application.class,
				"server.servlet.session.store-dir=" + directory)) {
			assertThat(server.get("/visits").body()).isEqualTo("1");
		}
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void thereAreNoMoreSessionsThanThePropertyAllows() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "millrace.servlet.max-sessions=1")) {
			assertThat(server.get("/visits").statusCode()).isEqualTo(200);
			HttpResponse<String> refused = server.get("/visits");
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.body()).contains("\"status\":503");
		}
	}

	@Test
	void aRequestThatLastsLongerThanThePhaseOfShutdownIsCut(CapturedOutput output) throws Exception {
		TestServer server = TestServer.servlet(Application.class, "spring.lifecycle.timeout-per-shutdown-phase=100ms");
		try (Socket socket = server.send("/never")) {
			await().untilAsserted(() -> assertThat(output).contains("never has begun"));
			server.close();
			assertThat(output).contains("Graceful shutdown aborted with one or more requests still active");
			assertThatNoAnswerComes(socket);
			assertThat(server.webServer().getPort()).isEqualTo(-1);
		}
	}

	private static void assertThatNoAnswerComes(Socket socket) {
		try {
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	@Test
	void anApplicationCanBeStoppedAndStartedAgain() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			server.context().stop();
			assertThat(server.webServer().getPort()).isEqualTo(-1);
			server.context().start();
			assertThat(server.get(server.webServer().getPort(), "/hello").body()).isEqualTo("hello");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

		@Bean
		Route fast() {
			return Route.get("/fast", (exchange) -> exchange.responseBody()
				.write(Unpooled.copiedBuffer("fast", StandardCharsets.UTF_8), true));
		}

		@Bean
		CookieSameSiteSupplier lax() {
			return CookieSameSiteSupplier.ofLax().whenHasName("other");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class OwnFactory {

		@Bean
		ServletWebServerFactory ownFactory() {
			return new TomcatServletWebServerFactory(0);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class DefaultHandling implements WebMvcConfigurer {

		@Override
		public void configureDefaultServletHandling(DefaultServletHandlerConfigurer configurer) {
			configurer.enable();
		}

		@Bean
		WebServerFactoryCustomizer<MillraceServletWebServerFactory> documentRoot() throws IOException {
			Path root = Files.createTempDirectory("millrace-test");
			Files.writeString(root.resolve("desk.txt"), "from the default servlet");
			return (factory) -> factory.setDocumentRoot(root.toFile());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class Customized {

		@Bean
		EngineCustomizer threeLoops() {
			return (builder) -> builder.eventLoops(3);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class DevelopmentTools {

		@Bean
		static BeanFactoryPostProcessor tools(ConfigurableEnvironment environment) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("devtools", Map.of("server.servlet.session.persistent", "true")));
			return (beanFactory) -> {
			};
		}

	}

	record Visits(int count) implements Serializable {

	}

	static class AsyncListenerAdapter implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
		}

		@Override
		public void onTimeout(AsyncEvent event) {
		}

		@Override
		public void onError(AsyncEvent event) {
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
		}

	}

	@RestController
	static class Controller {

		private final ObjectProvider<ReactorResourceFactory> resources;

		Controller(ObjectProvider<ReactorResourceFactory> resources) {
			this.resources = resources;
		}

		@GetMapping("/never")
		String never() throws InterruptedException {
			System.out.println("never has begun");
			new CountDownLatch(1).await();
			return "never";
		}

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@GetMapping("/fail")
		String fail() {
			throw new IllegalStateException("on purpose");
		}

		@GetMapping("/context")
		String context(HttpServletRequest request) {
			return request.getServletContext().getServletContextName() + " "
					+ request.getServletContext().getInitParameter("a");
		}

		@GetMapping("/origin")
		String origin(HttpServletRequest request) {
			return request.getRequestURL() + " " + request.getRemoteAddr() + " " + request.isSecure();
		}

		@GetMapping("/session")
		String session(HttpSession session, HttpServletResponse response) {
			response.addCookie(new Cookie("other", "1"));
			return Integer.toString(session.getMaxInactiveInterval());
		}

		@GetMapping("/visits")
		int visits(HttpSession session) {
			Visits before = (Visits) session.getAttribute("visits");
			Visits visits = new Visits((before != null) ? before.count() + 1 : 1);
			session.setAttribute("visits", visits);
			return visits.count();
		}

		@GetMapping("/dispatched")
		void dispatched(HttpServletRequest request) {
			AsyncContext async = request.startAsync();
			async.dispatch("/hello");
			async.addListener(new AsyncListenerAdapter());
		}

		@GetMapping("/call")
		String call(HttpServletRequest request) {
			return WebClient.builder()
				.baseUrl("http://localhost:" + request.getLocalPort())
				.clientConnector(new ReactorClientHttpConnector(this.resources.getObject(), (client) -> client))
				.build()
				.get()
				.uri("/hello")
				.retrieve()
				.bodyToMono(String.class)
				.map((answer) -> Thread.currentThread().getName())
				.block();
		}

	}

}
