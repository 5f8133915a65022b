package io.millrace.core.transport;

import org.jspecify.annotations.Nullable;

/**
 * One listener: where it listens and what its connections are like. What all listeners
 * have in common is in {@link ListenerOptions}.
 *
 * @param name what it is called in logs, meters and endpoint, different from those of all
 * others
 * @param address where to listen
 * @param tls how it speaks TLS, {@code null} for plain text
 * @param http2 whether it speaks HTTP/2 too, where the engine does
 * @param proxyProtocol whose headers begin its connections, {@code null} where none do
 * @param httpsPort where clients are sent instead of being served: the port of HTTPS as
 * they reach it, 0 for that of the first listener with TLS; {@code null} to serve them
 */
public record ListenerConfig(String name, ListenerAddress address, @Nullable TlsOptions tls, boolean http2,
		@Nullable ProxyProtocolOptions proxyProtocol, @Nullable Integer httpsPort) {

	/** What the first is called: that of {@code server.port}. */
	public static final String MAIN = "main";

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming what contradicts what
	 */
	public ListenerConfig {
		if (httpsPort != null && tls != null) {
			throw new IllegalArgumentException("httpsPort is for a listener without TLS, and is " + httpsPort);
		}
	}

	/**
	 * A listener of plain text.
	 * @param name what it is called
	 * @param address where to listen
	 * @return the listener
	 */
	public static ListenerConfig plain(String name, ListenerAddress address) {
		return new ListenerConfig(name, address, null, true, null, null);
	}

	/**
	 * The same with TLS.
	 * @param options how it speaks TLS
	 * @return the listener
	 */
	public ListenerConfig withTls(TlsOptions options) {
		return new ListenerConfig(this.name, this.address, options, this.http2, this.proxyProtocol, this.httpsPort);
	}

	/**
	 * The same with HTTP/1.1 only.
	 * @return the listener
	 */
	public ListenerConfig withoutHttp2() {
		return new ListenerConfig(this.name, this.address, this.tls, false, this.proxyProtocol, this.httpsPort);
	}

	/**
	 * The same behind proxies that speak the PROXY protocol.
	 * @param options whose headers are believed
	 * @return the listener
	 */
	public ListenerConfig withProxyProtocol(ProxyProtocolOptions options) {
		return new ListenerConfig(this.name, this.address, this.tls, this.http2, options, this.httpsPort);
	}

	/**
	 * The same, which sends everybody to HTTPS.
	 * @param port the port of HTTPS as clients reach it, 0 for that of the first listener
	 * with TLS
	 * @return the listener
	 */
	public ListenerConfig redirecting(int port) {
		return new ListenerConfig(this.name, this.address, this.tls, this.http2, this.proxyProtocol, port);
	}

	/**
	 * Whether it is the first, that of {@code server.port}.
	 * @return whether it is
	 */
	public boolean isMain() {
		return this.name.equals(MAIN);
	}

}
