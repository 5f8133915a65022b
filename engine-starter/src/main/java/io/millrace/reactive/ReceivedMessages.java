package io.millrace.reactive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.millrace.core.websocket.CloseReason;
import io.millrace.core.websocket.WebSocketConnection;
import io.millrace.core.websocket.WebSocketReceiver;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketMessage.Type;

/**
 * The messages of one session, as many as are requested, to the end of the connection;
 * for one subscriber. Their payloads are on the heap: it does not matter whether the
 * application retains or releases them, which servers have never agreed on.
 */
final class ReceivedMessages extends Flux<WebSocketMessage> implements WebSocketReceiver, Subscription {

	// Set before anything is received.
	private @Nullable WebSocketConnection connection;

	// All guarded by this.
	private @Nullable CoreSubscriber<? super WebSocketMessage> subscriber;

	// Whether the subscriber may be told of the end.
	private boolean subscribed;

	private @Nullable CloseStatus status;

	private Sinks.@Nullable One<CloseStatus> statusSink;

	private @Nullable List<MessageWriter> writers;

	void from(WebSocketConnection source) {
		this.connection = source;
	}

	private WebSocketConnection connection() {
		return Objects.requireNonNull(this.connection);
	}

	@Override
	public void subscribe(CoreSubscriber<? super WebSocketMessage> actual) {
		boolean second;
		synchronized (this) {
			second = this.subscriber != null;
			if (!second) {
				this.subscriber = actual;
			}
		}
		if (second) {
			Operators.error(actual, new IllegalStateException("The messages of a session can be received only once"));
			return;
		}
		actual.onSubscribe(this);
		boolean over;
		synchronized (this) {
			over = this.status != null;
			this.subscribed = true;
		}
		if (over) {
			actual.onComplete();
		}
	}

	@Override
	public void request(long count) {
		if (Operators.validate(count)) {
			connection().request(count);
		}
	}

	@Override
	public void cancel() {
		connection().discard();
	}

	@Override
	public void text(byte[] utf8, boolean last) {
		next(Type.TEXT, utf8);
	}

	@Override
	public void binary(byte[] bytes, boolean last) {
		next(Type.BINARY, bytes);
	}

	@Override
	public void pong(byte[] payload) {
		next(Type.PONG, payload);
	}

	private void next(Type type, byte[] payload) {
		CoreSubscriber<? super WebSocketMessage> actual;
		synchronized (this) {
			actual = this.subscriber;
		}
		if (actual != null) {
			actual.onNext(new WebSocketMessage(type, DefaultDataBufferFactory.sharedInstance.wrap(payload)));
		}
	}

	@Override
	public void closed(CloseReason reason, @Nullable IOException cause) {
		CloseStatus closed = CloseStatus.create(reason.code(), reason.text().isEmpty() ? null : reason.text());
		CoreSubscriber<? super WebSocketMessage> actual;
		Sinks.One<CloseStatus> sink;
		List<MessageWriter> open;
		synchronized (this) {
			this.status = closed;
			actual = this.subscribed ? this.subscriber : null;
			sink = this.statusSink;
			open = this.writers;
			this.writers = null;
		}
		if (sink != null) {
			sink.tryEmitValue(closed);
		}
		if (open != null) {
			open.forEach(MessageWriter::sessionClosed);
		}
		if (actual != null) {
			actual.onComplete();
		}
	}

	/**
	 * How the connection was closed.
	 * @return the status, as soon as it is known
	 */
	synchronized Mono<CloseStatus> status() {
		CloseStatus known = this.status;
		if (known != null) {
			return Mono.just(known);
		}
		Sinks.One<CloseStatus> sink = this.statusSink;
		if (sink == null) {
			sink = Sinks.one();
			this.statusSink = sink;
		}
		return sink.asMono();
	}

	/**
	 * Somebody sends.
	 * @param writer is told when the connection is closed
	 * @return {@code false} where it is already
	 */
	synchronized boolean add(MessageWriter writer) {
		if (this.status != null) {
			return false;
		}
		if (this.writers == null) {
			this.writers = new ArrayList<>(1);
		}
		this.writers.add(writer);
		return true;
	}

	/**
	 * Somebody has sent what there was.
	 * @param writer need not be told any more
	 */
	synchronized void remove(MessageWriter writer) {
		if (this.writers != null) {
			this.writers.remove(writer);
		}
	}

}
