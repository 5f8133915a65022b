package io.millrace.boot.autoconfigure.reactive;

import java.time.Duration;

import io.millrace.boot.MillraceWebServer;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.core.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that lets the clients of Reactor
 * Netty, {@code WebClient} first of all, share the event loops of the server.
 */
@AutoConfiguration(
		beforeName = { "org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration",
				"org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration" })
@ConditionalOnClass({ ReactorResourceFactory.class, LoopResources.class })
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "millrace.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MillraceProperties.class)
public final class MillraceReactorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ReactorResourceFactory reactorResourceFactory(ApplicationContext context, MillraceProperties properties,
			Environment environment) {
		EngineLoopResources loops = new EngineLoopResources(() -> serverLoops(context),
				() -> EventLoops.create(properties.getTransport().toTransport(), properties.getEventLoops()));
		ReactorResourceFactory factory = new ReactorResourceFactory();
		factory.setUseGlobalResources(false);
		factory.setLoopResourcesSupplier(() -> loops);
		Duration quietPeriod = environment.getProperty("spring.reactor.netty.shutdown-quiet-period", Duration.class);
		if (quietPeriod != null) {
			factory.setShutdownQuietPeriod(quietPeriod);
		}
		return factory;
	}

	private static @Nullable EventLoopGroup serverLoops(ApplicationContext context) {
		return (context instanceof WebServerApplicationContext webServerContext
				&& webServerContext.getWebServer() instanceof MillraceWebServer server)
						? server.getEngine().eventLoops() : null;
	}

}
