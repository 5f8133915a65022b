package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.millrace.boot.RunningEngine;
import io.millrace.boot.autoconfigure.GatedController;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.core.observe.EngineSnapshot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
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
 * The stream, on real servers.
 */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class EventStreamTests {

	private static final String STREAM = "/actuator/millrace/stream";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=health,millrace";

	// All but what would keep two servers out of each other's way: security is on.
	private static final String SECURED = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration";

	private static TestServer start(String type, Class<?> application, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		if (all.stream().noneMatch((property) -> property.startsWith("management.endpoints.web.exposure"))) {
			all.add(EXPOSED);
		}
		String[] array = all.toArray(String[]::new);
		return type.equals("servlet") ? TestServer.servlet(application, array)
				: TestServer.reactive(application, array);
	}

	private static EventBroadcaster broadcaster(TestServer server) {
		return server.context().getBean(EventBroadcaster.class);
	}

	private static int busyWorkers(TestServer server) {
		return server.millrace().getEngine().snapshot().workers().stream().mapToInt(EngineSnapshot.Workers::busy).sum();
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void eventsTellWhatHasHappenedSinceTheOneBefore(String type) throws Exception {
		try (TestServer server = start(type, Application.class);
				EventReader stream = EventReader.open(server.port(), STREAM)) {
			assertThat(stream.status()).isEqualTo(200);
			assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
			assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
			assertThat(stream.line()).isEqualTo("retry: 2000");
			JsonNode first = stream.next();
			assertThat(first.path("state").asString()).isEqualTo("running");
			assertThat(first.path("transport").asString()).isNotEmpty();
			assertThat(first.path("connections").path("open").asInt()).isEqualTo(1);
			assertThat(first.path("loops").size()).isEqualTo(server.millrace().getEngine().eventLoopCount());
			assertThat(first.path("memory").path("heap").asLong()).isPositive();
			assertThat(first.path("inFlight").asInt()).isEqualTo(1);
			int requests = 20;
			for (int i = 0; i < requests; i++) {
				assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			}
			double completed = 0;
			long served = 0;
			double slowest = 0;
			while (completed < requests - 0.5) {
				JsonNode next = stream.next();
				completed += next.path("throughput").path("completed").asDouble() * next.path("seconds").asDouble();
				served += next.path("service").path("count").asLong();
				slowest = Math.max(slowest, next.path("service").path("max").asDouble());
			}
			assertThat(Math.round(completed)).isEqualTo(requests);
			assertThat(served).isEqualTo(requests);
			assertThat(slowest).isPositive();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void noThreadIsHeldByThoseWhoRead(String type) throws Exception {
		try (TestServer server = start(type, Application.class, "millrace.worker.max-threads=1",
				"millrace.worker.min-threads=0", "millrace.worker.reserved=0");
				EventReader first = EventReader.open(server.port(), STREAM);
				EventReader second = EventReader.open(server.port(), STREAM)) {
			first.next();
			second.next();
			Awaitility.await().untilAsserted(() -> assertThat(busyWorkers(server)).isZero());
			assertThat(server.get("/hello").body()).isEqualTo("hello");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void oneTooManyIsToldWhyAndAPlaceIsFreeWhenSomebodyLeaves(String type) throws Exception {
		try (TestServer server = start(type, Application.class,
				"management.endpoint.millrace.stream.max-subscribers=1")) {
			try (EventReader first = EventReader.open(server.port(), STREAM)) {
				first.next();
				try (EventReader second = EventReader.open(server.port(), STREAM)) {
					assertThat(second.status()).isEqualTo(503);
					assertThat(second.header("Retry-After")).isEqualTo("5");
					assertThat(second.text()).contains("management.endpoint.millrace.stream.max-subscribers is 1");
				}
			}
			Awaitility.await().untilAsserted(() -> assertThat(broadcaster(server).subscribers()).isZero());
			try (EventReader third = EventReader.open(server.port(), STREAM)) {
				assertThat(third.next().path("inFlight").asInt()).isEqualTo(1);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void oneWhoDoesNotReadIsDroppedAndTheOthersReadOn(String type) throws Exception {
		try (TestServer server = start(type, Hasty.class, "millrace.timeouts.write=0"); Socket idle = new Socket()) {
			idle.setReceiveBufferSize(4096);
			idle.connect(new InetSocketAddress("localhost", server.port()));
			idle.getOutputStream()
				.write(("GET " + STREAM + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
			assertThat(idle.getInputStream().read()).isEqualTo('H');
			try (EventReader reader = EventReader.open(server.port(), STREAM)) {
				Awaitility.await()
					.atMost(Duration.ofSeconds(120))
					.until(() -> reader.next().path("time").asLong() > 0 && broadcaster(server).subscribers() == 1);
				assertThat(reader.next().path("state").asString()).isEqualTo("running");
				Awaitility.await().until(() -> busyWorkers(server) == 0);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void aServerThatShutsDownEndsTheStreamsInsteadOfWaitingForThem(String type, CapturedOutput output)
			throws Exception {
		TestServer server = start(type, Application.class, "server.shutdown=graceful",
				"spring.lifecycle.timeout-per-shutdown-phase=60s");
		try (EventReader stream = EventReader.open(server.port(), STREAM)) {
			stream.next();
			server.close();
			for (String line = ""; line != null;) {
				line = stream.line();
			}
		}
		assertThat(output).contains("Graceful shutdown complete")
			.doesNotContain("Graceful shutdown aborted", "Failed to shut down");
	}

	@ParameterizedTest
	@CsvSource({ "servlet,management.server.port=0,/actuator/millrace/stream",
			"reactive,management.server.port=0,/actuator/millrace/stream",
			"servlet,management.endpoints.web.base-path=/admin,/admin/millrace/stream",
			"reactive,management.endpoints.web.base-path=/admin,/admin/millrace/stream",
			"servlet,server.servlet.context-path=/desk,/desk/actuator/millrace/stream",
			"reactive,spring.webflux.base-path=/desk,/desk/actuator/millrace/stream" })
	void itIsWhereTheActuatorIs(String type, String property, String path) throws Exception {
		try (TestServer server = start(type, Application.class, property)) {
			int port = property.startsWith("management.server") ? server.managementPort() : server.port();
			try (EventReader stream = EventReader.open(port, path)) {
				// That of the application, also when another server answers.
				int open = (port == server.port()) ? 1 : 0;
				assertThat(stream.next().path("connections").path("open").asInt()).isEqualTo(open);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "servlet,a=b,/actuator/millrace/stream", "reactive,a=b,/actuator/millrace/stream",
			"servlet,management.server.port=0,/manage/actuator/millrace/stream",
			"reactive,management.server.port=0,/manage/actuator/millrace/stream",
			"servlet,management.endpoints.web.path-mapping.millrace=engine,/actuator/engine/stream" })
	void whatLimitsTheTimeOfRequestsIsNotForIt(String type, String property, String path) throws Exception {
		try (TestServer server = start(type, Application.class, property, "management.server.base-path=/manage",
				"millrace.timeouts.request=500ms")) {
			int port = property.startsWith("management.server") ? server.managementPort() : server.port();
			try (EventReader stream = EventReader.open(port, path)) {
				long started = stream.next().path("time").asLong();
				Awaitility.await().until(() -> stream.next().path("time").asLong() - started > 1000);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void itIsNotThereUnlessItIsExposedAndNothingIsMeasuredThen(String type) throws Exception {
		try (TestServer server = start(type, Application.class, "management.endpoints.web.exposure.include=health")) {
			assertThat(server.get(STREAM).statusCode()).isEqualTo(404);
			assertThat(server.context().getBeansOfType(LatencyRecorder.class)).isEmpty();
			assertThat(server.context().getBeansOfType(EventBroadcaster.class)).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void itIsUnderTheSecurityOfTheActuator(String type) throws Exception {
		try (TestServer server = start(type, Application.class, SECURED, "spring.security.user.name=operator",
				"spring.security.user.password=secret")) {
			// Others than scripts are led to the form.
			assertThat(server.get(STREAM, "X-Requested-With", "XMLHttpRequest").statusCode()).isEqualTo(401);
			String credentials = Base64.getEncoder()
				.encodeToString("operator:secret".getBytes(StandardCharsets.US_ASCII));
			try (EventReader stream = EventReader.open(server.port(), STREAM, "Authorization",
					"Basic " + credentials)) {
				assertThat(stream.next().path("state").asString()).isEqualTo("running");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void whatIsAskedForWithoutItsContentEnds(String type) throws Exception {
		try (TestServer server = start(type, Application.class)) {
			String head = server.raw("HEAD " + STREAM + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
			assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").containsIgnoringCase("content-type: text/event-stream");
			assertThat(broadcaster(server).subscribers()).isZero();
			assertThat(server.get(STREAM + "/more").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void itOpensWhileEverythingElseIsFull() throws Exception {
		try (TestServer server = start("servlet", Application.class, "millrace.worker.max-threads=1",
				"millrace.worker.min-threads=0", "millrace.worker.queue.capacity=1");
				Socket first = server.send("/slow")) {
			GatedController gate = server.context().getBean(GatedController.class);
			assertThat(gate.entered.await(30, TimeUnit.SECONDS)).isTrue();
			try (Socket second = server.send("/slow")) {
				Awaitility.await().until(() -> server.millrace().getEngine().workers().waiting() == 1);
				assertThat(server.get("/hello").statusCode()).isEqualTo(503);
				try (EventReader stream = EventReader.open(server.port(), STREAM)) {
					JsonNode event = stream.next();
					assertThat(event.path("waiting").asInt()).isEqualTo(1);
					assertThat(event.path("workers").path(0).path("busy").asInt()).isEqualTo(1);
					assertThat(server.get("/hello").statusCode()).isEqualTo(503);
					Awaitility.await().until(() -> stream.next().path("refused").path("full").asDouble() > 0);
				}
				gate.open.countDown();
				assertThat(second.getInputStream().read()).isEqualTo('H');
			}
			assertThat(first.getInputStream().read()).isEqualTo('H');
		}
	}

	@Test
	void aNumberOfReadersThatCannotBeIsExplained(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> start("servlet", Application.class, "management.endpoint.millrace.stream.max-subscribers=-1"));
		assertThat(output).contains("APPLICATION FAILED TO START",
				"Invalid value '-1' for configuration property 'management.endpoint.millrace.stream.max-subscribers'",
				"The value has to be 0 (nobody may read the stream) or more");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ GatedController.class, Controller.class })
	static class Application {

	}

	/** Does not wait a second for each event. */
	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class Hasty {

		@Bean
		EventBroadcaster hastyBroadcaster(RunningEngine engine) {
			return new EventBroadcaster(new Sampler(engine, null), 2, Duration.ofMillis(1));
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
