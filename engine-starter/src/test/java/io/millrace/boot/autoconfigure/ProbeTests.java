package io.millrace.boot.autoconfigure;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerSnapshot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * An application whose workers are all stuck, and routes of an application.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ProbeTests {

	private static final String[] TIGHT = { "millrace.worker.max-threads=1", "millrace.worker.min-threads=0",
			"millrace.worker.queue.capacity=1" };

	@ParameterizedTest
	@CsvSource({ "'',/actuator/health", "server.servlet.context-path=/desk,/desk/actuator/health",
			"management.endpoints.web.base-path=/admin,/admin/health", "management.endpoints.web.base-path=/,/health",
			"spring.mvc.servlet.path=/mvc,/mvc/actuator/health",
			"management.endpoint.health.probes.add-additional-paths=true,/livez" })
	void aProbeIsAnsweredOnTheSamePortWhileEverythingElseIsFull(String property, String probe) throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, TIGHT[0], TIGHT[1], TIGHT[2],
				property.isEmpty() ? "a=b" : property)) {
			String prefix = probe.startsWith("/desk") ? "/desk" : (probe.startsWith("/mvc") ? "/mvc" : "");
			GatedController gate = server.context().getBean(GatedController.class);
			try (Socket first = server.send(prefix + "/slow")) {
				assertThat(gate.entered.await(30, TimeUnit.SECONDS)).isTrue();
				try (Socket second = server.send(prefix + "/slow")) {
					Awaitility.await().until(() -> server.millrace().getEngine().workers().waiting() == 1);
					assertThat(server.get(prefix + "/hello").statusCode()).isEqualTo(503);
					assertThat(server.get(probe).statusCode()).isEqualTo(200);
					assertThat(server.get(probe).body()).contains("UP");
					gate.open.countDown();
					assertThat(second.getInputStream().read()).isEqualTo('H');
				}
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
		}
	}

	@Test
	void withoutABaseTheEndpointsThatAreExposedArePutBeforeOthers() {
		MockEnvironment environment = new MockEnvironment().withProperty("management.endpoints.web.base-path", "/");
		assertThat(paths(environment)).containsExactly("/millrace/stream", "/health");
		environment.setProperty("management.endpoints.web.exposure.include", "health,prometheus,env");
		environment.setProperty("management.endpoints.web.exposure.exclude", "env");
		environment.setProperty("management.endpoints.web.path-mapping.prometheus", "scrape");
		assertThat(paths(environment)).containsExactly("/millrace/stream", "/health", "/scrape");
		environment.setProperty("management.endpoints.web.exposure.include", "*");
		assertThat(paths(environment)).contains("/health", "/metrics", "/scrape", "/millrace").doesNotContain("/", "");
		environment.setProperty("management.server.port", "0");
		assertThat(paths(environment)).isEmpty();
	}

	private static List<String> paths(MockEnvironment environment) {
		return new ProbePaths(environment).policies("").stream().map(RoutePolicy::name).toList();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/../hello", "/actuator/%2e%2e/hello", "/actuator/..;a=b/hello", "/actuators" })
	void whatOnlyLooksLikeAProbeIsNone(String path) throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, TIGHT)) {
			GatedController gate = server.context().getBean(GatedController.class);
			try (Socket first = server.send("/slow")) {
				assertThat(gate.entered.await(30, TimeUnit.SECONDS)).isTrue();
				try (Socket second = server.send("/slow")) {
					Awaitility.await().until(() -> server.millrace().getEngine().workers().waiting() == 1);
					try (Socket other = server.send(path);
							BufferedReader answer = new BufferedReader(
									new InputStreamReader(other.getInputStream(), StandardCharsets.US_ASCII))) {
						assertThat(answer.readLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
					}
					gate.open.countDown();
					assertThat(second.getInputStream().read()).isEqualTo('H');
				}
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
		}
	}

	@Test
	void aControllerOfAReactiveApplicationMayBeMovedToAWorker() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, "millrace.routes[0].pattern=/thread/pool",
				"millrace.routes[0].mode=pool")) {
			assertThat(server.get("/thread/pool").body()).startsWith("millrace-worker-");
			assertThat(server.get("/thread/loop").body()).startsWith("millrace-loop-");
		}
	}

	@Test
	void aControllerOfAServletApplicationMayRunOnTheEventLoop() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, "server.servlet.context-path=/desk",
				"millrace.routes[0].pattern=/thread/{which}", "millrace.routes[0].methods=GET",
				"millrace.routes[0].mode=inline")) {
			assertThat(server.get("/desk/thread/loop").body()).startsWith("millrace-loop-");
			assertThat(server.get("/desk/hello").body()).isEqualTo("hello");
		}
	}

	@Test
	void aPoolOfTheApplicationsOwnTakesThePlaceOfOurs(CapturedOutput output) throws Exception {
		try (TestServer server = TestServer.servlet(OwnPool.class)) {
			assertThat(server.get("/thread/pool").body()).isEqualTo("own");
			assertThat(output).contains("worker mode the application's own (" + OwnThreads.class.getName() + ")");
		}
	}

	@Test
	void aContradictionIsExplained(CapturedOutput output) {
		assertThatException().isThrownBy(() -> TestServer.servlet(Application.class,
				"millrace.routes[0].pattern=/hello", "millrace.routes[0].queue=5"));
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Invalid value '5' for configuration property 'millrace.routes[0].queue'",
				"Nothing ever waits in it without millrace.routes[0].max-concurrency");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ GatedController.class, Controller.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class OwnPool {

		@Bean
		WorkerPool workerPool() {
			return new OwnThreads();
		}

	}

	/** A thread for each task. */
	static final class OwnThreads implements WorkerPool {

		@Override
		public boolean tryExecute(Runnable task) {
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

	@RestController
	static class Controller {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@GetMapping({ "/thread/pool", "/thread/loop" })
		String thread() {
			return Thread.currentThread().getName();
		}

	}

}
