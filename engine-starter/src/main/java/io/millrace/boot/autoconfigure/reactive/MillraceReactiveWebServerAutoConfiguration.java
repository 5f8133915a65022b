package io.millrace.boot.autoconfigure.reactive;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.MillraceWebServerConfiguration;
import io.millrace.boot.autoconfigure.OnMillraceEngineCondition;
import io.millrace.boot.reactive.MillraceReactiveWebServerFactory;
import io.millrace.core.http.Route;
import io.millrace.core.worker.WorkerPool;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.server.autoconfigure.reactive.ReactiveWebServerConfiguration;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.web.reactive.DispatcherHandler;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Millrace as the web server of a
 * reactive application. Comes before those of Boot's servers, which back off where there
 * is a factory.
 */
@AutoConfiguration(
		beforeName = { "org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration",
				"org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration",
				"org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration" })
@ConditionalOnClass({ ReactiveHttpInputMessage.class, Mono.class })
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBooleanProperty(name = "millrace.enabled", matchIfMissing = true)
@Import({ ReactiveWebServerConfiguration.class, MillraceWebServerConfiguration.class,
		ReactorNettyEngineConfiguration.class })
public final class MillraceReactiveWebServerAutoConfiguration {

	@Bean
	@Conditional(OnMillraceEngineCondition.class)
	@ConditionalOnMissingBean(ReactiveWebServerFactory.class)
	MillraceReactiveWebServerFactory millraceReactiveWebServerFactory(MillraceProperties properties,
			ObjectProvider<EngineCustomizer> customizers, ObjectProvider<Route> routes,
			ObjectProvider<WorkerPool> workerPool) {
		if (properties.getEngine() == MillraceProperties.Engine.REACTOR_NETTY) {
			throw new UnsupportedFeatureException("millrace.engine=reactor-netty",
					"Reactor Netty is not on the class path.",
					"Add org.springframework.boot:spring-boot-starter-reactor-netty, or remove the property.");
		}
		MillraceReactiveWebServerFactory factory = new MillraceReactiveWebServerFactory();
		workerPool.ifAvailable((pool) -> factory.addEngineCustomizers((builder) -> builder.workerPool(pool)));
		customizers.orderedStream().forEach(factory::addEngineCustomizers);
		factory.getRoutes().addAll(routes.orderedStream().toList());
		return factory;
	}

	/**
	 * What WebFlux itself has to be told.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherHandler.class)
	@Conditional(OnMillraceEngineCondition.class)
	static class WebFluxConfiguration {

		@Bean
		static WebSocketAdapterPostProcessor millraceWebSocketAdapterPostProcessor(BeanFactory beanFactory) {
			return new WebSocketAdapterPostProcessor(beanFactory);
		}

		@Bean
		WebFluxHandlers millraceWebFluxHandlers(ApplicationContext context) {
			return new WebFluxHandlers(context);
		}

		@Bean
		static MimeMappingsPostProcessor millraceMimeMappingsPostProcessor(BeanFactory beanFactory) {
			return new MimeMappingsPostProcessor(beanFactory);
		}

	}

}
