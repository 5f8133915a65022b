package io.millrace.boot;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.millrace.core.EngineConfig;
import io.millrace.core.http.Route;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.http3.Http3Options;
import io.millrace.core.http3.Http3Support;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.TlsOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.Ssl;
import org.springframework.util.StringUtils;

/**
 * What the factories of both stacks share: from Boot's settings to the configuration of
 * an engine.
 */
public abstract class MillraceWebServerFactory extends AbstractConfigurableWebServerFactory {

	private final List<EngineCustomizer> engineCustomizers = new ArrayList<>();

	private final List<Route> routes = new ArrayList<>();

	private String sslProperty = "server.ssl";

	/**
	 * Create a factory for a server on port 8080.
	 */
	protected MillraceWebServerFactory() {
	}

	/**
	 * Create a factory.
	 * @param port the port, 0 for any that is free, negative for a server that does not
	 * listen
	 */
	protected MillraceWebServerFactory(int port) {
		super(port);
	}

	/**
	 * What changes the configuration of the engine.
	 * @return the customizers in the order they are called, to be changed
	 */
	public List<EngineCustomizer> getEngineCustomizers() {
		return this.engineCustomizers;
	}

	/**
	 * Add customizers of the engine's configuration.
	 * @param customizers are called after those that are there already
	 */
	public void addEngineCustomizers(EngineCustomizer... customizers) {
		this.engineCustomizers.addAll(Arrays.asList(customizers));
	}

	/**
	 * What the engine answers itself, before the application.
	 * @return the routes, to be changed
	 */
	public List<Route> getRoutes() {
		return this.routes;
	}

	/**
	 * Set what {@link #getSsl()} is set by, as messages name it.
	 * @param sslProperty the properties without a dot at the end, {@code server.ssl}
	 * unless it is set
	 */
	public void setSslProperty(String sslProperty) {
		this.sslProperty = sslProperty;
	}

	/**
	 * Create the server; nothing is bound yet.
	 * @param application what is served
	 * @return the server
	 */
	protected MillraceWebServer createWebServer(ServedApplication application) {
		EngineConfig config = createEngineConfig();
		return new MillraceWebServer(config, application, getShutdown(), !config.listeners().isEmpty());
	}

	/**
	 * The configuration of the engine: the settings, then what the customizers change.
	 * @return the configuration
	 */
	protected EngineConfig createEngineConfig() {
		EngineConfig.Builder builder = EngineConfig.builder()
			.listener(ListenerOptions.at(listenAddress()))
			.listening(getPort() >= 0)
			.http1(http1Options())
			.compression(CompressionSettings.options(getCompression()))
			.routes(this.routes);
		if (isHttp2()) {
			builder.http2(Http2Options.defaults());
		}
		Ssl ssl = getSsl();
		if (Ssl.isEnabled(ssl)) {
			builder.tls(createTls(ssl, this.sslProperty, isHttp2()));
		}
		this.engineCustomizers.forEach((customizer) -> customizer.customize(builder));
		EngineConfig config = builder.build();
		prepareQuic(config, ssl);
		return config;
	}

	// Otherwise it would be seen at the first connection only.
	private void prepareQuic(EngineConfig config, @Nullable Ssl ssl) {
		Http3Options http3 = config.http3();
		TlsOptions tls = config.tls();
		if (http3 == null) {
			return;
		}
		Http3Support.check(tls != null);
		try {
			Objects.requireNonNull(tls).contexts().prepareQuic(http3.earlyData());
		}
		catch (GeneralSecurityException ex) {
			throw new InvalidTlsException(this.sslProperty, (ssl != null) ? ssl.getBundle() : null, ex);
		}
	}

	/**
	 * Make TLS of what is set.
	 * @param ssl what is set, enabled
	 * @param property what it is set by, for example {@code server.ssl}
	 * @param http2 whether clients may choose HTTP/2 in the handshake
	 * @return the options; bundles that are reloaded are followed
	 * @throws InvalidTlsException where what is set cannot be used
	 */
	public TlsOptions createTls(Ssl ssl, String property, boolean http2) {
		return TlsOptions.of(new TlsBundles(ssl, getSslBundles(), property, http2).createContexts());
	}

	private boolean isHttp2() {
		Http2 http2 = getHttp2();
		return http2 != null && http2.isEnabled();
	}

	private InetSocketAddress listenAddress() {
		InetAddress address = getAddress();
		int port = Math.max(getPort(), 0);
		return (address != null) ? new InetSocketAddress(address, port) : new InetSocketAddress(port);
	}

	private Http1Options http1Options() {
		Http1Options defaults = Http1Options.defaults();
		String serverHeader = StringUtils.hasText(getServerHeader()) ? getServerHeader() : null;
		return new Http1Options(defaults.maxRequestLineSize(), defaults.maxHeaderSize(), defaults.maxHeaderCount(),
				defaults.maxBodySize(), defaults.maxDrainSize(), defaults.maxRequestsPerConnection(), serverHeader);
	}

}
