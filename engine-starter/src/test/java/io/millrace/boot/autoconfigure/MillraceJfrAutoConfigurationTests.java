package io.millrace.boot.autoconfigure;

import io.millrace.core.observe.EngineObserver;
import io.millrace.jfr.JfrObserver;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which applications tell the flight recorder.
 */
class MillraceJfrAutoConfigurationTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MillraceJfrAutoConfiguration.class));

	@Test
	void theRecorderIsToldUnlessItIsSwitchedOff() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(JfrObserver.class));
		this.runner.withPropertyValues("millrace.jfr.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(EngineObserver.class));
		this.runner.withPropertyValues("millrace.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(EngineObserver.class));
	}

	@Test
	void aRuntimeWithoutTheModuleIsServedToo() {
		this.runner.withClassLoader(new FilteredClassLoader("jdk.jfr"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EngineObserver.class));
	}

	@Test
	void anObserverOfTheApplicationsOwnTakesItsPlace() {
		this.runner.withUserConfiguration(Own.class)
			.run((context) -> assertThat(context).getBean(JfrObserver.class).isSameAs(context.getBean("own")));
	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		JfrObserver own() {
			return new JfrObserver();
		}

	}

}
