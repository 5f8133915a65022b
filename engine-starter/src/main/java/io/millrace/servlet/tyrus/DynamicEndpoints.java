package io.millrace.servlet.tyrus;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import io.millrace.core.http.Exchange;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpointConfig;
import org.glassfish.tyrus.spi.WebSocketEngine;

/**
 * Endpoints that are not registered, which the application itself upgrades requests for
 * (Jakarta WebSocket 2.2, {@code upgradeHttpToWebSocket}). Tyrus has no place for one
 * that comes and goes, so each has an engine of its own, shared by the connections of one
 * configuration at one path for as long as there are any.
 */
final class DynamicEndpoints {

	private final EndpointContainer container;

	// Guarded by this.
	private final Map<Key, Shared> endpoints = new HashMap<>();

	DynamicEndpoints(EndpointContainer container) {
		this.container = container;
	}

	void upgrade(HttpServletRequest request, HttpServletResponse response, ServerEndpointConfig config,
			Map<String, String> pathParameters) throws IOException, ServletException, DeploymentException {
		Exchange exchange = Handshake.asked(request);
		if (exchange == null) {
			throw new DeploymentException("The request is no WebSocket handshake of HTTP/1.1");
		}
		String path = HandshakeFilter.path(request);
		Key key = new Key(config, path);
		WebSocketEngine engine = engine(key, request.getContextPath());
		Handshake handshake = new Handshake(this.container, request, exchange, () -> opened(key, engine),
				() -> closed(key));
		if (!handshake.answer(engine, path, pathParameters, response)) {
			throw new DeploymentException("The path '" + path + "' cannot be one of an endpoint");
		}
	}

	private synchronized WebSocketEngine engine(Key key, String contextPath) throws DeploymentException {
		Shared known = this.endpoints.get(key);
		if (known != null) {
			return known.engine;
		}
		WebSocketEngine engine = this.container.newEngine();
		URI path = Handshake.encode(key.path().substring(contextPath.length()));
		this.container.register(engine,
				DeployedConfig.of(key.config(), String.valueOf(path), this.container.options().maxFrameSize()));
		return engine;
	}

	private synchronized void opened(Key key, WebSocketEngine engine) {
		this.endpoints.computeIfAbsent(key, (none) -> new Shared(engine)).connections++;
	}

	private synchronized void closed(Key key) {
		Shared shared = this.endpoints.get(key);
		if (shared != null && --shared.connections == 0) {
			this.endpoints.remove(key);
		}
	}

	/** A configuration, which is the same only as itself, and a path. */
	private record Key(ServerEndpointConfig config, String path) {

		@Override
		public boolean equals(Object other) {
			return other instanceof Key key && key.config == this.config && key.path.equals(this.path);
		}

		@Override
		public int hashCode() {
			return 31 * System.identityHashCode(this.config) + this.path.hashCode();
		}

	}

	private static final class Shared {

		private final WebSocketEngine engine;

		private int connections;

		Shared(WebSocketEngine engine) {
			this.engine = engine;
		}

	}

}
