package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.MillraceRoute;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a user reads who has set something that is wrong, or does nothing.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class BadSettingsTests {

	private static TestServer start(WebApplicationType type, Class<?> application, String properties) {
		String[] all = (properties != null) ? properties.split(";") : new String[0];
		return (type == WebApplicationType.SERVLET) ? TestServer.servlet(application, all)
				: TestServer.reactive(application, all);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"millrace.worker.max-threads=0|'0' for configuration property 'millrace.worker.max-threads'|1 to 100000",
			"millrace.worker.max-threads=5;millrace.worker.min-threads=6|'6' for configuration property "
					+ "'millrace.worker.min-threads'|0 to millrace.worker.max-threads (5)",
			"millrace.worker.queue.capacity=0|'0' for configuration property 'millrace.worker.queue.capacity'|1 to 1000000",
			"millrace.worker.queue.capacity=-1|'-1' for configuration property 'millrace.worker.queue.capacity'|1 to 1000000",
			"millrace.worker.queue.max-wait=-1s|'millrace.worker.queue.max-wait'|0 (no limit) or more",
			"millrace.worker.queue.max-wait=10x|millrace.worker.queue.max-wait|to java.time.Duration",
			"millrace.worker.queue.order=random|millrace.worker.queue.order|ADAPTIVE",
			"millrace.worker.mode=thread|millrace.worker.mode|VIRTUAL",
			"millrace.worker.keep-alive=0|'millrace.worker.keep-alive'|more than 0",
			"millrace.worker.max-concurrency=0|'millrace.worker.max-concurrency'|1 or more",
			"millrace.worker.reserved=-1|'millrace.worker.reserved'|0 (none) or more",
			"millrace.worker.mode=inline;millrace.worker.queue.capacity=5|'5' for configuration property "
					+ "'millrace.worker.queue.capacity'|set millrace.worker.mode=auto",
			"millrace.worker.mode=inline;millrace.worker.queue.max-wait=1s|'millrace.worker.queue.max-wait'|Remove it",
			"millrace.timeouts.request=-1s|'millrace.timeouts.request'|0 (off) or more",
			"millrace.refusal.status=500|'millrace.refusal.status'|503 or 429",
			"millrace.refusal.timeout-status=500|'millrace.refusal.timeout-status'|503 or 504",
			"millrace.refusal.retry-after=-1s|'millrace.refusal.retry-after'|0 or more",
			"millrace.watch.worker=-1s|'millrace.watch.worker'|0 (off) or more",
			"millrace.watch.pinned=-1s|'millrace.watch.pinned'|0 (off) or more",
			"millrace.routes[0].pattern=reports;millrace.routes[0].mode=pool|'millrace.routes[0].pattern'|Write /reports",
			"millrace.routes[0].pattern=/a?b=c;millrace.routes[0].mode=pool|'millrace.routes[0].pattern'|no part of it",
			"millrace.routes[0].pattern=/a;millrace.routes[0].mode=magic|millrace.routes[0].mode|INLINE",
			"millrace.routes[0].pattern=/a;millrace.routes[0].mode=pool;millrace.routes[0].methods=CONNECT|"
					+ "'millrace.routes[0].methods'|refused with 501",
			"millrace.routes[0].pattern=/a/{x};millrace.routes[0].mode=pool;millrace.routes[1].pattern=/a/{y};"
					+ "millrace.routes[1].mode=pool|'millrace.routes[1].pattern'|No request is left for it",
			"millrace.routes[0].pattern=/a;millrace.routes[0].queue=5|'millrace.routes[0].queue'|Nothing ever waits" })
	void whatIsWrongStopsStartUpAndIsExplained(String properties, String what, String remedy, CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(WebApplicationType.SERVLET, Application.class, properties));
		assertThat(output).contains("APPLICATION FAILED TO START", what, remedy).doesNotContain("Millrace started");
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreadsForARouteNeedAJdkThatHasThem(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(WebApplicationType.SERVLET, Application.class,
				"millrace.routes[0].pattern=/a;millrace.routes[0].mode=virtual"));
		assertThat(output).contains("'millrace.routes[0].mode'", "Virtual threads need JDK 21 or later",
				"or write pool");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"SERVLET|millrace.worker.max-concurrency=5|millrace.worker.max-concurrency (millrace.worker.mode is pool, "
					+ "which has millrace.worker.max-threads instead)",
			"SERVLET|millrace.watch.pinned=5ms|millrace.watch.pinned (millrace.worker.mode is pool)",
			"SERVLET|millrace.worker.mode=inline;millrace.worker.max-threads=5;millrace.worker.reserved=1|"
					+ "millrace.worker.max-threads, millrace.worker.reserved (millrace.worker.mode is inline)",
			"SERVLET|millrace.worker.queue.max-wait=10s;millrace.timeouts.request=5s|millrace.worker.queue.max-wait "
					+ "(millrace.timeouts.request ends a request after 5000 ms, waiting included)",
			"SERVLET|millrace.refusal.timeout-status=504|millrace.refusal.timeout-status (no request has a timeout",
			"SERVLET|millrace.http2.ping-interval=5s;millrace.tls.handshake-timeout=5s;millrace.forwarded.header=forwarded|"
					+ "millrace.http2.ping-interval (server.http2.enabled is not true); "
					+ "millrace.tls.handshake-timeout (nothing speaks TLS (server.ssl, millrace.listeners[].ssl)); "
					+ "millrace.forwarded.header (server.forward-headers-strategy is not native)",
			"SERVLET|millrace.min-body-rate=0;millrace.body-grace=5s|millrace.body-grace (millrace.min-body-rate is 0)",
			"SERVLET|millrace.worker.max-threads=5;millrace.routes[0].pattern=/a;millrace.routes[0].max-concurrency=6|"
					+ "max-concurrency of millrace.routes[0] (/a) (never more than 5 requests run at once in mode pool)",
			"REACTIVE|millrace.worker.max-threads=5|millrace.worker.max-threads (WebFlux handlers run on the event loops",
			"REACTIVE|millrace.routes[0].pattern=/a;millrace.routes[0].priority=high|priority of millrace.routes[0] (/a)" })
	void whatDoesNothingIsNamedWithItsReason(WebApplicationType type, String properties, String expected,
			CapturedOutput output) {
		try (TestServer server = start(type, Application.class, properties)) {
			assertThat(output).containsOnlyOnce("Without effect: ").contains("Without effect: " + expected);
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void platformThreadsAreNotForVirtualOnes(CapturedOutput output) {
		try (TestServer server = start(WebApplicationType.SERVLET, Application.class,
				"spring.threads.virtual.enabled=true;millrace.worker.max-threads=5")) {
			assertThat(output).contains("Without effect: millrace.worker.max-threads (millrace.worker.mode is virtual, "
					+ "which has millrace.worker.max-concurrency instead)");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "SERVLET|", "REACTIVE|", "SERVLET|millrace.worker.max-threads=5",
			"SERVLET|millrace.worker.mode=inline;millrace.worker.queue.capacity=5;millrace.routes[0].pattern=/a;"
					+ "millrace.routes[0].mode=pool",
			"REACTIVE|millrace.worker.max-threads=5;millrace.routes[0].pattern=/a;millrace.routes[0].mode=pool",
			"SERVLET|millrace.refusal.timeout-status=504;millrace.routes[0].pattern=/a;millrace.routes[0].timeout=5s",
			"SERVLET|millrace.worker.queue.max-wait=1s;millrace.timeouts.request=5s",
			"SERVLET|server.http2.enabled=true;millrace.http2.ping-interval=5s;"
					+ "server.forward-headers-strategy=native;millrace.forwarded.header=forwarded",
			"SERVLET|management.server.port=0;millrace.worker.max-threads=5" })
	void whatHasAnEffectIsNotNamed(WebApplicationType type, String properties, CapturedOutput output) {
		try (TestServer server = start(type, Application.class, properties)) {
			assertThat(output).contains("Millrace started").doesNotContain("Without effect", "Unknown, and ignored");
		}
	}

	@Test
	void anAnnotationGivesTheQueueItsThreads(CapturedOutput output) {
		try (TestServer server = start(WebApplicationType.SERVLET, Annotated.class,
				"millrace.worker.mode=inline;millrace.worker.queue.capacity=5")) {
			assertThat(output).doesNotContain("Without effect");
		}
	}

	@Test
	void keysThatDoNotExistAreNamedWithThoseThatDo(CapturedOutput output) {
		try (TestServer server = start(WebApplicationType.SERVLET, OtherProperties.class,
				"millrace.worker.max-thread=5;millrace.max-wait=1s;millrace.other.key=x;millrace.nonsense-altogether=1;"
						+ "millrace.routes[0].pattern=/a;millrace.routes[0].mode=pool;millrace.routes[0].max-concurency=2")) {
			assertThat(output).containsOnlyOnce("Unknown, and ignored: ")
				.contains("millrace.worker.max-thread (did you mean millrace.worker.max-threads?)",
						"millrace.max-wait (did you mean millrace.worker.queue.max-wait?)",
						"millrace.nonsense-altogether",
						"millrace.routes[0].max-concurency (did you mean millrace.routes.max-concurrency?)")
				.doesNotContain("millrace.other.key", "millrace.nonsense-altogether (did");
		}
	}

	@ParameterizedTest
	@CsvSource({ "millrace.worker.max-thread, millrace.worker.max-threads", "millrace.threads.max,",
			"millrace.worker.queue-capacity, millrace.worker.queue.capacity",
			"millrace.timeout.request, millrace.timeouts.request", "millrace.event-loop, millrace.event-loops",
			"millrace.pinned, millrace.watch.pinned" })
	void aSuggestionIsWhatWasMeant(String key, String suggestion) {
		assertThat(UnknownKeys.suggestion(ConfigurationPropertyName.of(key))).isEqualTo(suggestion);
	}

	@Test
	void aPoolOfTheApplicationsOwnMakesSettingsOfOursPointless(CapturedOutput output) throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET, OwnPool.class,
				"millrace.worker.max-threads=5;millrace.worker.mode=pool")) {
			assertThat(server.get("/").body()).isEqualTo("own");
			assertThat(output)
				.contains("Without effect: millrace.worker.mode (a bean of type WorkerPool runs requests); "
						+ "millrace.worker.max-threads (a bean of type WorkerPool runs requests)");
		}
	}

	@Test
	void aPoolOfTheApplicationsOwnIsForItsRoutesAndNotForTheManagementServer() throws Exception {
		try (TestServer server = start(WebApplicationType.REACTIVE, OwnPool.class,
				"millrace.routes[0].pattern=/;millrace.routes[0].mode=pool;management.server.port=0")) {
			assertThat(server.get("/").body()).isEqualTo("own");
		}
		try (TestServer server = start(WebApplicationType.SERVLET, OwnPool.class, "management.server.port=0")) {
			assertThat(server.get(server.managementPort(), "/actuator/health").statusCode()).isEqualTo(200);
			OwnThreads own = server.context().getBean(OwnThreads.class);
			assertThat(own.started).hasValue(0);
			assertThat(server.get("/").body()).isEqualTo("own");
			assertThat(own.started).hasValue(1);
		}
	}

	@Test
	void aCustomizerMayChangeWhatThePropertiesSay() {
		try (TestServer server = start(WebApplicationType.REACTIVE, Customized.class,
				"millrace.worker.max-threads=5;management.server.port=0")) {
			assertThat(server.millrace().getEngine().config().worker().maxThreads()).isEqualTo(7);
		}
	}

	@Test
	void aFewThreadsNeedNoOtherSetting() {
		try (TestServer server = start(WebApplicationType.SERVLET, Application.class,
				"millrace.worker.max-threads=5")) {
			assertThat(server.millrace().getEngine().config().worker().minThreads()).isEqualTo(5);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@RestController
	@EnableAutoConfiguration
	static class Annotated {

		@GetMapping("/")
		@MillraceRoute(mode = MillraceRoute.Mode.POOL)
		String get() {
			return "";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	@EnableConfigurationProperties(Others.class)
	static class OtherProperties {

	}

	@ConfigurationProperties("millrace.other")
	static class Others {

	}

	@RestController
	@EnableAutoConfiguration
	static class OwnPool {

		@Bean
		OwnThreads workerPool() {
			return new OwnThreads();
		}

		@GetMapping("/")
		String get() {
			return Thread.currentThread().getName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class Customized {

		@Bean
		EngineCustomizer moreThreads() {
			return (config) -> {
				WorkerOptions worker = config.build().worker();
				config.worker(new WorkerOptions(worker.mode(), worker.maxThreads() + 2, 0, worker.keepAlive(),
						worker.maxConcurrency(), worker.queueCapacity()));
			};
		}

	}

	/** A thread for each task. */
	static final class OwnThreads implements WorkerPool {

		private final AtomicInteger started = new AtomicInteger();

		@Override
		public boolean tryExecute(Runnable task) {
			this.started.incrementAndGet();
			new Thread(task, "own").start();
			return true;
		}

		@Override
		public void resume(Runnable task) {
			tryExecute(task);
		}

		@Override
		public WorkerSnapshot snapshot() {
			return new WorkerSnapshot(0, 0, 0, 0, 0, 0);
		}

		@Override
		public void stop(Duration patience) {
		}

	}

}
