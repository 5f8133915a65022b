package io.millrace.boot.autoconfigure;

import io.millrace.accesslog.AccessLog;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the access log that the
 * properties ask for.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "millrace.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "millrace.access-log.enabled")
@Conditional(OnMillraceEngineCondition.class)
@EnableConfigurationProperties(MillraceProperties.class)
public final class MillraceAccessLogAutoConfiguration {

	// Lazy, since an application without a server, as in a test, writes no file.
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	AccessLog millraceAccessLog(MillraceProperties properties, Environment environment, ApplicationContext context) {
		ApplicationPaths paths = ApplicationPaths.of(environment, context instanceof ReactiveWebApplicationContext);
		return new ConfiguredAccessLog(properties.getAccessLog(), environment, paths.context()).create();
	}

}
