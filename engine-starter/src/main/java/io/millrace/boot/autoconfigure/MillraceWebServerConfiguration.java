package io.millrace.boot.autoconfigure;

import io.millrace.boot.ListenerPorts;
import io.millrace.boot.RunningEngine;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.websocket.WebSocketOptions;
import io.millrace.core.worker.Admission;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * What the web server of a servlet and of a reactive application have in common.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ MillraceProperties.class, ServerProperties.class })
public class MillraceWebServerConfiguration {

	@Bean
	MillraceWebServerFactoryCustomizer millraceWebServerFactoryCustomizer(Environment environment,
			ServerProperties serverProperties, MillraceProperties properties, ObjectProvider<Admission> admission,
			ApplicationContext context) {
		return new MillraceWebServerFactoryCustomizer(environment, serverProperties, properties, admission,
				WebServerApplicationContext.hasServerNamespace(context, "management"));
	}

	@Bean
	MillraceRouteCustomizer millraceRouteCustomizer(ObjectProvider<MappedHandlers> handlers,
			ApplicationContext context) {
		return new MillraceRouteCustomizer(handlers, context);
	}

	@Bean
	MillraceObserverCustomizer millraceObserverCustomizer(ObjectProvider<EngineObserver> observers,
			ApplicationContext context) {
		return new MillraceObserverCustomizer(observers, context);
	}

	// The management server on a port of its own has this context as its parent: what
	// tells about the engine means the application's there too.
	@Bean
	@ConditionalOnMissingBean
	RunningEngine millraceRunningEngine() {
		return new RunningEngine();
	}

	// A bean, so that what is wrong is told at start whether or not somebody uses it.
	@Bean
	@ConditionalOnMissingBean
	WebSocketOptions millraceWebSocketOptions(MillraceProperties properties) {
		return properties.getWebsocket().toOptions();
	}

	@Bean
	@ConditionalOnMissingBean
	ListenerPorts millraceListenerPorts() {
		return new ListenerPorts();
	}

	@Bean
	MillraceSettingsCustomizer millraceSettingsCustomizer(ApplicationContext context) {
		return new MillraceSettingsCustomizer(context);
	}

}
