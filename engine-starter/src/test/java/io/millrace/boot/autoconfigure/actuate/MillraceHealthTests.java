package io.millrace.boot.autoconfigure.actuate;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.millrace.boot.autoconfigure.GatedController;
import io.millrace.boot.autoconfigure.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The health of an engine in trouble, over real sockets.
 */
@Timeout(120)
class MillraceHealthTests {

	private static final String DETAILS = "management.endpoint.health.show-details=always";

	private static final String PROBES = "management.endpoint.health.probes.enabled=true";

	@Test
	void aPoolThatIsStarvedIsDegradedAndLivesAndRecovers() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, DETAILS, PROBES, "millrace.worker.max-threads=1",
				"millrace.worker.min-threads=0", "millrace.watch.starved=100ms")) {
			GatedController gate = server.context().getBean(GatedController.class);
			assertThat(json(server.get("/actuator/health/millrace").body()).path("status").asString()).isEqualTo("UP");
			try (Socket first = server.send("/slow")) {
				assertThat(gate.entered.await(30, TimeUnit.SECONDS)).isTrue();
				try (Socket second = server.send("/slow")) {
					Awaitility.await()
						.until(() -> json(server.get("/actuator/health").body()).path("status").asString(),
								"DEGRADED"::equals);
					assertThat(server.get("/actuator/health").statusCode()).isEqualTo(200);
					JsonNode health = json(server.get("/actuator/health/millrace").body());
					assertThat(health.path("status").asString()).isEqualTo("DEGRADED");
					assertThat(health.path("details").path("pool").path("count").asInt()).isEqualTo(1);
					assertThat(health.path("details").path("pool").path("since").asString()).isNotEmpty();
					assertThat(json(server.get("/actuator/health/liveness").body()).path("status").asString())
						.isEqualTo("UP");
					assertThat(json(server.get("/actuator/health/readiness").body()).path("status").asString())
						.isEqualTo("UP");
					gate.open.countDown();
					assertThat(second.getInputStream().read()).isEqualTo('H');
				}
				assertThat(first.getInputStream().read()).isEqualTo('H');
			}
			Awaitility.await()
				.until(() -> json(server.get("/actuator/health").body()).path("status").asString(), "UP"::equals);
		}
	}

	@Test
	void aLoopThatIsBlockedIsDegradedAndRecovers() throws Exception {
		try (TestServer server = TestServer.reactive(Application.class, DETAILS, "millrace.event-loops=2",
				"millrace.watch.event-loop=100ms")) {
			GatedController gate = server.context().getBean(GatedController.class);
			// Connections are handed to the loops in turn.
			try (Socket first = connect(server); Socket other = connect(server)) {
				// What a loop does for the first time takes it long.
				Awaitility.await()
					.until(() -> ask(other, "/actuator/health/millrace"), (health) -> health.contains("\"UP\""));
				send(first, "/slow");
				assertThat(gate.entered.await(30, TimeUnit.SECONDS)).isTrue();
				Awaitility.await()
					.until(() -> ask(other, "/actuator/health/millrace"), (health) -> health.contains("event_loop"));
				assertThat(ask(other, "/actuator/health")).startsWith("HTTP/1.1 200").contains("DEGRADED");
				gate.open.countDown();
				assertThat(first.getInputStream().read()).isEqualTo('H');
				Awaitility.await()
					.until(() -> ask(other, "/actuator/health/millrace"), (health) -> health.contains("\"UP\""));
			}
		}
	}

	@Test
	void whoWantsItsStatusMappedMaySaySo() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class,
				"management.endpoint.health.status.http-mapping.degraded=503")) {
			server.context().getBean(EngineTroubles.class).stuck("pool");
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(503);
			assertThat(server.get("/actuator/health").body()).contains("DEGRADED");
		}
	}

	@Test
	void itCanBeSwitchedOff() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, DETAILS,
				"management.health.millrace.enabled=false")) {
			assertThat(server.get("/actuator/health").body()).doesNotContain("millrace");
		}
	}

	@Test
	void additionalPathsOfGroupsAreKept() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, PROBES,
				"management.endpoint.health.probes.add-additional-paths=true",
				"management.endpoint.health.group.own.include=ping",
				"management.endpoint.health.group.own.additional-path=server:/healthz")) {
			assertThat(server.get("/livez").statusCode()).isEqualTo(200);
			assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource({ "UP,DEGRADED", "DOWN,DOWN", "OUT_OF_SERVICE,OUT_OF_SERVICE", "UNKNOWN,DEGRADED", ",DEGRADED" })
	void whatIsWorseCounts(String other, String expected) {
		Set<Status> statuses = new LinkedHashSet<>(List.of(MillraceHealthIndicator.DEGRADED));
		if (other != null) {
			statuses.add(new Status(other));
		}
		assertThat(DegradedStatusGroups.aggregate(StatusAggregator.getDefault(), statuses).getCode())
			.isEqualTo(expected);
	}

	@Test
	void whoKnowsTheStatusSumsUpHimself() {
		StatusAggregator knowing = StatusAggregator.of("DOWN", "UP", "DEGRADED");
		assertThat(DegradedStatusGroups.aggregate(knowing, Set.of(Status.UP, MillraceHealthIndicator.DEGRADED)))
			.isEqualTo(Status.UP);
	}

	private static JsonNode json(String text) {
		return JsonMapper.shared().readTree(text);
	}

	private static Socket connect(TestServer server) throws IOException {
		Socket socket = new Socket("localhost", server.port());
		socket.setSoTimeout(30_000);
		return socket;
	}

	private static void send(Socket socket, String path) throws IOException {
		socket.getOutputStream()
			.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
	}

	// Responses of the actuator are one small object, with or without Content-Length.
	private static String ask(Socket socket, String path) throws IOException {
		send(socket, path);
		StringBuilder response = new StringBuilder();
		int depth = 0;
		while (true) {
			int next = socket.getInputStream().read();
			assertThat(next).isNotNegative();
			response.append((char) next);
			depth += (next == '{') ? 1 : ((next == '}') ? -1 : 0);
			if (next == '}' && depth == 0) {
				break;
			}
		}
		if (response.toString().toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
			while (!response.toString().endsWith("\r\n0\r\n\r\n")) {
				response.append((char) socket.getInputStream().read());
			}
		}
		return response.toString();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(GatedController.class)
	static class Application {

	}

}
