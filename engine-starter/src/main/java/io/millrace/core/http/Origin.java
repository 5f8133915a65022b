package io.millrace.core.http;

import java.net.InetSocketAddress;

/**
 * Where a request came from and what it asked for (RFC 9110 §7.1).
 *
 * @param scheme {@code http} or {@code https}
 * @param host the host that the client asked for, IPv6 addresses in brackets
 * @param port the port that the client asked for, the scheme's default where it named
 * none
 * @param client the address of the client
 */
public record Origin(String scheme, String host, int port, InetSocketAddress client) {

	/**
	 * Whether the client used TLS.
	 * @return whether the scheme is {@code https}
	 */
	public boolean isSecure() {
		return this.scheme.equals("https");
	}

	/**
	 * The host with its port, where that is not the default of the scheme.
	 * @return for example {@code example.com:8080}
	 */
	public String authority() {
		return (this.port == defaultPort(this.scheme)) ? this.host : this.host + ":" + this.port;
	}

	static int defaultPort(String scheme) {
		return scheme.equals("https") ? 443 : 80;
	}

}
