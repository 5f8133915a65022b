package io.millrace.reactive;

import io.millrace.core.websocket.WebSocketConnection;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.adapter.AbstractWebSocketSession;

/**
 * A session as a handler of WebFlux sees it. Messages are received as they are requested
 * and sent as fast as the client takes them, by any number of senders at a time.
 */
final class ExchangeWebSocketSession extends AbstractWebSocketSession<WebSocketConnection> {

	private final ReceivedMessages received;

	ExchangeWebSocketSession(WebSocketConnection connection, ReceivedMessages received, String id, HandshakeInfo info,
			DataBufferFactory buffers) {
		super(connection, id, info, buffers);
		this.received = received;
	}

	@Override
	public Flux<WebSocketMessage> receive() {
		return this.received;
	}

	@Override
	public Mono<Void> send(Publisher<WebSocketMessage> messages) {
		return new Sending(messages);
	}

	@Override
	public boolean isOpen() {
		return getDelegate().isOpen();
	}

	@Override
	public Mono<Void> close(CloseStatus status) {
		return Mono.fromRunnable(() -> closeNow(status));
	}

	void closeNow(CloseStatus status) {
		String reason = status.getReason();
		getDelegate().close(status.getCode(), (reason != null) ? reason : "");
	}

	@Override
	public Mono<CloseStatus> closeStatus() {
		return this.received.status();
	}

	/** Complete when all messages are sent. */
	private final class Sending extends Mono<Void> {

		private final Publisher<WebSocketMessage> messages;

		Sending(Publisher<WebSocketMessage> messages) {
			this.messages = messages;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Void> actual) {
			this.messages.subscribe(new MessageWriter(getDelegate(), ExchangeWebSocketSession.this.received, actual));
		}

	}

}
