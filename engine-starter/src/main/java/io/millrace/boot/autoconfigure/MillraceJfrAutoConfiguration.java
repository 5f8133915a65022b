package io.millrace.boot.autoconfigure;

import io.millrace.jfr.JfrObserver;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for events of the flight recorder. A
 * runtime image may lack the module.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnClass(name = "jdk.jfr.Event")
@ConditionalOnBooleanProperty(name = { "millrace.enabled", "millrace.jfr.enabled" }, matchIfMissing = true)
public final class MillraceJfrAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	JfrObserver millraceJfrObserver() {
		return new JfrObserver();
	}

}
