package io.millrace.boot.autoconfigure.tracing;

import io.micrometer.observation.ObservationFilter;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.reactive.MillraceReactiveWebServerAutoConfiguration;
import io.millrace.boot.autoconfigure.servlet.MillraceServletWebServerAutoConfiguration;
import io.millrace.boot.reactive.MillraceReactiveWebServerFactory;
import io.millrace.boot.servlet.MillraceServletWebServerFactory;
import io.millrace.core.observe.EngineObserver;
import jakarta.servlet.ServletRequest;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.context.WebApplicationContext;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what the observations of
 * requests tell of the engine.
 */
@AutoConfiguration(
		after = { MillraceServletWebServerAutoConfiguration.class, MillraceReactiveWebServerAutoConfiguration.class },
		afterName = {
				"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration" })
@ConditionalOnClass(ObservationFilter.class)
@ConditionalOnBooleanProperty(name = "millrace.tracing.enabled", matchIfMissing = true)
@Conditional(OnTracingCondition.class)
public final class MillraceTracingAutoConfiguration {

	private static EngineKeys keys(MillraceProperties properties) {
		return new EngineKeys(properties.getTracing().isMetricTags());
	}

	/**
	 * Where Spring MVC is served.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ServletRequest.class, WebApplicationContext.class })
	@ConditionalOnBean(MillraceServletWebServerFactory.class)
	static class ServletConfiguration {

		@Bean
		ObservationFilter millraceServletObservationKeys(MillraceProperties properties) {
			return new ServletObservationKeys(keys(properties));
		}

		@Bean
		EngineObserver millraceServletExchangesWanted() {
			return new ExchangesWanted();
		}

	}

	/**
	 * Where WebFlux is served.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Mono.class)
	@ConditionalOnBean(MillraceReactiveWebServerFactory.class)
	static class ReactiveConfiguration {

		@Bean
		ObservationFilter millraceReactiveObservationKeys(MillraceProperties properties) {
			return new ReactiveObservationKeys(keys(properties));
		}

		@Bean
		EngineObserver millraceReactiveExchangesWanted() {
			return new ExchangesWanted();
		}

	}

}
