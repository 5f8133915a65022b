package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.time.Duration;

import io.millrace.boot.RunningEngine;
import io.millrace.boot.autoconfigure.actuate.MillraceEndpointAutoConfiguration;
import io.millrace.boot.autoconfigure.actuate.MillraceEndpointProperties;
import io.millrace.boot.autoconfigure.actuate.MillraceEndpointWebExtension;
import org.HdrHistogram.Recorder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the stream and the dashboard of
 * the actuator endpoint {@code millrace}, where it is exposed over HTTP.
 */
@AutoConfiguration(after = MillraceEndpointAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(MillraceEndpointWebExtension.class)
public final class MillraceDashboardAutoConfiguration {

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	@Bean
	@ConditionalOnMissingBean
	EventBroadcaster millraceEventBroadcaster(RunningEngine engine, ObjectProvider<LatencyRecorder> latencies,
			MillraceEndpointProperties properties) {
		int maxSubscribers = properties.getStream().getMaxSubscribers();
		if (maxSubscribers < 0) {
			throw new InvalidConfigurationPropertyValueException(EventBroadcaster.MAX_SUBSCRIBERS, maxSubscribers,
					"The value has to be 0 (nobody may read the stream) or more.");
		}
		return new EventBroadcaster(new Sampler(engine, latencies.getIfAvailable()), maxSubscribers, INTERVAL);
	}

	/**
	 * Where there is a histogram, which Micrometer brings.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Recorder.class)
	static class LatencyConfiguration {

		@Bean
		LatencyRecorder millraceLatencyRecorder() {
			return new LatencyRecorder();
		}

	}

	/**
	 * In Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(DispatcherServlet.class)
	static class ServletConfiguration {

		@Bean
		ServletStreamPart millraceStreamPart(EventBroadcaster broadcaster) {
			return new ServletStreamPart(broadcaster);
		}

		@Bean
		DashboardPart millraceDashboardPart() {
			return new DashboardPart(new DashboardAssets(), ServletPages::toResponse);
		}

	}

	/**
	 * In WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnClass(DispatcherHandler.class)
	static class ReactiveConfiguration {

		@Bean
		ReactiveStreamPart millraceStreamPart(EventBroadcaster broadcaster) {
			return new ReactiveStreamPart(broadcaster);
		}

		@Bean
		DashboardPart millraceDashboardPart() {
			return new DashboardPart(new DashboardAssets(), ReactivePage::new);
		}

	}

}
