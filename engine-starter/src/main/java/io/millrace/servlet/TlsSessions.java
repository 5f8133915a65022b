package io.millrace.servlet;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import javax.net.ssl.SSLSession;

import io.millrace.core.http.ConnectionInfo;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * Which session belongs to which TLS session, where that is how sessions are tracked
 * (Servlet 6.1 §7.1.2). A session keeps an id of its own: it can be changed, and the id
 * of the TLS session gets into no log. For all threads.
 */
final class TlsSessions {

	private final ConcurrentMap<String, ServletSession> sessions = new ConcurrentHashMap<>();

	/**
	 * The id of the TLS session of a connection.
	 * @param connection the connection
	 * @return the id, {@code null} on a plain connection or where TLS has none
	 */
	static @Nullable String idOf(ConnectionInfo connection) {
		SSLSession tls = connection.sslSession();
		byte[] id = (tls != null) ? tls.getId() : null;
		return (id != null && id.length > 0) ? ByteBufUtil.hexDump(id) : null;
	}

	@Nullable ServletSession get(String tlsId) {
		return this.sessions.get(tlsId);
	}

	void put(String tlsId, ServletSession session) {
		this.sessions.put(tlsId, session);
	}

	/** Forget the sessions that have ended. */
	void sweep() {
		this.sessions.values().removeIf((session) -> !session.isValid());
	}

}
