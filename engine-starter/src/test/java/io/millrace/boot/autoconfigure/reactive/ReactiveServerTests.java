package io.millrace.boot.autoconfigure.reactive;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.MillraceWebServer;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.core.http.Route;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyWebServer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.WebSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A WebFlux application with Reactor Netty and Tomcat still on the class path.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReactiveServerTests {

	@Test
	void anApplicationIsServedByMillraceAndSaysSo(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.reactive(Application.class)) {
			assertThat(server.webServer()).isInstanceOf(MillraceWebServer.class);
			assertThat(server.context().getBeanNamesForType(ReactiveWebServerFactory.class)).hasSize(1);
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			assertThat(output).containsPattern("Millrace started on port " + server.port() + " \\(http\\)\\R");
			assertThat(output).containsPattern("Transport \\w+ with \\d+ event loops?, worker mode inline");
		}
	}

	@Test
	void withMillraceDisabledTheApplicationHasItsOldServerBack() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "millrace.enabled=false")) {
			assertThat(server.webServer()).isInstanceOf(NettyWebServer.class);
			assertThat(server.get("/thread").body()).startsWith("reactor-http");
			assertThat(server.context().getBean(ReactorResourceFactory.class).isUseGlobalResources()).isTrue();
		}
	}

	@Test
	void aFactoryOfTheApplicationsOwnStandsAboveMillrace() throws Exception {
		try (TestServer server = TestServer.reactive(OwnFactory.class)) {
			assertThat(server.webServer()).isInstanceOf(NettyWebServer.class);
			assertThat(server.get("/hello").body()).isEqualTo("hello");
		}
	}

	@Test
	void aRouteIsServedBeforeTheApplication() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class)) {
			assertThat(server.get("/fast").body()).isEqualTo("fast");
		}
	}

	@Test
	void aCustomizerOfTheApplicationComesAfterTheProperties() {
		try (TestServer server = TestServer.reactive(Customized.class, "millrace.event-loops=1")) {
			assertThat(server.millrace().getEngine().eventLoopCount()).isEqualTo(3);
		}
	}

	@Test
	void theServerHeaderIsSentAsToServletApplications() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "server.server-header=desk")) {
			assertThat(server.get("/hello").headers().firstValue("Server")).hasValue("desk");
		}
		try (TestServer server = TestServer.reactive(Application.class)) {
			assertThat(server.get("/hello").headers().firstValue("Server")).isEmpty();
		}
	}

	@Test
	void mimeMappingsHoldForStaticResources() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "server.mime-mappings.java=text/x-source",
				"spring.web.resources.static-locations=file:src/test/java/io/millrace/boot/autoconfigure/")) {
			assertThat(server.get("/TestServer.java").headers().firstValue("Content-Type")).hasValue("text/x-source");
		}
	}

	@Test
	void headersLargerThanAllowedAreRefused() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "server.max-http-request-header-size=1KB")) {
			assertThat(server.get("/hello", "X-Large", "x".repeat(900)).statusCode()).isEqualTo(200);
			assertThat(server.get("/hello", "X-Large", "x".repeat(1100)).statusCode()).isEqualTo(431);
		}
	}

	@Test
	void forwardedHeadersAreBelievedWithTheNativeStrategy() throws Exception {
		String[] forwarded = { "X-Forwarded-Proto", "https", "X-Forwarded-Host", "example.com", "X-Forwarded-For",
				"203.0.113.5" };
		try (TestServer server = TestServer.reactive(Application.class, "server.forward-headers-strategy=native")) {
			assertThat(server.get("/origin", forwarded).body()).isEqualTo("https://example.com/origin 203.0.113.5");
		}
		try (TestServer server = TestServer.reactive(Application.class, "server.forward-headers-strategy=native",
				"millrace.forwarded.trusted-proxies=192.0.2.1")) {
			assertThat(server.get("/origin", forwarded).body()).startsWith("http://localhost:");
		}
		try (TestServer server = TestServer.reactive(Application.class, "server.forward-headers-strategy=framework")) {
			assertThat(server.get("/origin", forwarded).body()).startsWith("https://example.com/origin");
		}
		try (TestServer server = TestServer.reactive(Application.class)) {
			assertThat(server.get("/origin", forwarded).body()).startsWith("http://localhost:");
		}
	}

	@Test
	void theSessionCookieIsAsTheReactivePropertiesSay() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "server.reactive.session.cookie.name=DESK",
				"server.reactive.session.cookie.same-site=strict")) {
			assertThat(server.get("/session").headers().firstValue("Set-Cookie")).get()
				.asString()
				.startsWith("DESK=")
				.contains("SameSite=Strict");
		}
	}

	@Test
	void aCallOfAWebClientIsMadeByTheLoopThatServesTheRequest() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class)) {
			List<String> threads = List.of(server.get("/call").body().split(" "));
			assertThat(threads).hasSize(2);
			assertThat(threads.get(0)).startsWith("millrace-loop").isEqualTo(threads.get(1));
		}
	}

	@Test
	void blockingOnAnEventLoopIsRefusedByReactor() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class)) {
			assertThat(server.get("/block").body()).contains("block()", "not supported in thread millrace-loop");
		}
	}

	@Test
	void theManagementServerHasAPortOfItsOwnAndNoRoutes(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "management.server.port=0")) {
			assertThat(server.managementPort()).isNotEqualTo(server.port());
			assertThat(server.get(server.managementPort(), "/actuator/health").body()).contains("UP");
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(404);
			assertThat(server.get(server.managementPort(), "/fast").statusCode()).isEqualTo(404);
			assertThat(output).contains("Millrace started on port " + server.managementPort() + " (http)");
			assertThat(output).doesNotContain("Tomcat", "Netty started");
		}
	}

	@Test
	void keysOfOtherServersAreNamedOnce(CapturedOutput output) {
		try (TestServer server = TestServer.reactive(Application.class, "management.server.port=0",
				"server.netty.idle-timeout=5s")) {
			assertThat(server.webServer()).isInstanceOf(MillraceWebServer.class);
			assertThat(output)
				.containsOnlyOnce("Not applied, since Millrace serves this application: server.netty.idle-timeout");
		}
	}

	@Test
	void theOtherEngineIsReactorNettyTunedByTheSameProperties(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "millrace.engine=reactor-netty",
				"millrace.http1.max-request-line-size=100B", "millrace.event-loops=1", "millrace.transport=nio",
				"millrace.worker.max-threads=5", "millrace.timeouts.write=5s")) {
			assertThat(server.webServer()).isInstanceOf(NettyWebServer.class);
			assertThat(server.get("/thread").body()).isEqualTo(server.get("/thread").body())
				.startsWith("millrace-loop");
			assertThat(server.get("/hello?" + "x".repeat(50)).statusCode()).isEqualTo(200);
			HttpResponse<String> tooLong = server.get("/hello?" + "x".repeat(200));
			assertThat(tooLong.statusCode()).isEqualTo(414);
			assertThat(server.get("/fast").statusCode()).isEqualTo(404);
			assertThat(output).containsPattern("Not applied, since Reactor Netty serves this application: .*"
					+ "millrace.timeouts.write, millrace.worker.max-threads, beans of type io.millrace.core.http.Route")
				.doesNotContain("millrace.event-loops", "millrace.transport", "max-request-line-size");
			assertThat(output).doesNotContain("Millrace serves this application");
		}
	}

	@Test
	void aRequestThatLastsLongerThanThePhaseOfShutdownIsCut(CapturedOutput output) throws Exception {
		TestServer server = TestServer.reactive(Application.class, "spring.lifecycle.timeout-per-shutdown-phase=100ms");
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
		try (TestServer server = TestServer.reactive(Application.class)) {
			server.context().stop();
			assertThat(server.webServer().getPort()).isEqualTo(-1);
			server.context().start();
			assertThat(server.get(server.webServer().getPort(), "/call").body()).contains("millrace-loop");
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

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class OwnFactory {

		@Bean
		ReactiveWebServerFactory ownFactory() {
			return new NettyReactiveWebServerFactory(0);
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

	@RestController
	static class Controller {

		private final ObjectProvider<ReactorResourceFactory> resources;

		Controller(ObjectProvider<ReactorResourceFactory> resources) {
			this.resources = resources;
		}

		@GetMapping("/never")
		Mono<String> never() {
			System.out.println("never has begun");
			return Mono.never();
		}

		@GetMapping("/hello")
		Mono<String> hello() {
			return Mono.just("hello");
		}

		@GetMapping("/thread")
		String thread() {
			return Thread.currentThread().getName();
		}

		@GetMapping("/origin")
		String origin(ServerHttpRequest request) {
			return request.getURI() + " " + request.getRemoteAddress().getHostString();
		}

		@GetMapping("/session")
		String session(WebSession session) {
			session.getAttributes().put("a", "b");
			return "session";
		}

		@GetMapping("/call")
		Mono<String> call(ServerHttpRequest request) {
			String mine = Thread.currentThread().getName();
			return WebClient.builder()
				.baseUrl("http://localhost:" + request.getLocalAddress().getPort())
				.clientConnector(new ReactorClientHttpConnector(this.resources.getObject(), (client) -> client))
				.build()
				.get()
				.uri("/hello")
				.retrieve()
				.bodyToMono(String.class)
				.map((answer) -> mine + " " + Thread.currentThread().getName());
		}

		@GetMapping("/block")
		String block() {
			try {
				return Mono.delay(Duration.ofMillis(1)).thenReturn("blocked").block();
			}
			catch (IllegalStateException ex) {
				return ex.getMessage();
			}
		}

	}

}
