package io.millrace.reactive;

import java.security.cert.X509Certificate;

import javax.net.ssl.SSLSession;

import io.millrace.core.http.ConnectionInfo;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.SslInfo;

/**
 * What a handler may know of the TLS session of its connection.
 *
 * @param connection the connection
 * @param session its session
 */
record ExchangeSslInfo(ConnectionInfo connection, SSLSession session) implements SslInfo {

	/**
	 * Look at a connection.
	 * @param connection the connection
	 * @return {@code null} where it speaks plain text
	 */
	static @Nullable SslInfo of(ConnectionInfo connection) {
		SSLSession session = connection.sslSession();
		return (session != null) ? new ExchangeSslInfo(connection, session) : null;
	}

	@Override
	public @Nullable String getSessionId() {
		byte[] id = this.session.getId();
		return (id != null && id.length > 0) ? ByteBufUtil.hexDump(id) : null;
	}

	@Override
	public X509Certificate @Nullable [] getPeerCertificates() {
		return this.connection.clientCertificates();
	}

}
