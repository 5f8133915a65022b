package io.millrace.boot.autoconfigure.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.millrace.accesslog.AccessLog;
import io.millrace.boot.RunningEngine;
import io.millrace.boot.autoconfigure.MillraceAccessLogAutoConfiguration;
import io.millrace.boot.autoconfigure.reactive.MillraceReactiveWebServerAutoConfiguration;
import io.millrace.boot.autoconfigure.servlet.MillraceServletWebServerAutoConfiguration;
import io.millrace.boot.metrics.AccessLogMeters;
import io.millrace.boot.metrics.ExchangeTimers;
import io.millrace.boot.metrics.MillraceMeters;
import io.millrace.boot.metrics.MillraceMetricsBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.PropertiesMeterFilter;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of the engine, where
 * there is a registry. {@code management.metrics.enable.millrace=false} switches them
 * off.
 */
@AutoConfiguration(after = { CompositeMeterRegistryAutoConfiguration.class, MillraceAccessLogAutoConfiguration.class,
		MillraceServletWebServerAutoConfiguration.class, MillraceReactiveWebServerAutoConfiguration.class })
@ConditionalOnWebApplication
@ConditionalOnClass({ MeterRegistry.class, CompositeMeterRegistryAutoConfiguration.class })
@ConditionalOnBean({ MeterRegistry.class, RunningEngine.class })
public final class MillraceMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ExchangeTimers millraceExchangeTimers(ObjectProvider<PropertiesMeterFilter> filters) {
		return new ExchangeTimers(filters.stream()
			.noneMatch((filter) -> isDenied(filter, MillraceMeters.QUEUE_WAIT)
					&& isDenied(filter, MillraceMeters.SERVICE_TIME)));
	}

	// Otherwise requests would be timed for nobody.
	private static boolean isDenied(PropertiesMeterFilter filter, MillraceMeters meter) {
		Meter.Id id = new Meter.Id(meter.getName(), Tags.empty(), null, null, meter.getType());
		return filter.accept(id) == MeterFilterReply.DENY;
	}

	@Bean
	@ConditionalOnMissingBean
	MillraceMetricsBinder millraceMetricsBinder(RunningEngine engine, ExchangeTimers timers) {
		return new MillraceMetricsBinder(engine, timers);
	}

	// The log is not made before a server needs it.
	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(AccessLog.class)
	AccessLogMeters millraceAccessLogMeters(RunningEngine engine, ObjectProvider<AccessLog> logs) {
		return new AccessLogMeters(
				() -> (engine.get() != null) ? logs.stream().mapToLong(AccessLog::dropped).sum() : 0);
	}

}
