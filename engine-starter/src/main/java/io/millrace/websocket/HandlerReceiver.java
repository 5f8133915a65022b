package io.millrace.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.millrace.core.websocket.CloseReason;
import io.millrace.core.websocket.WebSocketConnection;
import io.millrace.core.websocket.WebSocketReceiver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.handler.ExceptionWebSocketHandlerDecorator;

/**
 * Tells a Spring handler what comes, on workers, one call after the other. What the
 * handler throws closes the session with 1011, as on every other server.
 */
final class HandlerReceiver implements WebSocketReceiver {

	private static final Log logger = LogFactory.getLog(HandlerReceiver.class);

	private final WebSocketHandler handler;

	private final EngineWebSocketSession session;

	HandlerReceiver(WebSocketHandler handler, EngineWebSocketSession session) {
		this.handler = handler;
		this.session = session;
	}

	/**
	 * The handshake is answered. Called by a worker.
	 */
	void begin() {
		try {
			this.handler.afterConnectionEstablished(this.session);
		}
		catch (Throwable ex) {
			ExceptionWebSocketHandlerDecorator.tryCloseWithError(this.session, ex, logger);
		}
		WebSocketConnection connection = this.session.getNativeSession();
		connection.start();
		// One after the other all the same: the next is read when the handler has
		// returned.
		connection.request(Long.MAX_VALUE);
	}

	@Override
	public void text(byte[] utf8, boolean last) {
		handle(new TextMessage(new String(utf8, StandardCharsets.UTF_8), last));
	}

	@Override
	public void binary(byte[] bytes, boolean last) {
		handle(new BinaryMessage(ByteBuffer.wrap(bytes), last));
	}

	@Override
	public void pong(byte[] payload) {
		handle(new PongMessage(ByteBuffer.wrap(payload)));
	}

	private void handle(WebSocketMessage<?> message) {
		try {
			this.handler.handleMessage(this.session, message);
		}
		catch (Exception ex) {
			ExceptionWebSocketHandlerDecorator.tryCloseWithError(this.session, ex, logger);
		}
	}

	@Override
	public void closed(CloseReason reason, @Nullable IOException cause) {
		if (cause != null) {
			try {
				this.handler.handleTransportError(this.session, cause);
			}
			catch (Exception ex) {
				logger.warn("A WebSocket handler failed to handle a transport error", ex);
			}
		}
		CloseStatus status = new CloseStatus(reason.code(), reason.text().isEmpty() ? null : reason.text());
		try {
			this.handler.afterConnectionClosed(this.session, status);
		}
		catch (Exception ex) {
			logger.warn("A WebSocket handler failed after its connection was closed", ex);
		}
	}

}
