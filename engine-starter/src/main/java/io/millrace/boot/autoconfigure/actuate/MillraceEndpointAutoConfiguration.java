package io.millrace.boot.autoconfigure.actuate;

import io.millrace.boot.RunningEngine;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.explain.Advisor;
import io.millrace.boot.autoconfigure.explain.Explainer;
import io.millrace.boot.autoconfigure.reactive.MillraceReactiveWebServerAutoConfiguration;
import io.millrace.boot.autoconfigure.servlet.MillraceServletWebServerAutoConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the actuator endpoint
 * {@code millrace}.
 */
@AutoConfiguration(
		after = { MillraceServletWebServerAutoConfiguration.class, MillraceReactiveWebServerAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(MillraceEndpoint.class)
@ConditionalOnBean(RunningEngine.class)
@EnableConfigurationProperties(MillraceEndpointProperties.class)
public final class MillraceEndpointAutoConfiguration {

	@Bean
	RunTimeChanges millraceRunTimeChanges(RunningEngine engine, ApplicationContext context) {
		return new RunTimeChanges(engine, context);
	}

	@Bean
	@ConditionalOnMissingBean
	MillraceEndpoint millraceEndpoint(RunningEngine engine, ObjectProvider<EndpointPart> parts,
			MillraceEndpointProperties properties, RunTimeChanges changes) {
		return new MillraceEndpoint(engine, parts.orderedStream().toList(), properties, changes);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(MillraceEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	MillraceEndpointWebExtension millraceEndpointWebExtension(MillraceEndpoint endpoint,
			ObjectProvider<WebEndpointPart> parts, MillraceEndpointProperties properties, RunTimeChanges changes,
			ApplicationContext context) {
		return new MillraceEndpointWebExtension(endpoint, parts.orderedStream().toList(), properties, changes,
				context instanceof ReactiveWebApplicationContext);
	}

	@Bean
	ExplainPart millraceExplainPart(ApplicationContext context, MillraceProperties properties,
			ServerProperties serverProperties, ObjectProvider<Advisor> advisors,
			ObjectProvider<SanitizingFunction> sanitizingFunctions) {
		return new ExplainPart(new Explainer(context, properties, serverProperties, advisors.orderedStream().toList()),
				sanitizingFunctions.orderedStream().toList());
	}

	@Bean
	ConnectionsPart millraceConnectionsPart() {
		return new ConnectionsPart();
	}

}
