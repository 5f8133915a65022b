package io.millrace.boot.autoconfigure.tracing;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.tracing.Tracer;
import io.millrace.boot.autoconfigure.TestServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Traces of a Spring MVC application, from the header of the client to a collector.
 */
@Timeout(120)
class ServletTracingTests {

	private static final List<String> PATHS = List.of("/plain", "/callable", "/deferred", "/sse");

	static List<String> modes() {
		List<String> modes = new ArrayList<>(List.of("pool", "inline"));
		if (JRE.currentVersionNumber() >= 21) {
			modes.add("virtual");
		}
		if (JRE.currentVersionNumber() >= 24) {
			modes.add("loop");
		}
		return modes;
	}

	private static TestServer start(OtlpCollector collector, String... properties) {
		return TestServer.servlet(Application.class,
				collector.properties(properties, "spring.task.execution.propagate-context=true"));
	}

	@ParameterizedTest
	@MethodSource("modes")
	void theTraceOfTheClientGoesOnInEveryModeAndEndsWithTheRequest(String mode) throws Exception {
		try (OtlpCollector collector = new OtlpCollector()) {
			try (TestServer server = start(collector, "millrace.worker.mode=" + mode, "millrace.worker.max-threads=1",
					"millrace.worker.min-threads=1")) {
				for (String path : PATHS) {
					HttpResponse<String> response = server.get(path, ClientTrace.HEADER);
					assertThat(response.statusCode()).isEqualTo(200);
					assertThat(response.body()).as(path)
						.contains(ClientTrace.ID + "/" + ClientTrace.ID)
						.doesNotContain("nothing");
					// Each of the container's dispatches is within the trace.
					assertThat(response.headers().allValues("X-Trace")).as(path)
						.isNotEmpty()
						.containsOnly(ClientTrace.ID);
					// The next one has the same threads.
					assertThat(server.get("/next").body()).isNotEmpty().doesNotContain(ClientTrace.ID);
				}
				assertThat(server.get("/callable").headers().allValues("X-Trace")).hasSize(2);
				assertThat(server.context().getBean(Application.class).left).isEmpty();
			}
			// What was to be exported is exported when the application has ended.
			for (String path : PATHS) {
				Span span = collector.traced(path);
				assertThat(span.parentSpanId()).isEqualTo(ClientTrace.SPAN);
				assertThat(span.attributes()).containsEntry("millrace.mode", mode)
					.containsEntry("millrace.priority", "normal")
					.containsEntry("method", "GET");
				assertThat(span.attributes().get("millrace.queue.wait")).matches("(<1ms|<10+ms|<1s|>=1s)");
				assertThat(span.attributes().get("millrace.queue.wait.ms")).matches("\\d+\\.\\d{3}");
			}
		}
	}

	@Test
	void byDefaultTheMeterKeepsItsTags() throws Exception {
		try (OtlpCollector collector = new OtlpCollector(); TestServer server = start(collector)) {
			server.get("/plain");
			assertThat(Meters.tags(server.context(), "/plain")).contains("uri", "status", "own")
				.noneMatch((tag) -> tag.startsWith("millrace"));
		}
	}

	@Test
	void theMeterHasTheTagsWhereTheyAreAskedForAndSpansTellThePriorityOfARoute() throws Exception {
		try (OtlpCollector collector = new OtlpCollector()) {
			try (TestServer server = start(collector, "millrace.tracing.metric-tags=true",
					"millrace.routes[0].pattern=/plain", "millrace.routes[0].priority=high")) {
				server.get("/plain", ClientTrace.HEADER);
				assertThat(Meters.tags(server.context(), "/plain")).contains("uri", "status", "own")
					.contains("millrace.mode", "millrace.priority", "millrace.queue.wait")
					.doesNotContain("millrace.queue.wait.ms");
			}
			assertThat(collector.traced("/plain").attributes()).containsEntry("millrace.priority", "high")
				.containsKey("millrace.queue.wait.ms");
		}
	}

	@Test
	void whereItIsSwitchedOffSpansAreAsTheyWere() throws Exception {
		try (OtlpCollector collector = new OtlpCollector()) {
			try (TestServer server = start(collector, "millrace.tracing.enabled=false")) {
				server.get("/plain", ClientTrace.HEADER);
			}
			assertThat(collector.traced("/plain").attributes()).containsKey("method")
				.allSatisfy((key, value) -> assertThat(key).doesNotStartWith("millrace"));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application implements WebMvcConfigurer {

		// What the threads of requests remember of others.
		private final Set<String> left = ConcurrentHashMap.newKeySet();

		private final Tracer tracer;

		Application(Tracer tracer) {
			this.tracer = tracer;
		}

		// Comes before the filter that observes, and wraps as others do.
		@Bean
		FilterRegistrationBean<Filter> first() {
			FilterRegistrationBean<Filter> first = new FilterRegistrationBean<>((request, response, chain) -> {
				if (MDC.get("traceId") != null || this.tracer.currentSpan() != null) {
					this.left.add(Thread.currentThread() + " has " + MDC.getCopyOfContextMap());
				}
				chain.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request), response);
			});
			first.setOrder(Ordered.HIGHEST_PRECEDENCE);
			first.setAsyncSupported(true);
			return first;
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
					response.addHeader("X-Trace", String.valueOf(MDC.get("traceId")));
					return true;
				}

			});
		}

		// The application's own stays what it is.
		@Bean
		DefaultServerRequestObservationConvention convention() {
			return new DefaultServerRequestObservationConvention() {

				@Override
				public KeyValues getLowCardinalityKeyValues(ServerRequestObservationContext context) {
					return super.getLowCardinalityKeyValues(context).and(KeyValue.of("own", "yes"));
				}

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

		@GetMapping({ "/plain", "/next" })
		String plain() {
			return seen();
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			String before = seen();
			return () -> before + " " + seen();
		}

		@GetMapping("/deferred")
		DeferredResult<String> deferred() {
			String before = seen();
			DeferredResult<String> result = new DeferredResult<>();
			new Thread(() -> result.setResult(before)).start();
			return result;
		}

		@GetMapping("/sse")
		SseEmitter sse() {
			String before = seen();
			SseEmitter emitter = new SseEmitter();
			new Thread(() -> {
				try {
					emitter.send(before);
					emitter.complete();
				}
				catch (Exception ex) {
					emitter.completeWithError(ex);
				}
			}).start();
			return emitter;
		}

	}

}
