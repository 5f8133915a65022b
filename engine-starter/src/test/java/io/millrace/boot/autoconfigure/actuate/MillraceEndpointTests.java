package io.millrace.boot.autoconfigure.actuate;

import java.net.http.HttpResponse;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.millrace.boot.autoconfigure.TestServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint over real sockets, on both stacks.
 */
@Timeout(120)
class MillraceEndpointTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=*";

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void theSnapshotIsReadWhereTheOtherEndpointsAre(WebApplicationType type) throws Exception {
		try (TestServer server = start(type)) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			HttpResponse<String> response = server.get("/actuator/millrace");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("content-type"))
				.contains("application/vnd.spring-boot.actuator.v3+json");
			JsonNode snapshot = json(response);
			assertThat(snapshot.path("requests").path("completed").asInt()).isEqualTo(1);
			assertThat(snapshot.path("requests").path("inFlight").asInt()).isEqualTo(1);
			assertThat(snapshot.path("connections").path("open").asInt()).isEqualTo(1);
			assertThat(snapshot.path("eventLoops").size()).isEqualTo(server.millrace().getEngine().eventLoopCount());
			assertThat(snapshot.path("schema").asInt()).isEqualTo(SnapshotDocument.SCHEMA);
			assertThat(snapshot.path("state").asString()).isEqualTo("running");
			assertThat(snapshot.path("port").asInt()).isEqualTo(server.port());
			assertThat(snapshot.path("transport").asString()).isEqualTo(server.millrace().getEngine().transport().id());
			assertThat(server.get("/actuator").body()).contains("/actuator/millrace");
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET,management.endpoints.web.base-path=/admin,/admin/millrace",
			"REACTIVE,management.endpoints.web.base-path=/admin,/admin/millrace",
			"SERVLET,management.endpoints.web.path-mapping.millrace=engine,/actuator/engine",
			"SERVLET,server.servlet.context-path=/desk,/desk/actuator/millrace",
			"REACTIVE,spring.webflux.base-path=/desk,/desk/actuator/millrace" })
	void itMovesWithTheBasePath(WebApplicationType type, String property, String path) throws Exception {
		try (TestServer server = start(type, property)) {
			assertThat(server.get(path).statusCode()).isEqualTo(200);
			assertThat(server.get(path + "/connections").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void onAPortOfItsOwnItTellsOfTheApplicationsEngine(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, "management.server.port=0")) {
			HttpResponse<String> response = server.get(server.managementPort(), "/actuator/millrace");
			assertThat(json(response).path("port").asInt()).isEqualTo(server.port())
				.isNotEqualTo(server.managementPort());
			assertThat(server.get("/actuator/millrace").statusCode()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void connectionsAreReadByTheOrderAskedFor(WebApplicationType type) throws Exception {
		try (TestServer server = start(type)) {
			JsonNode connections = json(server.get("/actuator/millrace/connections"));
			assertThat(connections.path("sort").asString()).isEqualTo("busiest");
			assertThat(connections.path("limit").asInt()).isEqualTo(50);
			assertThat(connections.path("connections").valueStream()).singleElement().satisfies((connection) -> {
				assertThat(connection.path("path").asString()).isEqualTo("/actuator/millrace/connections");
				assertThat(connection.path("method").asString()).isEqualTo("GET");
				assertThat(connection.path("requests").asInt()).isEqualTo(1);
				assertThat(connection.path("ageMs").asLong()).isNotNegative();
			});
			JsonNode oldest = json(server.get("/actuator/millrace/connections?sort=oldest&limit=2"));
			assertThat(oldest.path("sort").asString()).isEqualTo("oldest");
			assertThat(oldest.path("limit").asInt()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aParameterThatIsWrongIsABadRequest(WebApplicationType type) throws Exception {
		try (TestServer server = start(type)) {
			for (String query : List.of("sort=newest", "limit=0", "limit=1001", "limit=-1", "limit=many")) {
				assertThat(server.get("/actuator/millrace/connections?" + query).statusCode()).as(query).isEqualTo(400);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void whatThereIsNotIsNotFound(WebApplicationType type) throws Exception {
		try (TestServer server = start(type)) {
			assertThat(server.get("/actuator/millrace/nothing").statusCode()).isEqualTo(404);
			assertThat(server.get("/actuator/millrace/connections/1").statusCode()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@CsvSource({ "application/json,application/json", "*/*,application/vnd.spring-boot.actuator.v3+json",
			"'text/html,application/xhtml+xml,*/*;q=0.8',application/vnd.spring-boot.actuator.v3+json" })
	void aDocumentIsJsonForBrowsersToo(String accept, String type) throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET)) {
			HttpResponse<String> response = server.get("/actuator/millrace/connections", "Accept", accept);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("content-type")).contains(type);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void aBeanMayBeAPageAndWhatIsBelowIt(WebApplicationType type) throws Exception {
		try (TestServer server = start(type, Pages.class)) {
			HttpResponse<String> page = server.get("/actuator/millrace/page", "Accept", "text/html");
			assertThat(page.body()).isEqualTo("<p>[]");
			assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
			assertThat(server.get("/actuator/millrace/page/a/b%20c").body()).isEqualTo("<p>[a, b c]");
			assertThat(server.get("/actuator/millrace/page/missing").statusCode()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.endpoint.millrace.access=none",
			"management.endpoints.web.exposure.exclude=millrace", "millrace.enabled=false" })
	void itIsNotThereWhereItIsNotWanted(String property) throws Exception {
		try (TestServer server = start(WebApplicationType.SERVLET, property)) {
			assertThat(server.get("/actuator/millrace").statusCode()).isEqualTo(404);
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void itIsNotExposedUnlessSomebodySaysSo() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class)) {
			assertThat(server.get("/actuator/millrace").statusCode()).isEqualTo(404);
			assertThat(server.context().getBeanNamesForType(MillraceEndpoint.class)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void addressesAreShownToWhomTheyMayBe(WebApplicationType type) throws Exception {
		try (TestServer server = start(type)) {
			assertThat(addresses(server)).isNotEmpty().allSatisfy((address) -> assertThat(address).contains("/"));
		}
		try (TestServer server = start(type, "management.endpoint.millrace.show-addresses=always")) {
			assertThat(addresses(server)).isNotEmpty().allSatisfy((address) -> assertThat(address).doesNotContain("/"));
		}
	}

	private static List<String> addresses(TestServer server) throws Exception {
		return json(server.get("/actuator/millrace/connections")).path("connections")
			.valueStream()
			.map((connection) -> connection.path("address").asString())
			.toList();
	}

	private static TestServer start(WebApplicationType type, String... properties) {
		return start(type, Application.class, properties);
	}

	private static TestServer start(WebApplicationType type, Class<?> application, String... properties) {
		String[] all = new String[properties.length + 1];
		all[0] = EXPOSED;
		System.arraycopy(properties, 0, all, 1, properties.length);
		return (type == WebApplicationType.SERVLET) ? TestServer.servlet(application, all)
				: TestServer.reactive(application, all);
	}

	private static JsonNode json(HttpResponse<String> response) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Controller controller() {
			return new Controller();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Pages {

		@Bean
		WebEndpointPart page() {
			return new Page();
		}

	}

	private static final class Page implements WebEndpointPart {

		@Override
		public String name() {
			return "page";
		}

		@Override
		public @Nullable Object read(SecurityContext security, List<String> path) {
			return path.contains("missing") ? null : new WebEndpointResponse<>("<p>" + path, MimeTypeUtils.TEXT_HTML);
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
