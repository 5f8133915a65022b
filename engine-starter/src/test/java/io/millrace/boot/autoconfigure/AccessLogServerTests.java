package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.accesslog.AccessLog;
import io.millrace.boot.metrics.AccessLogMeters;
import io.millrace.boot.metrics.MillraceMeters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The access log as its users see it: real servers, real sockets.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class AccessLogServerTests {

	private static final String ON = "millrace.access-log.enabled=true";

	private static final Semaphore ENTERED = new Semaphore(0);

	private static final Semaphore MAY_LEAVE = new Semaphore(0);

	@TempDir
	Path directory;

	private Path file() {
		return this.directory.resolve("logs/access.log");
	}

	private TestServer start(String type, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of(ON, "millrace.access-log.target=file", "millrace.access-log.file.path=" + file()));
		return run(type, all.toArray(String[]::new));
	}

	private static TestServer run(String type, String... properties) {
		return type.equals("servlet") ? TestServer.servlet(Application.class, properties)
				: TestServer.reactive(Application.class, properties);
	}

	private List<String> lines() throws IOException {
		return Files.readAllLines(file());
	}

	private List<JsonNode> json() throws IOException {
		return lines().stream().map(JsonMapper.shared()::readTree).toList();
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void asManyRequestsAsManyLines(String type) throws Exception {
		int clients = 4;
		int requests = 250;
		try (TestServer server = start(type)) {
			ExecutorService executor = Executors.newFixedThreadPool(clients);
			Callable<Void> client = () -> {
				for (int i = 0; i < requests; i++) {
					assertThat(server.get((i % 5 == 0) ? "/missing" : "/hello/" + i).statusCode())
						.isEqualTo((i % 5 == 0) ? 404 : 200);
				}
				return null;
			};
			List<Future<Void>> futures = new ArrayList<>();
			for (int i = 0; i < clients; i++) {
				futures.add(executor.submit(client));
			}
			for (Future<Void> future : futures) {
				future.get();
			}
			executor.shutdown();
			AccessLog log = server.context().getBean(AccessLog.class);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(log.written()).isEqualTo(clients * requests));
			assertThat(log.dropped()).isZero();
		}
		assertThat(lines()).hasSize(clients * requests)
			.allMatch((line) -> line
				.matches("127\\.0\\.0\\.1 - - \\[[^]]+] \"GET /(hello/\\d+|missing) HTTP/1.1\" (200|404) \\d+"));
		assertThat(lines()).filteredOn((line) -> line.contains("\" 404 ")).hasSize(clients * requests / 5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void jsonTellsWhoItWasAndHowMuch(String type) throws Exception {
		try (TestServer server = start(type, "millrace.access-log.format=json",
				"millrace.access-log.request-headers=X-Tenant", "millrace.access-log.response-headers=Content-Type",
				"millrace.access-log.mask-query=token", "server.forward-headers-strategy=native")) {
			server.raw("POST /length?a=b&token=secret HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
					+ "Content-Type: text/plain\r\nContent-Length: 5\r\nX-Tenant: acme\r\nUser-Agent: \"me\"\r\n"
					+ "X-Forwarded-For: 192.0.2.1, 198.51.100.7\r\n"
					+ "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\nhello");
		}
		JsonNode line = json().get(0);
		JsonNode http = line.path("http");
		assertThat(http.path("request").path("method").asString()).isEqualTo("POST");
		assertThat(http.path("request").path("body").path("bytes").asInt()).isEqualTo(5);
		assertThat(http.path("request").path("headers").path("x-tenant").asString()).isEqualTo("acme");
		assertThat(http.path("response").path("status_code").asInt()).isEqualTo(200);
		assertThat(http.path("response").path("body").path("bytes").asInt()).isEqualTo(1);
		assertThat(http.path("response").path("headers").path("content-type").asString()).startsWith("text/plain");
		assertThat(line.path("url").path("original").asString()).isEqualTo("/length?a=b&token=***");
		assertThat(line.path("client").path("ip").asString()).isEqualTo("198.51.100.7");
		assertThat(line.path("source").path("ip").asString()).isEqualTo("127.0.0.1");
		assertThat(line.path("user_agent").path("original").asString()).isEqualTo("\"me\"");
		assertThat(line.path("trace").path("id").asString()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
		assertThat(line.path("event").path("duration").asLong()).isPositive();
		assertThat(line.path("millrace").path("mode").asString()).isEqualTo(type.equals("servlet") ? "pool" : "inline");
		assertThat(line.path("millrace").path("completed").asBoolean()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void whatWasNoRequestHasALine(String type) throws Exception {
		try (TestServer server = start(type, "millrace.access-log.format=pattern",
				"millrace.access-log.pattern=%s \"%r\" %{refusal}M %{mode}M")) {
			assertThat(server.raw("\u0016\u0003\u0001 \"nonsense\u001b[2J\r\n\r\n")).contains(" 400 ");
			assertThat(server.raw("GET /hello/a HTTP/1.1\r\nNo Field\r\n\r\n")).contains(" 400 ");
		}
		assertThat(lines()).hasSize(2).allMatch((line) -> line.matches("400 \"[ -~]*\" syntax none"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void whetherTheConnectionStaysIsTold(String type) throws Exception {
		try (TestServer server = start(type, "millrace.access-log.format=pattern",
				"millrace.access-log.pattern=%X \"%r\" %H")) {
			server.raw("GET /hello/a HTTP/1.1\r\nHost: localhost\r\n\r\n"
					+ "GET /hello/b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
			server.raw("GET /hello/c HTTP/1.0\r\n\r\n");
			server.raw("GET /hello/d HTTP/9.9\r\nHost: localhost\r\n\r\n");
		}
		assertThat(lines()).containsExactly("+ \"GET /hello/a HTTP/1.1\" HTTP/1.1",
				"- \"GET /hello/b HTTP/1.1\" HTTP/1.1", "- \"GET /hello/c HTTP/1.0\" HTTP/1.0",
				"- \"GET /hello/d -\" -");
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void whatIsRefusedHasALine(String type) throws Exception {
		try (TestServer server = start(type, "millrace.admission.limit=fixed", "millrace.admission.max=1",
				"millrace.routes[0].pattern=/wait", "millrace.routes[0].mode=pool",
				"millrace.access-log.format=pattern", "millrace.access-log.pattern=%s %U %{refusal}M %X")) {
			try (Socket waiting = server.send("/wait")) {
				ENTERED.acquire();
				HttpResponse<String> refused = server.get("/hello/a");
				assertThat(refused.statusCode()).isEqualTo(503);
				MAY_LEAVE.release();
				assertThat(waiting.getInputStream().read()).isEqualTo('H');
			}
		}
		assertThat(lines()).containsExactlyInAnyOrder("503 /hello/a limit +", "200 /wait - +");
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void whoGoesAwayHasALine(String type) throws Exception {
		try (TestServer server = start(type, "millrace.routes[0].pattern=/wait", "millrace.routes[0].mode=pool",
				"millrace.access-log.format=pattern", "millrace.access-log.pattern=%s %U %X")) {
			Socket leaving = server.send("/wait");
			ENTERED.acquire();
			// With a reset, since who only closes may still be there to read.
			leaving.setSoLinger(true, 0);
			leaving.close();
			AccessLog log = server.context().getBean(AccessLog.class);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(log.written()).isEqualTo(1));
			MAY_LEAVE.release();
		}
		assertThat(lines()).containsExactly("- /wait X");
	}

	@ParameterizedTest
	@CsvSource({ "servlet, server.servlet.context-path", "reactive, spring.webflux.base-path" })
	void pathsCanBeLeftOut(String type, String contextPath) throws Exception {
		try (TestServer server = start(type, "millrace.access-log.exclude-paths=/actuator/**,/hello/b",
				contextPath + "=/desk", "millrace.access-log.format=pattern", "millrace.access-log.pattern=%s %U")) {
			server.get("/desk/hello/a");
			server.get("/desk/hello/b");
			server.get("/desk/hello/%62");
			server.get("/hello/b");
			server.get("/desk/actuator/health");
			for (String half : List.of("%zz", "%", "%2")) {
				server.raw("GET /desk/actuator/" + half + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
			}
			server.raw("GET /desk/actuator/../hello/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
		}
		assertThat(lines()).hasSize(6)
			.startsWith("200 /desk/hello/a", "404 /hello/b", "400 /desk/actuator/%zz", "400 /desk/actuator/%",
					"400 /desk/actuator/%2")
			.last()
			.asString()
			.endsWith(" /desk/actuator/../hello/a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void theManagementServerHasNone(String type) throws Exception {
		try (TestServer server = start(type, "management.server.port=0")) {
			assertThat(server.get(server.managementPort(), "/actuator/health").statusCode()).isEqualTo(200);
			server.get("/hello/a");
		}
		assertThat(lines()).hasSize(1).first().asString().contains("/hello/a");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void aFullDiskFailsNoRequest(CapturedOutput output) throws Exception {
		try (TestServer server = run("servlet", ON, "millrace.access-log.target=file",
				"millrace.access-log.file.path=/dev/full")) {
			for (int i = 0; i < 10; i++) {
				assertThat(server.get("/hello/a").statusCode()).isEqualTo(200);
			}
			AccessLog log = server.context().getBean(AccessLog.class);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(log.dropped()).isEqualTo(10));
			assertThat(log.written()).isZero();
			assertThat(server.context()
				.getBean(MeterRegistry.class)
				.get(MillraceMeters.ACCESS_LOG_DROPPED.getName())
				.functionCounter()
				.count()).isEqualTo(10);
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(output).contains("The access log has dropped "));
		}
	}

	@Test
	void linesGoToTheStandardOutputUnlessSomebodySaysOtherwise(CapturedOutput output) throws Exception {
		try (TestServer server = run("servlet", ON)) {
			server.get("/hello/stdout");
		}
		assertThat(output.getOut().lines()).filteredOn((line) -> line.contains("/hello/stdout"))
			.hasSize(1)
			.first()
			.asString()
			.startsWith("127.0.0.1 - - [")
			.endsWith("\"GET /hello/stdout HTTP/1.1\" 200 6");
	}

	@Test
	void linesCanGoToALogger(CapturedOutput output) throws Exception {
		try (TestServer server = run("reactive", ON, "millrace.access-log.target=logger",
				"millrace.access-log.logger=some.access")) {
			server.get("/hello/logger");
		}
		assertThat(output.getOut().lines()).filteredOn((line) -> line.contains("/hello/logger"))
			.hasSize(1)
			.first()
			.asString()
			.contains("INFO", "some.access")
			.endsWith("\"GET /hello/logger HTTP/1.1\" 200 6");
	}

	@Test
	void withoutAskingForItThereIsNone(CapturedOutput output) {
		try (TestServer server = run("servlet", "millrace.access-log.format=json")) {
			assertThat(server.context().getBeansOfType(AccessLog.class)).isEmpty();
			assertThat(server.context().getBeansOfType(AccessLogMeters.class)).isEmpty();
			assertThat(output)
				.contains("Without effect: millrace.access-log.format (millrace.access-log.enabled is not true)");
		}
		try (TestServer server = run("servlet", "millrace.access-log.enabled=false",
				"millrace.access-log.format=pattern", "millrace.access-log.target=file")) {
			assertThat(server.context().getBeansOfType(AccessLog.class)).isEmpty();
		}
		assertThat(output).containsOnlyOnce("Without effect");
	}

	@Test
	void anApplicationWithoutAServerOpensNoFile() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties(ON, "millrace.access-log.target=file", "millrace.access-log.file.path=" + file())
			.run()) {
			assertThat(file()).doesNotExist();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"millrace.access-log.format=pattern|millrace.access-log.format|There is no millrace.access-log.pattern",
			"millrace.access-log.format=pattern;millrace.access-log.pattern=%h %Z|millrace.access-log.pattern|"
					+ "'%Z' at character 4 is not known. There are %a %b",
			"millrace.access-log.pattern=%h|millrace.access-log.pattern|It does nothing where "
					+ "millrace.access-log.format is common",
			"millrace.access-log.request-headers=A|millrace.access-log.request-headers|set millrace.access-log.format=json",
			"millrace.access-log.format=json;millrace.access-log.request-headers=A B|millrace.access-log.request-headers|"
					+ "'A B' is no name of a header field",
			"millrace.access-log.mask-headers=A:|millrace.access-log.mask-headers|is no name",
			"millrace.access-log.file.max-history=5|millrace.access-log.file.max-history|It does nothing where "
					+ "millrace.access-log.target is stdout. Remove it, or set millrace.access-log.target=file",
			"millrace.access-log.logger=a|millrace.access-log.logger|set millrace.access-log.target=logger",
			"millrace.access-log.target=file;millrace.access-log.file.daily=false;"
					+ "millrace.access-log.file.compress=true|millrace.access-log.file.compress|No file is put aside",
			"millrace.access-log.target=file;millrace.access-log.file.max-size=10MB;"
					+ "millrace.access-log.file.total-size-cap=5MB|millrace.access-log.file.total-size-cap|at least",
			"millrace.access-log.target=file;millrace.access-log.file.max-history=-1|"
					+ "millrace.access-log.file.max-history|0 (for ever) or more",
			"millrace.access-log.target=file;millrace.access-log.file.path=/|millrace.access-log.file.path=/|"
					+ "Name a file that the user of this process may write to",
			"millrace.access-log.queue-capacity=1|millrace.access-log.queue-capacity|2 to 1000000",
			"millrace.access-log.min-status=99|millrace.access-log.min-status|0 (all) or 100 to 599",
			"millrace.access-log.min-duration=-1s|millrace.access-log.min-duration|0 (off) or more",
			"millrace.access-log.exclude-paths=actuator/**|millrace.access-log.exclude-paths[0]|Write /actuator/**.",
			"millrace.access-log.exclude-paths=/{a|millrace.access-log.exclude-paths[0]|It is no pattern",
			"millrace.access-log.format=xml|millrace.access-log.format|COMBINED" })
	void whatContradictsItselfStopsStartUp(String properties, String what, String remedy, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("servlet", (ON + ";" + properties).split(";")));
		assertThat(output).contains("APPLICATION FAILED TO START", what, remedy).doesNotContain("Millrace started");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

	}

	@RestController
	@ConditionalOnWebApplication
	static class Controller {

		@GetMapping("/hello/{name}")
		String hello(@PathVariable String name) {
			return name;
		}

		@PostMapping("/length")
		String length(@RequestBody String body) {
			return String.valueOf(body.length());
		}

		@GetMapping("/wait")
		String await() throws InterruptedException {
			ENTERED.release();
			MAY_LEAVE.acquire();
			return "waited";
		}

	}

}
