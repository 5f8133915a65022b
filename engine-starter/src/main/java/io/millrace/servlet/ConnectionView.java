package io.millrace.servlet;

import io.millrace.core.http.ConnectionInfo;
import jakarta.servlet.ServletConnection;

/**
 * The connection of a request (Servlet 6.1 §3.7).
 *
 * @param connection the connection
 * @param version the protocol version as a request line has it
 */
record ConnectionView(ConnectionInfo connection, String version) implements ServletConnection {

	@Override
	public String getConnectionId() {
		return this.connection.id();
	}

	@Override
	public String getProtocol() {
		// The name that ALPN has for it (RFC 9113 §3.1, RFC 9114 §3.1).
		return switch (this.version) {
			case "HTTP/2.0" -> "h2";
			case "HTTP/3.0" -> "h3";
			default -> this.version.toLowerCase(java.util.Locale.ROOT);
		};
	}

	@Override
	public String getProtocolConnectionId() {
		return "";
	}

	@Override
	public boolean isSecure() {
		return this.connection.isSecure();
	}

}
