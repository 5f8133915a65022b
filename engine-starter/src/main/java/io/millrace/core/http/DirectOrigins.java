package io.millrace.core.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

/**
 * Believes the connection and the Host header, and no forwarded header.
 */
public final class DirectOrigins implements OriginResolver {

	/** The one there is. */
	public static final DirectOrigins INSTANCE = new DirectOrigins();

	private DirectOrigins() {
	}

	@Override
	public Origin resolve(RequestHead request, ConnectionInfo connection) {
		String scheme = connection.isSecure() ? "https" : "http";
		String authority = request.target().authority();
		if (authority == null) {
			authority = request.headers().get(HttpHeaderNames.HOST);
		}
		return of(scheme, authority, connection);
	}

	@Override
	public boolean isClientDirect() {
		return true;
	}

	private static Origin of(String scheme, @Nullable String authority, ConnectionInfo connection) {
		if (authority == null || authority.isEmpty()) {
			InetSocketAddress local = connection.localAddress();
			return new Origin(scheme, hostOf(local.getAddress()), local.getPort(), connection.remoteAddress());
		}
		int colon = authority.lastIndexOf(':');
		if (colon < 0 || authority.endsWith("]") || colon == authority.length() - 1) {
			String host = (colon == authority.length() - 1) ? authority.substring(0, colon) : authority;
			return new Origin(scheme, host, Origin.defaultPort(scheme), connection.remoteAddress());
		}
		return new Origin(scheme, authority.substring(0, colon), Integer.parseInt(authority.substring(colon + 1)),
				connection.remoteAddress());
	}

	private static String hostOf(InetAddress address) {
		String host = address.getHostAddress();
		if (!(address instanceof Inet6Address)) {
			return host;
		}
		// The zone is of this machine and of no use to the client (RFC 6874 §1).
		int zone = host.indexOf('%');
		return "[" + ((zone < 0) ? host : host.substring(0, zone)) + "]";
	}

}
