package io.millrace.boot.autoconfigure;

import io.millrace.boot.MillraceWebServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.test.AutoConfigureWebServer;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Boot's test support finds of us, and an application that has nothing to serve.
 */
class TestSupportTests {

	private static String get(int port) {
		return RestClient.create("http://localhost:" + port).get().uri("/hello").retrieve().body(String.class);
	}

	@Test
	void anApplicationWithoutWebStackStartsAsBefore() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--spring.main.banner-mode=off")) {
			assertThat(context.getBeanNamesForType(ServletWebServerFactory.class)).isEmpty();
			assertThat(context.getBeanNamesForType(MillraceProperties.class)).isEmpty();
		}
	}

	@Nested
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { TestServer.NO_SECURITY, "spring.main.web-application-type=servlet" })
	class AServletApplication {

		@Test
		void hasItsRandomPort(@LocalServerPort int port, @Autowired WebServerApplicationContext context) {
			assertThat(context.getWebServer()).isInstanceOf(MillraceWebServer.class);
			assertThat(get(port)).isEqualTo("hello");
		}

	}

	@Nested
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { TestServer.NO_SECURITY, "spring.main.web-application-type=reactive" })
	class AReactiveApplication {

		@Test
		void hasItsRandomPort(@LocalServerPort int port, @Autowired WebServerApplicationContext context) {
			assertThat(context.getWebServer()).isInstanceOf(MillraceWebServer.class);
			assertThat(get(port)).isEqualTo("hello");
		}

	}

	@Nested
	@SpringBootTest(classes = ServletSlice.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = "spring.main.web-application-type=servlet")
	@AutoConfigureWebServer
	class AServletSlice {

		@Test
		void isServedByMillrace(@LocalServerPort int port, @Autowired WebServerApplicationContext context) {
			assertThat(context.getWebServer()).isInstanceOf(MillraceWebServer.class);
			assertThat(get(port)).isEqualTo("hello");
		}

	}

	@Nested
	@SpringBootTest(classes = ReactiveSlice.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = "spring.main.web-application-type=reactive")
	@AutoConfigureWebServer
	class AReactiveSlice {

		@Test
		void isServedByMillrace(@LocalServerPort int port, @Autowired WebServerApplicationContext context) {
			assertThat(context.getWebServer()).isInstanceOf(MillraceWebServer.class);
			WebTestClient.bindToServer()
				.baseUrl("http://localhost:" + port)
				.build()
				.get()
				.uri("/hello")
				.exchange()
				.expectStatus()
				.isNoContent();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ WebMvcAutoConfiguration.class, DispatcherServletAutoConfiguration.class })
	@Import(Controller.class)
	static class ServletSlice {

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveSlice {

		@Bean
		HttpHandler handler() {
			return (request, response) -> {
				response.setRawStatusCode(204);
				return Mono.empty();
			};
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

	}

}
