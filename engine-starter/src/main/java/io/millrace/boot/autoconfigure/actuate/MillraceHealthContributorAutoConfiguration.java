package io.millrace.boot.autoconfigure.actuate;

import java.time.Clock;

import io.millrace.boot.RunningEngine;
import io.millrace.boot.autoconfigure.reactive.MillraceReactiveWebServerAutoConfiguration;
import io.millrace.boot.autoconfigure.servlet.MillraceServletWebServerAutoConfiguration;

import org.springframework.boot.actuate.endpoint.web.AdditionalPathsMapper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the engine's part in the health
 * of the application. Groups for liveness and readiness do not have it unless somebody
 * says so.
 */
@AutoConfiguration(
		after = { MillraceServletWebServerAutoConfiguration.class, MillraceReactiveWebServerAutoConfiguration.class },
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("millrace")
@ConditionalOnBean(RunningEngine.class)
public final class MillraceHealthContributorAutoConfiguration {

	@Bean
	EngineTroubles millraceEngineTroubles() {
		return new EngineTroubles(Clock.systemUTC());
	}

	@Bean
	@ConditionalOnMissingBean(name = "millraceHealthIndicator")
	MillraceHealthIndicator millraceHealthIndicator(EngineTroubles troubles) {
		return new MillraceHealthIndicator(troubles);
	}

	/**
	 * Where there is an endpoint that sums up.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthEndpointGroupsPostProcessor.class, AdditionalPathsMapper.class })
	static class AggregateConfiguration {

		@Bean
		static HealthEndpointGroupsPostProcessor millraceHealthEndpointGroupsPostProcessor() {
			return DegradedStatusGroups::new;
		}

	}

}
