package io.millrace.boot.autoconfigure.actuate;

import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.core.Engine;
import io.millrace.core.EngineChange;
import io.millrace.core.EngineSetting;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is changed by the endpoint while an application is served, on both stacks.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class MillraceEndpointChangeTests {

	private static final String ALLOWED = "management.endpoint.millrace.access=unrestricted";

	private final HttpClient client = HttpClient.newHttpClient();

	private static TestServer start(WebApplicationType type, String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = "management.endpoints.web.exposure.include=*";
		all[1] = "management.endpoint.health.probes.enabled=true";
		System.arraycopy(properties, 0, all, 2, properties.length);
		return (type == WebApplicationType.SERVLET) ? TestServer.servlet(Application.class, all)
				: TestServer.reactive(Application.class, all);
	}

	private HttpResponse<String> post(int port, String json) throws Exception {
		return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/millrace"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(json))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static JsonNode json(HttpResponse<String> response, int status) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return JsonMapper.shared().readTree(response.body());
	}

	private static Engine engine(TestServer server) {
		return server.millrace().getEngine();
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void nothingIsChangedUnlessSomebodyAllowsIt(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, "millrace.admission.limit=fixed", "millrace.admission.max=50")) {
			assertThat(post(server.port(), "{\"limit\": 10}").statusCode()).isEqualTo(405);
			assertThat(server.get("/actuator/millrace").statusCode()).isEqualTo(200);
			assertThat(engine(server).control().current()).containsEntry(EngineSetting.LIMIT, 50);
			assertThat(engine(server).control().changes()).isEmpty();
		}
	}

	@Test
	void workersAndQueueAreChangedLoggedAndAudited(CapturedOutput output) throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET, ALLOWED)) {
			JsonNode answer = json(post(server.port(), "{\"workers\": 300, \"queueCapacity\": 2000}"), 200);
			assertThat(answer.path("now").path("workers").asInt()).isEqualTo(300);
			assertThat(answer.path("now").path("drain").asBoolean()).isFalse();
			assertThat(answer.path("changed").path(0).path("setting").asString()).isEqualTo("workers");
			assertThat(answer.path("changed").path(0).path("from").asString()).isEqualTo("200");
			assertThat(engine(server).workers().limit()).isEqualTo(300);
			assertThat(engine(server).workers().capacity()).isEqualTo(2000);
			assertThat(output).contains("Changed at run time by somebody: workers from 200 to 300");
			List<AuditEvent> events = server.context()
				.getBean(AuditEventRepository.class)
				.find("unknown", null, RunTimeChanges.AUDIT_TYPE);
			assertThat(events).extracting(AuditEvent::getData)
				.containsExactly(Map.of("setting", "workers", "from", "200", "to", "300"),
						Map.of("setting", "queueCapacity", "from", "16384", "to", "2000"));
		}
	}

	@Test
	void whoIsLoggedInIsNamed(CapturedOutput output) {
		try (TestServer server = start(WebApplicationType.SERVLET, ALLOWED)) {
			server.context()
				.getBean(MillraceEndpointWebExtension.class)
				.change(new User("alice"), 300, null, null, null, null, null);
			assertThat(output).contains("Changed at run time by alice: workers from 200 to 300");
			assertThat(engine(server).control().changes()).extracting(EngineChange::by).containsExactly("alice");
			assertThat(
					server.context().getBean(AuditEventRepository.class).find("alice", null, RunTimeChanges.AUDIT_TYPE))
				.hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void anAdaptiveLimitIsChangedOnBothStacks(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, ALLOWED, "millrace.admission.limit=vegas", "management.server.port=0")) {
			JsonNode answer = json(post(server.managementPort(), "{\"limitMax\": 80}"), 200);
			assertThat(answer.path("now").path("limit").asInt()).isEqualTo(80);
			assertThat(answer.path("now").path("limitMin").asInt()).isEqualTo(10);
			json(post(server.managementPort(), "{\"limit\": 400, \"limitMax\": 500}"), 200);
			assertThat(engine(server).admission()).hasFieldOrPropertyWithValue("limit", 400);
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			assertThat(engine(server).control().changes()).extracting(EngineChange::setting)
				.containsExactly("limitMax", "limit", "limitMax");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"workers": 0}                  | 400 | workers has to be 1 to 100000, and is 0
			{"workers": 5, "limit": 0}      | 400 | limit has to be 1 or more, and is 0
			{"queueCapacity": 1000001}      | 400 | queueCapacity has to be 1 to 1000000, and is 1000001
			{"limitMin": 5}                 | 400 | limitMin cannot be changed, since the limit is fixed
			{"wokers": 5}                   | 400 | What can be changed here: workers, queueCapacity, limit
			{}                              | 400 | There is nothing to change
			{"workers": 5, "drain": true}   | 400 | drain is changed alone
			{"drain": false}                | 409 | the engine does not drain
			""")
	void whatIsWrongIsSaidAndNothingIsChanged(String request, int status, String message) throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET, ALLOWED, "millrace.admission.limit=fixed")) {
			Map<EngineSetting, Integer> before = engine(server).control().current();
			JsonNode answer = json(post(server.port(), request), status);
			assertThat(answer.path("message").asString()).contains(message);
			assertThat(answer.path("status").asInt()).isEqualTo(status);
			assertThat(engine(server).control().current()).isEqualTo(before);
			assertThat(engine(server).control().changes()).isEmpty();
		}
	}

	@Test
	void whatIsNoNumberIsRefused() throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET, ALLOWED)) {
			assertThat(post(server.port(), "{\"workers\": \"many\"}").statusCode()).isEqualTo(400);
			assertThat(post(server.port(), "{\"workers\": ").statusCode()).isEqualTo(400);
			assertThat(engine(server).control().changes()).isEmpty();
		}
	}

	@Test
	void whereEventLoopsRunEverythingThereAreNoWorkersToChange() throws Exception {
		try (TestServer server = start(WebApplicationType.REACTIVE, ALLOWED)) {
			assertThat(json(post(server.port(), "{\"workers\": 5}"), 400).path("message").asString())
				.contains("the event loops handle the requests themselves");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void theAnswerToADrainIsTheLastOneOnItsConnection(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, ALLOWED)) {
			int port = server.port();
			String body = "{\"drain\": true}";
			String answer = server.raw("POST /actuator/millrace HTTP/1.1\r\nHost: localhost\r\n"
					+ "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
			assertThat(answer).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close")
				.contains("\"drain\":true");
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("localhost", port));
			engine(server).drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aDrainedInstanceIsNotReadyAndCanBePutBack(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, ALLOWED, "management.server.port=0")) {
			int management = server.managementPort();
			assertThat(server.get(management, "/actuator/health/readiness").statusCode()).isEqualTo(200);
			Application application = server.context().getBean(Application.class);
			try (Socket slow = server.send("/slow")) {
				assertThat(application.entered.await(20, TimeUnit.SECONDS)).isTrue();
				json(post(management, "{\"drain\": true}"), 200);
				assertThat(server.get(management, "/actuator/health/readiness").statusCode()).isEqualTo(503);
				assertThat(json(post(management, "{\"drain\": false}"), 409).path("message").asString())
					.contains("as long as requests are answered");
				application.done.tryEmitValue("slow");
				assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
					.startsWith("HTTP/1.1 200")
					.containsIgnoringCase("Connection: close");
			}
			Awaitility.await().until(() -> post(management, "{\"drain\": false}").statusCode() == 200);
			assertThat(server.get(management, "/actuator/health/readiness").statusCode()).isEqualTo(200);
			assertThat(server.get(server.webServer().getPort(), "/hello").body()).isEqualTo("hello");
			assertThat(server.context().getBean(AuditEventRepository.class).find(null, null, RunTimeChanges.AUDIT_TYPE))
				.extracting((event) -> event.getData().get("to"))
				.containsExactly("true", "false");
		}
	}

	@ParameterizedTest
	@CsvSource({ "workers,300,millrace.worker.max-threads", "queueCapacity,70,millrace.worker.queue.capacity",
			"limit,60,millrace.admission.max" })
	void explainShowsWhatWasChanged(String setting, int value, String property) throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET, ALLOWED, "millrace.admission.limit=fixed",
				"millrace.admission.max=50")) {
			json(post(server.port(), "{\"" + setting + "\": " + value + "}"), 200);
			List<JsonNode> explained = json(server.get("/actuator/millrace/explain"), 200).path("settings")
				.valueStream()
				.filter((candidate) -> candidate.path("origin").asString().startsWith("changed at run time at "))
				.toList();
			assertThat(explained).hasSize(1);
			assertThat(explained.get(0).path("name").asString()).isEqualTo(property);
			assertThat(explained.get(0).path("value").asInt()).isEqualTo(value);
			assertThat(explained.get(0).path("honoured").asBoolean()).isTrue();
		}
	}

	@Test
	void jmxHasItToo() throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET, ALLOWED, "spring.jmx.enabled=true",
				"spring.jmx.default-domain=change-tests", "management.endpoints.jmx.exposure.include=millrace")) {
			MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
			ObjectName name = new ObjectName("change-tests:type=Endpoint,name=Millrace");
			assertThat(invoke(beans, name, 250)).asString().contains("250");
			assertThat(engine(server).workers().limit()).isEqualTo(250);
			assertThatExceptionOfType(ReflectionException.class).isThrownBy(() -> invoke(beans, name, 0))
				.withMessageContaining("workers has to be 1 to 100000, and is 0");
		}
	}

	private static Object invoke(MBeanServer beans, ObjectName name, int workers) throws Exception {
		String number = Integer.class.getName();
		return beans.invoke(name, "change", new Object[] { workers, null, null, null, null, null },
				new String[] { number, number, number, number, number, Boolean.class.getName() });
	}

	private record User(String name) implements SecurityContext {

		@Override
		public Principal getPrincipal() {
			return this::name;
		}

		@Override
		public boolean isUserInRole(String role) {
			return false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final Sinks.One<String> done = Sinks.one();

		@Bean
		AuditEventRepository audit() {
			return new InMemoryAuditEventRepository();
		}

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@GetMapping("/slow")
		Mono<String> slow() {
			this.entered.countDown();
			return this.done.asMono();
		}

	}

}
