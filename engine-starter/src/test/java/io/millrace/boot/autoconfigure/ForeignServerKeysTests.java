package io.millrace.boot.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ForeignServerKeysTests {

	@Test
	void keysOfOtherServersAreNamedInOneLineWithOurs(CapturedOutput output) {
		MockEnvironment environment = new MockEnvironment().withProperty("server.tomcat.threads.max", "10")
			.withProperty("server.tomcat.accesslog.enabled", "true")
			.withProperty("server.jetty.max-form-keys", "10")
			.withProperty("server.netty.idle-timeout", "10s")
			.withProperty("server.port", "0");
		new ForeignServerKeys(environment).warn();
		assertThat(output.getOut().lines()).hasSize(1)
			.first()
			.asString()
			.contains("WARN")
			.endsWith("Not applied, since Millrace serves this application: server.tomcat.accesslog.enabled "
					+ "(use millrace.access-log.enabled), "
					+ "server.tomcat.threads.max (use millrace.worker.max-threads), "
					+ "server.jetty.max-form-keys (use millrace.servlet.max-parameter-count), "
					+ "server.netty.idle-timeout (use millrace.timeouts.idle)");
	}

	@Test
	void environmentVariablesAreKeysToo(CapturedOutput output) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("SERVER_TOMCAT_MAX_CONNECTIONS", "10")));
		new ForeignServerKeys(environment).warn();
		assertThat(output).contains("(use millrace.max-connections)");
	}

	@Test
	void withoutSuchKeysNothingIsSaid(CapturedOutput output) {
		new ForeignServerKeys(new MockEnvironment().withProperty("server.servlet.context-path", "/a")).warn();
		assertThat(output).isEmpty();
	}

	@Test
	void defaultsOfTheDevelopmentToolsAreNobodysWish() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addLast(new MapPropertySource("devtools", Map.of("server.tomcat.basedir", "a")));
		assertThat(ConfiguredKeys.under(environment, "server.tomcat")).isEmpty();
	}

}
