package io.millrace.boot.autoconfigure;

import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.boot.autoconfigure.servlet.MillraceServletWebServerAutoConfiguration;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdmissionSnapshot;
import io.millrace.core.worker.Priority;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

/**
 * Applications with a limit of requests in flight, and settings of it that contradict
 * each other.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class AdmissionTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withConfiguration(AutoConfigurations.of(MillraceServletWebServerAutoConfiguration.class))
		.withPropertyValues("server.port=0");

	private static TestServer start(WebApplicationType type, Class<?> application, String... properties) {
		return (type == WebApplicationType.SERVLET) ? TestServer.servlet(application, properties)
				: TestServer.reactive(application, properties);
	}

	private static int inFlight(TestServer server) {
		return Objects.requireNonNull(server.millrace().getEngine().admission()).inFlight();
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void noMoreAreInFlightThanTheLimit(WebApplicationType type, CapturedOutput output) throws Exception {
		try (TestServer server = start(type, Application.class, "millrace.admission.limit=fixed",
				"millrace.admission.max=1", "millrace.refusal.status=429")) {
			assertThat(output).contains(", admission fixed (1)");
			try (Socket first = server.send("/wait")) {
				Awaitility.await().until(() -> inFlight(server) == 1);
				assertThat(server.get("/hello").statusCode()).isEqualTo(429);
				assertThat(server.get("/actuator/health").statusCode()).isEqualTo(200);
				server.context().getBean(Application.class).done.tryEmitValue("done");
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
			Awaitility.await().until(() -> inFlight(server) == 0);
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource({ "gradient,gradient (10 to 200)", "vegas,vegas (10 to 200)", "aimd,aimd (10 to 200)" })
	void anAdaptiveLimitStartsAtItsInitialValue(String limit, String description, CapturedOutput output)
			throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "millrace.admission.limit=" + limit)) {
			assertThat(output).contains(", admission " + description);
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			assertThat(server.millrace().getEngine().admission()).isEqualTo(new AdmissionSnapshot(100, 0));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aBeanTakesThePlaceOfOurs(WebApplicationType type, CapturedOutput output) throws Exception {
		try (TestServer server = start(type, OwnAdmission.class, "millrace.admission.limit=fixed",
				"millrace.admission.max=1", "management.server.port=0")) {
			assertThat(output).contains("Not applied, since the application has a bean of type Admission ("
					+ Own.class.getName() + "): millrace.admission.limit, millrace.admission.max",
					", admission its own");
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			assertThat(server.get("/hello").statusCode()).isEqualTo(503);
			assertThat(server.get(server.managementPort(), "/actuator/health").statusCode()).isEqualTo(200);
			assertThat(server.context().getBean(Own.class).asked).hasValue(2);
		}
	}

	@Test
	void withoutAnythingNothingIsLimited(CapturedOutput output) {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.millrace().getEngine().admission()).isNull();
			assertThat(output).doesNotContain(", admission");
		}
	}

	@Test
	void theManagementServerIsNotLimited() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "millrace.admission.limit=fixed",
				"millrace.admission.max=1", "management.server.port=0"); Socket first = server.send("/wait")) {
			Awaitility.await().until(() -> inFlight(server) == 1);
			assertThat(server.get(server.managementPort(), "/actuator/health").statusCode()).isEqualTo(200);
			server.context().getBean(Application.class).done.tryEmitValue("done");
			assertThat(first.getInputStream().read()).isEqualTo('H');
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					max=5                                          | max    | 5   | It means nothing with millrace.admission.limit=none
					limit=fixed,initial=5                          | initial | 5  | It means nothing with millrace.admission.limit=fixed
					limit=fixed,window=2s                          | window | PT2S | Set that to gradient, vegas or aimd, or leave this out
					limit=fixed,max=0                              | max    | 0   | For no limit, set millrace.admission.limit=none
					limit=gradient,min=0                           | min    | 0   | The value has to be 1 or more
					limit=gradient,min=20,max=10                   | max    | 10  | The value has to be millrace.admission.min (20) or more
					limit=vegas,initial=5                          | initial | 5  | millrace.admission.min (10) to millrace.admission.max (200)
					limit=vegas,window=99ms                        | window | PT0.099S | 100ms or more
					limit=vegas,aimd.timeout=1s                    | aimd.timeout | PT1S | Set that to aimd
					limit=aimd,aimd.timeout=0s                     | aimd.timeout | PT0S | more than 0
					limit=aimd,aimd.backoff-ratio=1                | aimd.backoff-ratio | 1.0 | 0.5 to less than 1
					limit=aimd,gradient.queue-size=3               | gradient.queue-size | 3 | Set that to gradient
					limit=gradient,gradient.rtt-tolerance=0.9      | gradient.rtt-tolerance | 0.9 | 1 or more
					limit=gradient,gradient.queue-size=0           | gradient.queue-size | 0 | 1 or more
					""")
	void whatContradictsItselfStopsTheStart(String settings, String property, String value, String reason) {
		String[] properties = settings.split(",");
		for (int i = 0; i < properties.length; i++) {
			properties[i] = "millrace.admission." + properties[i];
		}
		this.runner.withPropertyValues(properties)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.asInstanceOf(throwable(InvalidConfigurationPropertyValueException.class))
				.satisfies((failure) -> {
					assertThat(failure.getName()).isEqualTo("millrace.admission." + property);
					assertThat(String.valueOf(failure.getValue())).isEqualTo(value);
					assertThat(failure.getReason()).contains(reason);
				}));
	}

	@Test
	void withoutTheLibraryTheStartSaysWhichOneItIs() {
		this.runner.withClassLoader(new FilteredClassLoader("com.netflix"))
			.withPropertyValues("millrace.admission.limit=gradient")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.asInstanceOf(throwable(UnsupportedFeatureException.class))
				.satisfies((failure) -> {
					assertThat(failure.getProperty()).isEqualTo("millrace.admission.limit=gradient");
					assertThat(failure.getAction()).contains("<groupId>com.netflix.concurrency-limits</groupId>",
							"<artifactId>concurrency-limits-core</artifactId>", "millrace.admission.limit=fixed");
				}));
	}

	@Test
	void aFixedLimitNeedsNoLibrary() {
		this.runner.withClassLoader(new FilteredClassLoader("com.netflix"))
			.withPropertyValues("millrace.admission.limit=fixed")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final Sinks.One<String> done = Sinks.one();

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@GetMapping("/wait")
		Mono<String> await() {
			return this.done.asMono();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnAdmission extends Application {

		@Bean
		Own ownAdmission() {
			return new Own();
		}

	}

	/** Admits one request for ever. */
	static class Own implements Admission {

		private final AtomicInteger asked = new AtomicInteger();

		@Override
		public @Nullable Permit tryAcquire(Priority priority) {
			return (this.asked.getAndIncrement() == 0) ? new Permit() {

				@Override
				public void succeeded() {
				}

				@Override
				public void ignored() {
				}

				@Override
				public void dropped() {
				}

			} : null;
		}

		@Override
		public AdmissionSnapshot snapshot() {
			return new AdmissionSnapshot(1, this.asked.get());
		}

		@Override
		public String toString() {
			return "its own";
		}

	}

}
