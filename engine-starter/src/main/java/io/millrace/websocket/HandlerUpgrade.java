package io.millrace.websocket;

import java.util.Objects;
import java.util.concurrent.Executor;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestBody;
import io.millrace.core.websocket.WebSocketConnection;
import io.millrace.core.websocket.WebSocketHandshake;
import io.millrace.core.websocket.WebSocketOptions;
import io.millrace.servlet.ExchangeUpgradeHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketHandler;

/**
 * Switches a request to a WebSocket connection with a Spring handler. Made by the servlet
 * container; for one thread.
 */
public final class HandlerUpgrade implements ExchangeUpgradeHandler {

	private @Nullable Expected expected;

	private @Nullable HandlerReceiver receiver;

	/**
	 * What was agreed on, but for what only the engine knows.
	 */
	void expect(WebSocketOptions options, @Nullable String protocol, boolean compression, WebSocketHandler handler,
			SessionFacts facts) {
		this.expected = new Expected(options, protocol, compression, handler, facts);
	}

	@Override
	public void prepare(Exchange exchange, RequestBody following, Executor workers) {
		Expected known = Objects.requireNonNull(this.expected);
		this.expected = null;
		WebSocketHandshake handshake = WebSocketHandshake.accept(exchange, known.options, known.protocol,
				known.compression);
		handshake.answer((name, value) -> exchange.response().headers().set(name, value));
		EngineWebSocketSession session = new EngineWebSocketSession(known.facts, handshake);
		HandlerReceiver told = new HandlerReceiver(known.handler, session);
		WebSocketConnection connection = new WebSocketConnection(exchange, following, handshake,
				known.handler.supportsPartialMessages(), workers, told);
		session.initializeNativeSession(connection);
		this.receiver = told;
	}

	@Override
	public void switched() {
		Objects.requireNonNull(this.receiver).begin();
	}

	private record Expected(WebSocketOptions options, @Nullable String protocol, boolean compression,
			WebSocketHandler handler, SessionFacts facts) {
	}

}
