package io.millrace.boot.autoconfigure.reactive;

import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.OnReactorNettyEngineCondition;
import io.millrace.core.http.Route;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Tunes Boot's Reactor Netty server where it is to serve instead of Millrace.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ HttpServer.class, NettyReactiveWebServerFactory.class })
@Conditional(OnReactorNettyEngineCondition.class)
class ReactorNettyEngineConfiguration {

	@Bean
	ReactorNettyTuning millraceReactorNettyTuning(Environment environment, ServerProperties serverProperties,
			NettyServerProperties nettyProperties, MillraceProperties properties, ObjectProvider<Route> routes) {
		return new ReactorNettyTuning(environment, serverProperties, nettyProperties, properties,
				routes.stream().findAny().isPresent());
	}

}
