package io.millrace.boot.autoconfigure.servlet;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.MillraceWebServerConfiguration;
import io.millrace.boot.servlet.MillraceServletWebServerFactory;
import io.millrace.core.http.RateLimiter;
import io.millrace.core.http.Route;
import io.millrace.core.worker.WorkerPool;
import jakarta.servlet.ServletRequest;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.web.server.autoconfigure.servlet.ServletWebServerConfiguration;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.socket.server.support.AbstractHandshakeHandler;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Millrace as the web server of a
 * servlet application. Comes before those of Boot's servers, which back off where there
 * is a factory.
 */
@AutoConfiguration(
		beforeName = { "org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration",
				"org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration" })
@ConditionalOnClass({ ServletRequest.class, WebApplicationContext.class })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty(name = "millrace.enabled", matchIfMissing = true)
@Import({ ServletWebServerConfiguration.class, MillraceWebServerConfiguration.class })
public final class MillraceServletWebServerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(value = ServletWebServerFactory.class, search = SearchStrategy.CURRENT)
	MillraceServletWebServerFactory millraceServletWebServerFactory(MillraceProperties properties,
			ObjectProvider<EngineCustomizer> customizers, ObjectProvider<Route> routes,
			ObjectProvider<WorkerPool> workerPool, ObjectProvider<RateLimiter> rateLimiters) {
		if (properties.getEngine() == MillraceProperties.Engine.REACTOR_NETTY) {
			throw new UnsupportedFeatureException("millrace.engine=reactor-netty",
					"Reactor Netty serves reactive applications only, and this is a servlet application.",
					"Remove the property, or set millrace.enabled=false for the server that the application had.");
		}
		MillraceServletWebServerFactory factory = new MillraceServletWebServerFactory();
		workerPool.ifAvailable((pool) -> factory.addEngineCustomizers((builder) -> builder.workerPool(pool)));
		// A stream, since the limiter is not for the management server on a port of its
		// own, whose context has this one as its parent.
		rateLimiters.orderedStream()
			.findFirst()
			.ifPresent((limiter) -> factory.addEngineCustomizers((builder) -> builder.rateLimiter(limiter)));
		customizers.orderedStream().forEach(factory::addEngineCustomizers);
		factory.getRoutes().addAll(routes.orderedStream().toList());
		return factory;
	}

	@Bean
	MillraceServletWebServerFactoryCustomizer millraceServletWebServerFactoryCustomizer(BeanFactory beanFactory,
			MillraceProperties properties) {
		return new MillraceServletWebServerFactoryCustomizer(beanFactory, properties);
	}

	/**
	 * Where Spring's WebSocket handlers are there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AbstractHandshakeHandler.class)
	static class WebSocketConfiguration {

		@Bean
		static WebSocketHandlersPostProcessor millraceWebSocketHandlersPostProcessor(BeanFactory beanFactory) {
			return new WebSocketHandlersPostProcessor(beanFactory);
		}

	}

	/**
	 * Where Spring MVC is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RequestMappingInfoHandlerMapping.class, DispatcherServletPath.class })
	static class MvcConfiguration {

		@Bean
		MvcHandlers millraceMvcHandlers(WebApplicationContext context) {
			return new MvcHandlers(context);
		}

	}

}
