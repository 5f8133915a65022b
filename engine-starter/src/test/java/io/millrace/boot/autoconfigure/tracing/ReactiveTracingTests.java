package io.millrace.boot.autoconfigure.tracing;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.tracing.Tracer;
import io.millrace.boot.autoconfigure.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Traces of a WebFlux application, from the header of the client to a collector.
 */
@Timeout(120)
class ReactiveTracingTests {

	// Spring Boot switches it on for all of the process.
	@AfterEach
	void noPropagationForOthers() {
		Hooks.disableAutomaticContextPropagation();
	}

	private static TestServer start(OtlpCollector collector, String... properties) {
		return TestServer.reactive(Application.class,
				collector.properties(properties, "spring.reactor.context-propagation=auto",
						"millrace.routes[0].pattern=/blocking", "millrace.routes[0].mode=pool"));
	}

	@Test
	void theTraceOfTheClientGoesOnAndEndsWithTheRequest() throws Exception {
		Map<String, String> modes = Map.of("/now", "inline", "/later", "inline", "/stream", "inline", "/blocking",
				"pool");
		try (OtlpCollector collector = new OtlpCollector()) {
			try (TestServer server = start(collector)) {
				for (String path : modes.keySet()) {
					HttpResponse<String> response = server.get(path, ClientTrace.HEADER);
					assertThat(response.statusCode()).isEqualTo(200);
					assertThat(response.body()).as(path)
						.contains(ClientTrace.ID + "/" + ClientTrace.ID)
						.doesNotContain("nothing");
					// The next one has the same threads.
					assertThat(server.get("/next").body()).isNotEmpty().doesNotContain(ClientTrace.ID);
				}
				assertThat(server.context().getBean(Application.class).left).isEmpty();
				assertThat(Meters.tags(server.context(), "/now")).contains("uri", "status")
					.noneMatch((tag) -> tag.startsWith("millrace"));
			}
			modes.forEach((path, mode) -> {
				Span span = collector.traced(path);
				assertThat(span.parentSpanId()).isEqualTo(ClientTrace.SPAN);
				assertThat(span.attributes()).containsEntry("millrace.mode", mode)
					.containsEntry("millrace.priority", "normal")
					.containsKeys("millrace.queue.wait", "millrace.queue.wait.ms");
			});
		}
	}

	@Test
	void theMeterHasTheTagsWhereTheyAreAskedFor() throws Exception {
		try (OtlpCollector collector = new OtlpCollector();
				TestServer server = start(collector, "millrace.tracing.metric-tags=true")) {
			server.get("/now");
			assertThat(Meters.tags(server.context(), "/now")).contains("uri", "status")
				.contains("millrace.mode", "millrace.priority", "millrace.queue.wait")
				.doesNotContain("millrace.queue.wait.ms");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

		// What the threads of requests remember of others.
		private final Set<String> left = ConcurrentHashMap.newKeySet();

		@Bean
		HttpHandlerDecoratorFactory first() {
			return (handler) -> (request, response) -> {
				if (MDC.get("traceId") != null) {
					this.left.add(Thread.currentThread() + " has " + MDC.getCopyOfContextMap());
				}
				return handler.handle(request, response);
			};
		}

	}

	@RestController
	static class Controller {

		private final Tracer tracer;

		Controller(Tracer tracer) {
			this.tracer = tracer;
		}

		private String seen() {
			return ClientTrace.seen(this.tracer);
		}

		@GetMapping({ "/now", "/next" })
		Mono<String> now() {
			return Mono.fromSupplier(this::seen);
		}

		@GetMapping("/later")
		Mono<String> later() {
			return Mono.delay(Duration.ofMillis(1)).map((tick) -> seen());
		}

		@GetMapping("/stream")
		Flux<String> stream() {
			return Flux.interval(Duration.ofMillis(1)).take(3).map((tick) -> seen() + "\n");
		}

		@GetMapping("/blocking")
		Mono<String> blocking() {
			return Mono.just(Thread.currentThread().getName()).map((thread) -> seen());
		}

	}

}
