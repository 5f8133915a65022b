package io.millrace.servlet;

import java.util.List;

import javax.net.ssl.SSLSession;

import io.millrace.core.http.ConnectionInfo;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * The request attributes that tell of TLS (Servlet 6.1 §3.9), worked out when they are
 * asked for.
 */
final class TlsAttributes {

	private static final String PREFIX = "jakarta.servlet.request.";

	private static final List<String> NAMES = List.of(PREFIX + "secure_protocol", PREFIX + "cipher_suite",
			PREFIX + "key_size", PREFIX + "ssl_session_id", PREFIX + "X509Certificate");

	private TlsAttributes() {
	}

	/**
	 * The names of the attributes that a request has by its connection.
	 * @param connection the connection
	 * @return the names, empty on a plain connection
	 */
	static List<String> names(ConnectionInfo connection) {
		if (connection.sslSession() == null) {
			return List.of();
		}
		return NAMES.stream().filter((name) -> get(connection, name) != null).toList();
	}

	static @Nullable Object get(ConnectionInfo connection, String name) {
		if (!name.startsWith(PREFIX)) {
			return null;
		}
		SSLSession session = connection.sslSession();
		if (session == null) {
			return null;
		}
		return switch (name.substring(PREFIX.length())) {
			case "cipher_suite" -> session.getCipherSuite();
			case "secure_protocol" -> session.getProtocol();
			// Empty where the client keeps the session by itself (RFC 8446 §2.2).
			case "ssl_session_id" -> (session.getId().length > 0) ? ByteBufUtil.hexDump(session.getId()) : null;
			case "key_size" -> keySize(session.getCipherSuite());
			case "X509Certificate" -> connection.clientCertificates();
			default -> null;
		};
	}

	// The strength stands in the name of the suite.
	private static @Nullable Integer keySize(String suite) {
		if (suite.contains("_256_") || suite.contains("CHACHA20")) {
			return 256;
		}
		return suite.contains("_128_") ? 128 : null;
	}

}
