package io.millrace.servlet.tyrus;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;

/**
 * The connections that were opened by somebody who had logged in, by HTTP session: they
 * are closed with it (Jakarta WebSocket 2.2 §7.2).
 */
final class HttpSessions implements HttpSessionListener, HttpSessionIdListener {

	private final Map<String, Set<WebSocketUpgrade>> connections = new ConcurrentHashMap<>();

	void add(String sessionId, WebSocketUpgrade connection) {
		this.connections.compute(sessionId, (id, known) -> {
			Set<WebSocketUpgrade> all = (known != null) ? known : ConcurrentHashMap.newKeySet();
			all.add(connection);
			return all;
		});
	}

	/**
	 * A connection has ended. Looks at all sessions where the id has changed meanwhile.
	 * @param sessionId the id that it was added with
	 * @param connection the connection
	 */
	void remove(String sessionId, WebSocketUpgrade connection) {
		List<String> ids = this.connections.containsKey(sessionId) ? List.of(sessionId)
				: List.copyOf(this.connections.keySet());
		for (String id : ids) {
			this.connections.computeIfPresent(id, (key, all) -> {
				all.remove(connection);
				return all.isEmpty() ? null : all;
			});
		}
	}

	@Override
	public void sessionIdChanged(HttpSessionEvent event, String oldId) {
		Set<WebSocketUpgrade> moved = this.connections.remove(oldId);
		if (moved != null) {
			moved.forEach((connection) -> add(event.getSession().getId(), connection));
		}
	}

	@Override
	public void sessionDestroyed(HttpSessionEvent event) {
		Set<WebSocketUpgrade> ended = this.connections.remove(event.getSession().getId());
		if (ended != null) {
			ended.forEach(WebSocketUpgrade::loggedOut);
		}
	}

}
