package io.millrace.boot.autoconfigure;

import java.time.Duration;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.core.EngineConfig;
import io.millrace.core.transport.TlsOptions;

import org.springframework.boot.web.server.Ssl;

/**
 * Has the engine listen where {@code millrace.listeners} says, besides the port of Boot's
 * properties. Not for the management server.
 */
class ListenersEngineCustomizer implements EngineCustomizer {

	private final MillraceProperties properties;

	private final MillraceWebServerFactory factory;

	/**
	 * Create a customizer.
	 * @param properties the properties
	 * @param factory makes TLS of bundles
	 */
	ListenersEngineCustomizer(MillraceProperties properties, MillraceWebServerFactory factory) {
		this.properties = properties;
		this.factory = factory;
	}

	@Override
	public void customize(EngineConfig.Builder builder) {
		EngineConfig current = builder.build();
		builder.proxyProtocol(new ConfiguredProxyProtocol(this.properties.getProxyProtocol(), "millrace.proxy-protocol")
			.options(current.timeouts().header()));
		builder.moreListeners(new ConfiguredListeners(this.properties.getListeners(), this::tls).create(current));
	}

	private TlsOptions tls(Ssl ssl, String property, boolean http2) {
		Duration handshake = this.properties.getTls().getHandshakeTimeout();
		TlsOptions options = this.factory.createTls(ssl, property, http2);
		return OptionNames.check(() -> options.withHandshakeTimeout(handshake));
	}

}
