package io.millrace.boot.autoconfigure.explain;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class SettingOriginsTests {

	@ParameterizedTest
	@CsvSource({ "class path resource [application.yml] - 12:5,application.yml:12",
			"class path resource [config/application-prod.properties] - 3:16,application-prod.properties:3",
			"URL [file:/etc/app/application.yaml] - 7:10,application.yaml:7",
			"file [/etc/app/application.yml] - 4:2,application.yml:4",
			"class path resource [application.yml] from app.jar - 12:5,application.yml:12",
			"\"millrace.backlog\" from property source \"vault\",vault" })
	void anOriginIsShort(String origin, String expected) {
		assertThat(SettingOrigins.shorten(origin, "vault")).isEqualTo(expected);
	}

	@Test
	void anEnvironmentVariableIsNamed() {
		assertThat(describe(new SystemEnvironmentPropertySource(
				StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of("MILLRACE_BACKLOG", "5"))))
			.isEqualTo("environment variable MILLRACE_BACKLOG");
	}

	@Test
	void theCommandLineIsNamed() {
		assertThat(describe(new SimpleCommandLinePropertySource("--millrace.backlog=5"))).isEqualTo("command line");
	}

	@Test
	void whatNobodyHasSetHasNoOrigin() {
		SettingOrigins origins = new SettingOrigins(new StandardEnvironment());
		assertThat(origins.find(ConfigurationPropertyName.of("millrace.backlog"))).isNull();
	}

	private static String describe(PropertySource<?> source) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(source);
		ConfigurationProperty property = new SettingOrigins(environment)
			.find(ConfigurationPropertyName.of("millrace.backlog"));
		assertThat(property).isNotNull();
		assertThat(SettingOrigins.value(property)).isEqualTo("5");
		return SettingOrigins.describe(property);
	}

}
