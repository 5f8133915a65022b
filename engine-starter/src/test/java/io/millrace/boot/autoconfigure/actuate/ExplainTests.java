package io.millrace.boot.autoconfigure.actuate;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.autoconfigure.explain.Advice;
import io.millrace.boot.autoconfigure.explain.Advisor;
import io.millrace.core.EngineSetting;
import io.millrace.core.transport.ListenerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator is told of an application that is set up badly.
 */
@Timeout(120)
class ExplainTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=*";

	@Test
	void settingsSayWhatIsInForceAndWhereItComesFrom() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, EXPOSED,
				"spring.config.location=classpath:explain/application.yml")) {
			Map<String, JsonNode> settings = settings(server);
			JsonNode backlog = settings.get("millrace.backlog");
			assertThat(backlog.path("value").asInt()).isEqualTo(512);
			assertThat(backlog.path("origin").asString()).isEqualTo("application.yml:2");
			assertThat(backlog.path("honoured").asBoolean()).isTrue();
			assertThat(settings.get("millrace.timeouts.idle").path("value").asString()).isEqualTo("45s");
			assertThat(settings.get("millrace.timeouts.idle").path("origin").asString()).isEqualTo("application.yml:4");
			assertThat(settings.get("millrace.routes[0].pattern").path("value").asString()).isEqualTo("/reports/**");
			assertThat(settings.get("millrace.routes[0].pattern").path("origin").asString())
				.isEqualTo("application.yml:6");
			JsonNode header = settings.get("millrace.timeouts.header");
			assertThat(header.path("value").asString()).isEqualTo("20s");
			assertThat(header.path("origin").asString()).isEqualTo("default");
			JsonNode transport = settings.get("millrace.transport");
			assertThat(transport.path("value").asString()).isEqualTo("auto");
			assertThat(transport.path("effective").asString())
				.isEqualTo(server.millrace().getEngine().transport().id());
			assertThat(settings).containsKeys("millrace.worker.max-threads", "millrace.enabled", "server.shutdown",
					"server.port", "server.max-http-request-header-size");
		}
	}

	@Test
	void whatDoesNothingIsNotHonouredAndSaysWhy() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, EXPOSED, "server.tomcat.threads.max=400",
				"millrace.worker.max-concurrency=5", "millrace.worker.max-thread=7",
				"server.reactive.session.timeout=5s", "server.compression.min-response-size=1KB",
				"millrace.http2.max-concurrent-streams=50")) {
			Map<String, JsonNode> settings = settings(server);
			assertThat(settings.get("server.tomcat.threads.max").path("honoured").asBoolean()).isFalse();
			assertThat(settings.get("server.tomcat.threads.max").path("reason").asString())
				.contains("use millrace.worker.max-threads");
			assertThat(settings.get("millrace.worker.max-concurrency").path("reason").asString())
				.contains("millrace.worker.mode is pool");
			assertThat(settings.get("millrace.worker.max-thread").path("reason").asString()).contains("no such key",
					"use millrace.worker.max-threads");
			assertThat(settings.get("server.reactive.session.timeout").path("reason").asString())
				.contains("servlet application");
			assertThat(settings.get("server.compression.min-response-size").path("reason").asString())
				.contains("server.compression.enabled is false");
			JsonNode streams = settings.get("millrace.http2.max-concurrent-streams");
			assertThat(streams.path("reason").asString()).isEqualTo("server.http2.enabled is not true");
			assertThat(streams.hasNonNull("effective")).isFalse();
			assertThat(settings.get("server.port").path("honoured").asBoolean()).isTrue();
		}
	}

	@Test
	void whatACustomizerHasChangedIsNotHonouredEither() throws Exception {
		try (TestServer server = TestServer.servlet(Customized.class, EXPOSED, "millrace.max-connections=100")) {
			JsonNode setting = settings(server).get("millrace.max-connections");
			assertThat(setting.path("value").asInt()).isEqualTo(100);
			assertThat(setting.path("effective").asInt()).isEqualTo(5000);
			assertThat(setting.path("honoured").asBoolean()).isFalse();
		}
	}

	@Test
	void adviceIsAboutWhatWasChangedAtRunTime() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, EXPOSED, "millrace.worker.max-threads=5000")) {
			assertThat(advice(server)).contains("threads-many").doesNotContain("threads-few");
			server.millrace().getEngine().control().change(Map.of(EngineSetting.WORKERS, 1), null);
			assertThat(advice(server)).contains("threads-few").doesNotContain("threads-many");
		}
	}

	@Test
	void whatACloudDecidesAboutForwardedHeadersIsShown() throws Exception {
		try (TestServer server = TestServer.servlet(Application.class, EXPOSED,
				"spring.main.cloud-platform=kubernetes")) {
			JsonNode setting = settings(server).get("server.forward-headers-strategy");
			assertThat(setting.path("effective").asString()).isEqualTo("native");
			assertThat(setting.path("honoured").asBoolean()).isTrue();
		}
		try (TestServer server = TestServer.servlet(Application.class, EXPOSED, "spring.main.cloud-platform=kubernetes",
				"server.forward-headers-strategy=framework")) {
			JsonNode setting = settings(server).get("server.forward-headers-strategy");
			assertThat(setting.path("value").asString()).isEqualTo("framework");
			assertThat(setting.path("honoured").asBoolean()).isTrue();
		}
	}

	@Test
	void secretsAreNotShown() throws Exception {
		String[] properties = { EXPOSED, "server.ssl.enabled=false", "server.ssl.key-store-password=hush",
				"millrace.worker.passwrd=hush", "server.servlet.context-parameters.jwt=hush",
				"server.servlet.colour=hush", "millrace.routes[0].pattern=/reports", "millrace.routes[0].priority=low",
				"millrace.routes[0].colour=hush" };
		try (TestServer server = TestServer.servlet(Application.class, properties)) {
			assertThat(server.get("/actuator/millrace/explain").body()).doesNotContain("hush");
			JsonNode password = settings(server).get("server.ssl.key-store-password");
			assertThat(password.path("value").asString()).isEqualTo("******");
			assertThat(password.path("reason").asString()).isEqualTo("server.ssl.enabled is false");
		}
		try (TestServer server = TestServer.servlet(Application.class, properties[0], properties[1], properties[2],
				"management.endpoint.millrace.show-values=always")) {
			assertThat(settings(server).get("server.ssl.key-store-password").path("value").asString())
				.isEqualTo("hush");
		}
	}

	@Test
	void functionsOfTheApplicationSanitizeToo() throws Exception {
		try (TestServer server = TestServer.servlet(Sanitizing.class, EXPOSED, "millrace.backlog=77")) {
			assertThat(settings(server).get("millrace.backlog").path("value").asString()).isEqualTo("******");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "SERVLET|server.tomcat.max-connections=100|keys-foreign|millrace.max-connections",
					"SERVLET|millrace.worker.max-tread=100|keys-unknown|millrace.worker.max-threads",
					"SERVLET|server.max-http-header-size=16KB|keys-unknown|server.max-http-request-header-size",
					"SERVLET|milrace.backlog=100|keys-unknown|millrace.backlog",
					"SERVLET|millrace.worker.queue.capacity=100000|queue-wait|millrace.worker.queue.max-wait",
					"SERVLET|millrace.max-connections=50|connections-few|millrace.max-connections",
					"SERVLET|millrace.worker.mode=inline|mode-inline|millrace.worker.mode=auto",
					"SERVLET|millrace.transport=nio|transport|millrace.transport=auto",
					"SERVLET|millrace.event-loops=1024|event-loops|millrace.event-loops=0",
					"SERVLET|millrace.backlog=5|backlog-small|millrace.backlog=4096",
					"SERVLET|millrace.max-connections=2147483647|open-files|ulimit -n",
					"SERVLET|millrace.worker.reserved=0|probes|millrace.worker.reserved=2",
					"SERVLET|millrace.timeouts.header=0|timeout-header-off|millrace.timeouts.header=20s",
					"SERVLET|server.shutdown=immediate|shutdown|graceful",
					"REACTIVE|millrace.worker.max-threads=5|keys-without-effect|millrace.worker.max-threads",
					"REACTIVE|a=b|admission|millrace.admission.limit" })
	void whatIsWrongIsNamedWithItsRemedy(WebApplicationType type, String property, String id, String remedy)
			throws Exception {
		try (TestServer server = (type == WebApplicationType.SERVLET)
				? TestServer.servlet(Application.class, EXPOSED, property)
				: TestServer.reactive(Application.class, EXPOSED, property)) {
			assertThat(explain(server).path("advice").valueStream()).anySatisfy((advice) -> {
				assertThat(advice.path("id").asString()).isEqualTo(id);
				assertThat(advice.path("severity").asString()).isIn("warning", "info");
				assertThat(advice.path("found").asString()).isNotEmpty();
				assertThat(advice.path("why").asString()).isNotEmpty();
				assertThat(advice.path("found").asString() + advice.path("remedy").asString()).contains(remedy);
			});
		}
	}

	@Test
	void anAdvisorOfTheApplicationIsAskedAndOneThatFailsHarmsNobody() throws Exception {
		try (TestServer server = TestServer.servlet(Advised.class, EXPOSED)) {
			assertThat(advice(server)).contains("own", "request-timeout");
		}
	}

	private static JsonNode explain(TestServer server) throws Exception {
		return JsonMapper.shared().readTree(server.get("/actuator/millrace/explain").body());
	}

	private static List<String> advice(TestServer server) throws Exception {
		return explain(server).path("advice").valueStream().map((advice) -> advice.path("id").asString()).toList();
	}

	private static Map<String, JsonNode> settings(TestServer server) throws Exception {
		return explain(server).path("settings")
			.valueStream()
			.collect(Collectors.toMap((setting) -> setting.path("name").asString(), Function.identity()));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Customized {

		@Bean
		EngineCustomizer moreConnections() {
			return (config) -> {
				ListenerOptions options = config.build().listener();
				config.listener(new ListenerOptions(options.address(), options.backlog(), options.reusePort(), 5000));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Sanitizing {

		@Bean
		SanitizingFunction backlog() {
			return (data) -> data.getKey().equals("millrace.backlog") ? data.withSanitizedValue() : data;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Advised {

		@Bean
		Advisor own() {
			return (situation, advice) -> advice.accept(Advice.info("own", "found", "why", "remedy"));
		}

		@Bean
		Advisor failing() {
			return (situation, advice) -> {
				throw new IllegalStateException("on purpose");
			};
		}

	}

}
