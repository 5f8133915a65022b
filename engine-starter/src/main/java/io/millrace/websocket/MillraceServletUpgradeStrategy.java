package io.millrace.websocket;

import java.io.IOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.millrace.core.websocket.WebSocketHandshake;
import io.millrace.core.websocket.WebSocketOptions;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.server.HandshakeFailureException;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * Serves Spring's {@link WebSocketHandler WebSocketHandlers} on the connections of the
 * engine.
 */
public final class MillraceServletUpgradeStrategy implements RequestUpgradeStrategy {

	private static final WebSocketExtension COMPRESSION = new WebSocketExtension(WebSocketHandshake.EXTENSION);

	private final WebSocketOptions options;

	/**
	 * Create a strategy.
	 * @param options the limits of its connections
	 */
	public MillraceServletUpgradeStrategy(WebSocketOptions options) {
		this.options = options;
	}

	@Override
	public String[] getSupportedVersions() {
		return new String[] { WebSocketHandshake.VERSION };
	}

	@Override
	public List<WebSocketExtension> getSupportedExtensions(ServerHttpRequest request) {
		if (!this.options.compression()) {
			return List.of();
		}
		List<WebSocketExtension> supported = new ArrayList<>(2);
		supported.add(COMPRESSION);
		// Spring keeps an offer only if one with the same parameters is supported. Which
		// parameters can be is looked at when the handshake is accepted.
		for (WebSocketExtension offer : new WebSocketHttpHeaders(request.getHeaders()).getSecWebSocketExtensions()) {
			if (WebSocketHandshake.EXTENSION.equals(offer.getName())) {
				supported.add(offer);
			}
		}
		return supported;
	}

	@Override
	public void upgrade(ServerHttpRequest request, ServerHttpResponse response, @Nullable String selectedProtocol,
			List<WebSocketExtension> selectedExtensions, @Nullable Principal user, WebSocketHandler handler,
			Map<String, Object> attributes) throws HandshakeFailureException {
		// What else has to be right has been looked at by Spring.
		if (!WebSocketHandshake.isKey(request.getHeaders().getOrEmpty("Sec-WebSocket-Key"))) {
			response.setStatusCode(HttpStatus.BAD_REQUEST);
			return;
		}
		HttpServletRequest servletRequest = ((ServletServerHttpRequest) request).getServletRequest();
		boolean compression = selectedExtensions.stream()
			.anyMatch((extension) -> WebSocketHandshake.EXTENSION.equals(extension.getName()));
		HandlerUpgrade upgrade;
		try {
			upgrade = servletRequest.upgrade(HandlerUpgrade.class);
		}
		catch (IOException | ServletException ex) {
			throw new HandshakeFailureException("The protocol of " + request.getURI() + " cannot be switched", ex);
		}
		SessionFacts facts = new SessionFacts(request.getURI(), request.getHeaders(), attributes, user,
				request.getLocalAddress(), request.getRemoteAddress());
		upgrade.expect(this.options, selectedProtocol, compression, handler, facts);
	}

}
