package io.millrace.boot.autoconfigure.metrics;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.metrics.ExchangeTimers;
import io.millrace.boot.metrics.MillraceMeters;
import io.millrace.boot.metrics.MillraceMetricsBinder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static io.millrace.boot.autoconfigure.metrics.MeterApplication.registry;
import static io.millrace.boot.autoconfigure.metrics.MeterApplication.value;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link MillraceMetricsAutoConfiguration}: in which registries there are meters
 * of ours, and in which there are none.
 */
@Timeout(120)
class MillraceMetricsAutoConfigurationTests {

	private static List<String> names(MeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map((meter) -> meter.getId().getName())
			.filter((name) -> name.startsWith("millrace."))
			.toList();
	}

	private static void awaitTimed(TestServer server, MeterRegistry registry, long count) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(registry.find(MillraceMeters.SERVICE_TIME.getName()).timers())
				.extracting(Timer::count)
				.first()
				.isEqualTo(count));
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void metersAreThereBeforeThereIsARequest(String type) {
		try (TestServer server = MeterApplication.start(type)) {
			assertThat(names(registry(server))).contains("millrace.connections.open", "millrace.queue.wait",
					"millrace.service.time", "millrace.event.loop.lag");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void whereAnotherServerServesThereAreNone(String type) {
		try (TestServer server = MeterApplication.start(type, "millrace.enabled=false")) {
			assertThat(server.context().getBeanProvider(MillraceMetricsBinder.class).stream()).isEmpty();
			assertThat(names(registry(server))).isEmpty();
		}
	}

	@Test
	void whereReactorNettyServesThereAreNone() {
		try (TestServer server = TestServer.reactive(MeterApplication.class, "millrace.engine=reactor-netty")) {
			assertThat(names(registry(server))).isEmpty();
		}
	}

	@Test
	void whoSwitchesThemOffHasNoneAndRequestsAreNotTimed() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class,
				"management.metrics.enable.millrace=false")) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			assertThat(names(registry(server))).isEmpty();
			assertThat(server.context().getBean(ExchangeTimers.class).wantsExchanges()).isFalse();
		}
	}

	@Test
	void whoSwitchesOneTimerOffHasTheOther() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class,
				"management.metrics.enable.millrace.queue=false")) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			awaitTimed(server, registry(server), 1);
			assertThat(names(registry(server))).doesNotContain("millrace.queue.wait", "millrace.queue.depth");
		}
	}

	@Test
	void distributionsAreConfiguredAsThoseOfAnyTimer() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class,
				"management.metrics.distribution.percentiles-histogram.millrace=true",
				"management.metrics.tags.shop=books")) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			awaitTimed(server, registry(server), 1);
			PrometheusMeterRegistry prometheus = server.context().getBean(PrometheusMeterRegistry.class);
			assertThat(prometheus.scrape()).contains("millrace_queue_wait_seconds_bucket{")
				.contains("millrace_connections_open{listener=\"main\",protocol=\"http1\",shop=\"books\"}");
		}
	}

	@Test
	void everyRegistryHasThem() throws Exception {
		try (TestServer server = TestServer.servlet(TwoRegistries.class)) {
			assertThat(registry(server)).isInstanceOf(CompositeMeterRegistry.class);
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			for (MeterRegistry each : server.context().getBeansOfType(SimpleMeterRegistry.class).values()) {
				awaitTimed(server, each, 1);
				assertThat(names(each)).contains("millrace.connections.open");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void aRegistryThatThrowsFailsNoRequest(String type) throws Exception {
		try (TestServer server = MeterApplication.start(type, ThrowingRegistry.class)) {
			for (int i = 0; i < 3; i++) {
				assertThat(server.get("/hello").body()).isEqualTo("hello");
			}
			Throwing registry = server.context().getBean(Throwing.class);
			Awaitility.await().until(() -> registry.asked > 0);
			assertThat(server.get("/hello").body()).isEqualTo("hello");
			Awaitility.await()
				.untilAsserted(() -> assertThat(value(server, MillraceMeters.REQUESTS_COMPLETED, "status", "2xx"))
					.isPositive());
		}
	}

	@Test
	void theServerOfTheManagementPortIsNotMeasured() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class, "management.server.port=0",
				"management.endpoints.web.exposure.include=prometheus")) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			for (int i = 0; i < 3; i++) {
				assertThat(server.get(server.managementPort(), "/actuator/prometheus").body())
					.contains("millrace_requests_started_total");
			}
			awaitTimed(server, registry(server), 1);
			Awaitility.await().until(() -> value(server, MillraceMeters.REQUESTS_STARTED) == 1);
			assertThat(value(server, MillraceMeters.CONNECTIONS_ACCEPTED)).isEqualTo(1);
		}
	}

	@Test
	void aNewContextBeginsAtZeroAndTheOldOneLeavesNothing() throws Exception {
		MeterRegistry old;
		try (TestServer server = TestServer.servlet(MeterApplication.class)) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			old = registry(server);
			awaitTimed(server, old, 1);
		}
		assertThat(names(old)).isEmpty();
		try (TestServer server = TestServer.servlet(MeterApplication.class)) {
			assertThat(value(server, MillraceMeters.REQUESTS_STARTED)).isZero();
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			awaitTimed(server, registry(server), 1);
			Awaitility.await().until(() -> value(server, MillraceMeters.REQUESTS_STARTED) == 1);
		}
	}

	@Test
	void aServerThatIsStoppedAndStartedAgainGoesOn() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class)) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			server.context().stop();
			server.context().start();
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			awaitTimed(server, registry(server), 2);
			Awaitility.await().until(() -> value(server, MillraceMeters.REQUESTS_STARTED) == 2);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(MeterApplication.class)
	static class TwoRegistries {

		@Bean
		SimpleMeterRegistry oneRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		SimpleMeterRegistry otherRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(MeterApplication.class)
	static class ThrowingRegistry {

		@Bean
		Throwing throwingRegistry() {
			return new Throwing();
		}

	}

	/** A registry whose timers of ours throw. */
	static final class Throwing extends SimpleMeterRegistry {

		private volatile int asked;

		Throwing() {
			super(SimpleConfig.DEFAULT, Clock.SYSTEM);
		}

		@Override
		protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector detector) {
			if (!id.getName().startsWith("millrace.")) {
				return super.newTimer(id, config, detector);
			}
			return new NoopTimer(id) {

				@Override
				public void record(long amount, TimeUnit unit) {
					Throwing.this.asked++;
					throw new IllegalStateException("thrown on purpose");
				}

			};
		}

	}

}
