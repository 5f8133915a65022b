package io.millrace.boot.autoconfigure.reactive;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import io.millrace.boot.MillraceWebServer;
import io.millrace.core.http.Route;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A WebFlux application with Reactor Netty still on the class path.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReactiveServerTests {

	@Test
	void anApplicationIsServedByMillraceAndSaysSo(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			ReactiveWebServerApplicationContext server = (ReactiveWebServerApplicationContext) context;
			assertThat(server.getWebServer()).isInstanceOf(MillraceWebServer.class);
			assertThat(get(context, "/hello").body()).isEqualTo("hello");
			String port = context.getEnvironment().getProperty("local.server.port");
			assertThat(output).contains("Millrace started on port " + port + " (http)" + System.lineSeparator());
			assertThat(output).containsPattern("Transport \\w+ with \\d+ event loops?, worker mode inline");
		}
	}

	@Test
	void aRouteIsServedBeforeTheApplication() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			assertThat(get(context, "/fast").body()).isEqualTo("fast");
		}
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext context, String path)
			throws IOException, InterruptedException {
		String port = context.getEnvironment().getProperty("local.server.port");
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					HttpResponse.BodyHandlers.ofString());
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.REACTIVE)
			.properties("server.port=0")
			.properties(properties)
			.run();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@RestController
	static class Application {

		@GetMapping("/hello")
		Mono<String> hello() {
			return Mono.just("hello");
		}

		@Bean
		Route fast() {
			return Route.get("/fast", (exchange) -> exchange.responseBody()
				.write(Unpooled.copiedBuffer("fast", StandardCharsets.UTF_8), true));
		}

	}

}
