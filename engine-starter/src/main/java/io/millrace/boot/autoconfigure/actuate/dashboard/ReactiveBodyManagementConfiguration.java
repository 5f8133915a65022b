package io.millrace.boot.autoconfigure.actuate.dashboard;

import io.millrace.boot.autoconfigure.actuate.MillraceEndpoint;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.web.reactive.DispatcherHandler;

/**
 * Lets WebFlux write the stream and the dashboard in the context that has the endpoints:
 * that of the application, or that of the management server on a port of its own.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnAvailableEndpoint(endpoint = MillraceEndpoint.class, exposure = EndpointExposure.WEB)
public final class ReactiveBodyManagementConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ReactiveBodyWriter.Registrar millraceReactiveBodyWriterRegistrar() {
		return new ReactiveBodyWriter.Registrar();
	}

}
