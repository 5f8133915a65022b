package io.millrace.servlet;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.Exchange;
import jakarta.servlet.ServletConnection;
import org.jspecify.annotations.Nullable;

/**
 * Where a servlet request comes from and what it is asked of: scheme, server, client,
 * connection. Forwarded headers are considered if the engine is told to, but for the
 * connection, which is told as it is.
 */
abstract class RequestOriginView extends RequestHeadView {

	private static final AtomicLong IDS = new AtomicLong();

	private @Nullable String id;

	RequestOriginView(Exchange exchange) {
		super(exchange);
	}

	@Override
	public final String getScheme() {
		return exchange().origin().scheme();
	}

	@Override
	public final boolean isSecure() {
		return exchange().origin().isSecure();
	}

	@Override
	public final String getServerName() {
		return exchange().origin().host();
	}

	@Override
	public final int getServerPort() {
		return exchange().origin().port();
	}

	@Override
	public final String getRemoteAddr() {
		InetSocketAddress client = exchange().client();
		ConnectionInfo connection = exchange().connection();
		return client.equals(connection.remoteAddress()) ? connection.remoteText() : ConnectionInfo.text(client);
	}

	@Override
	public final String getRemoteHost() {
		// Never looked up: a name server must not be able to hold up requests.
		return getRemoteAddr();
	}

	@Override
	public final int getRemotePort() {
		return exchange().client().getPort();
	}

	@Override
	public final String getLocalAddr() {
		return exchange().connection().localText();
	}

	@Override
	public final String getLocalName() {
		// Not looked up either, but known where the server is bound to a name.
		return exchange().connection().localAddress().getHostString();
	}

	@Override
	public final int getLocalPort() {
		return exchange().connection().localAddress().getPort();
	}

	@Override
	public final String getRequestId() {
		String known = this.id;
		if (known == null) {
			known = Long.toHexString(IDS.incrementAndGet());
			this.id = known;
		}
		return known;
	}

	@Override
	public final String getProtocolRequestId() {
		return exchange().requestId();
	}

	@Override
	public final ServletConnection getServletConnection() {
		return new ConnectionView(exchange().connection(), getProtocol());
	}

}
