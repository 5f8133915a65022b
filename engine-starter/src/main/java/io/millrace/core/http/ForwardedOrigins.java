package io.millrace.core.http;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Believes what trusted proxies say about the origin of a request: {@code Forwarded} (RFC
 * 7239) or {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port}. What
 * anybody else says is ignored, and so is what cannot be understood.
 * <p>
 * The addresses are read from the right, where the nearest proxy has written, up to the
 * first that is not a trusted proxy: that is the client, and what stands further left may
 * be its invention. Scheme and host are what the same proxy has written, where every
 * proxy has added something.
 */
public final class ForwardedOrigins implements OriginResolver {

	/**
	 * The proxies that are trusted where nobody says otherwise: loopback, link-local and
	 * private addresses, the same as Tomcat's {@code RemoteIpValve}, and the peers of
	 * Unix domain sockets.
	 */
	public static final List<String> INTERNAL_PROXIES = List.of("10.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16",
			"127.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "::1", "fe80::/10", "fc00::/7", TrustedProxies.UNIX);

	private final TrustedProxies trusted;

	private final Header header;

	/**
	 * Create a resolver.
	 * @param trustedProxies the proxies to be trusted as blocks of addresses in CIDR
	 * notation, and {@link TrustedProxies#UNIX}
	 * @param header which headers they write
	 * @throws IllegalArgumentException where one of them is no block of addresses
	 */
	public ForwardedOrigins(Collection<String> trustedProxies, Header header) {
		this.trusted = new TrustedProxies(trustedProxies);
		this.header = header;
	}

	@Override
	public Origin resolve(RequestHead request, ConnectionInfo connection) {
		Origin direct = DirectOrigins.INSTANCE.resolve(request, connection);
		if (!this.trusted.contains(connection)) {
			return direct;
		}
		ForwardedHops hops = hops(request.headers());
		return (hops != null) ? resolve(hops, direct) : direct;
	}

	private @Nullable ForwardedHops hops(HttpHeaders headers) {
		ForwardedHops hops = (this.header != Header.FORWARDED) ? ForwardedHops.ofXForwarded(headers) : null;
		if (hops == null && this.header != Header.X_FORWARDED) {
			hops = ForwardedHops.ofForwarded(headers);
		}
		return hops;
	}

	private Origin resolve(ForwardedHops hops, Origin direct) {
		InetSocketAddress client = direct.client();
		int hop = 0;
		for (int i = 0; i < hops.addresses().size(); i++) {
			InetSocketAddress address = hops.address(i);
			if (address == null) {
				break;
			}
			client = address;
			hop = i;
			if (!this.trusted.contains(address.getAddress())) {
				break;
			}
		}
		String proto = hops.proto(hop);
		String scheme = (proto != null) ? proto : direct.scheme();
		ForwardedHops.Authority authority = hops.authority(hop);
		String host = (authority != null) ? authority.host() : direct.host();
		return new Origin(scheme, host, port(hops.port(hop), authority, proto, direct), client);
	}

	// A proxy that tells the scheme has taken the request on that scheme's port if it
	// does
	// not say otherwise: the Host header may be its own invention.
	private static int port(int port, ForwardedHops.@Nullable Authority authority, @Nullable String proto,
			Origin direct) {
		if (port > 0) {
			return port;
		}
		if (authority != null && authority.port() > 0) {
			return authority.port();
		}
		if (proto == null && authority == null) {
			return direct.port();
		}
		return Origin.defaultPort((proto != null) ? proto : direct.scheme());
	}

	/**
	 * The headers that proxies write. A proxy that writes one kind lets the other through
	 * as the client sent it, so it is safest to name the kind.
	 */
	public enum Header {

		/** {@code X-Forwarded-*} where there is one, otherwise {@code Forwarded}. */
		AUTO,

		/** {@code X-Forwarded-*} only. */
		X_FORWARDED,

		/** {@code Forwarded} only. */
		FORWARDED

	}

}
