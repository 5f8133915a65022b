package io.millrace.boot.autoconfigure.reactive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.millrace.boot.autoconfigure.ConfiguredKeys;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.core.http.Route;
import io.netty.channel.ChannelOption;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.netty.http.server.HttpRequestDecoderSpec;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyServerProperties;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Applies our properties to Boot's Reactor Netty server, as far as it has something of
 * the kind, and says which do not apply. What is set under {@code server.netty} stands
 * above ours. Event loops and transport are those of {@link EngineLoopResources}.
 */
class ReactorNettyTuning implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private static final Log logger = LogFactory.getLog(ReactorNettyTuning.class);

	private static final Set<String> APPLIED = Set.of("enabled", "engine", "transport", "eventloops", "backlog",
			"maxconnections", "http1maxrequestlinesize", "timeoutsidle");

	private final Environment environment;

	private final ServerProperties serverProperties;

	private final NettyServerProperties nettyProperties;

	private final MillraceProperties properties;

	private final boolean routes;

	/**
	 * Create the tuning.
	 * @param environment tells which properties are set
	 * @param serverProperties Boot's properties
	 * @param nettyProperties Boot's properties of Reactor Netty
	 * @param properties our properties
	 * @param routes whether there are routes, which only our engine can serve
	 */
	ReactorNettyTuning(Environment environment, ServerProperties serverProperties,
			NettyServerProperties nettyProperties, MillraceProperties properties, boolean routes) {
		this.environment = environment;
		this.serverProperties = serverProperties;
		this.nettyProperties = nettyProperties;
		this.properties = properties;
		this.routes = routes;
	}

	/**
	 * After Boot's own, whose decoder would replace ours.
	 * @return 1
	 */
	@Override
	public int getOrder() {
		return 1;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers(this::tune);
		warn();
	}

	private HttpServer tune(HttpServer server) {
		HttpServer tuned = server.option(ChannelOption.SO_BACKLOG, this.properties.getBacklog())
			.httpRequestDecoder(this::decoder);
		Duration idle = this.properties.getTimeouts().getIdle();
		if (!idle.isZero() && this.nettyProperties.getIdleTimeout() == null) {
			tuned = tuned.idleTimeout(idle);
		}
		int maxConnections = this.properties.getMaxConnections();
		return (maxConnections > 0) ? tuned.maxConnections(maxConnections) : tuned;
	}

	private HttpRequestDecoderSpec decoder(HttpRequestDecoderSpec spec) {
		boolean theirs = this.environment.containsProperty("server.netty.max-initial-line-length");
		long line = theirs ? this.nettyProperties.getMaxInitialLineLength().toBytes()
				: this.properties.getHttp1().getMaxRequestLineSize().toBytes();
		return spec.maxInitialLineLength((int) line)
			.maxHeaderSize((int) this.serverProperties.getMaxHttpRequestHeaderSize().toBytes())
			.h2cMaxContentLength((int) this.nettyProperties.getH2cMaxContentLength().toBytes())
			.initialBufferSize((int) this.nettyProperties.getInitialBufferSize().toBytes())
			.validateHeaders(this.nettyProperties.isValidateHeaders());
	}

	private void warn() {
		List<String> keys = new ArrayList<>(ConfiguredKeys.under(this.environment, "millrace")
			.stream()
			.filter((key) -> !APPLIED.contains(squeeze(key.substring("millrace.".length()))))
			.toList());
		if (this.routes) {
			keys.add("beans of type " + Route.class.getName());
		}
		if (!keys.isEmpty()) {
			logger.warn("Not applied, since Reactor Netty serves this application: " + String.join(", ", keys));
		}
	}

	private static String squeeze(String key) {
		return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
	}

}
