package io.millrace.reactive;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.millrace.core.websocket.WebSocketConnection;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * Sends messages as fast as the client takes them. It ends once: with the messages, with
 * their failure, when the application cancels it, or when the connection is closed.
 */
final class MessageWriter implements CoreSubscriber<WebSocketMessage>, Subscription, Runnable {

	private static final AtomicIntegerFieldUpdater<MessageWriter> ENDED = AtomicIntegerFieldUpdater
		.newUpdater(MessageWriter.class, "ended");

	private final WebSocketConnection connection;

	private final ReceivedMessages received;

	private final CoreSubscriber<? super Void> actual;

	private volatile @Nullable Subscription upstream;

	private volatile int ended;

	// Owned by the signals of the source, which come one after the other; at 0 by
	// whoever tells that the client takes more, as then there are none.
	private int outstanding;

	MessageWriter(WebSocketConnection connection, ReceivedMessages received, CoreSubscriber<? super Void> actual) {
		this.connection = connection;
		this.received = received;
		this.actual = actual;
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (!Operators.validate(this.upstream, subscription)) {
			return;
		}
		this.upstream = subscription;
		this.actual.onSubscribe(this);
		if (!this.received.add(this)) {
			sessionClosed();
		}
		else if (this.ended == 0) {
			proceed();
		}
	}

	private void proceed() {
		if (this.connection.isWritable()) {
			run();
		}
		else {
			this.connection.onWritable(this);
		}
	}

	/** The client takes more, or nothing any more. */
	@Override
	public void run() {
		Subscription source = this.upstream;
		if (this.ended != 0 || source == null || !this.connection.isOpen()) {
			// Where it is closed, that will be told.
			return;
		}
		if (!this.connection.isWritable()) {
			this.connection.onWritable(this);
			return;
		}
		this.outstanding = BodyWriter.BATCH;
		source.request(BodyWriter.BATCH);
	}

	@Override
	public void onNext(WebSocketMessage message) {
		if (this.ended != 0) {
			DataBufferUtils.release(message.getPayload());
			return;
		}
		try {
			send(message);
		}
		catch (Throwable ex) {
			// A ping that is too large. Nothing may be thrown at a source.
			cancelSource();
			onError(ex);
			return;
		}
		this.outstanding--;
		if (this.outstanding == 0 && this.ended == 0) {
			proceed();
		}
	}

	private void send(WebSocketMessage message) {
		ByteBuf payload = BodyWriter.toByteBuf(message.getPayload());
		switch (message.getType()) {
			case TEXT -> this.connection.send(true, payload, true);
			case BINARY -> this.connection.send(false, payload, true);
			case PING -> this.connection.ping(payload);
			case PONG -> this.connection.pong(payload);
		}
	}

	@Override
	public void onError(Throwable failure) {
		if (end()) {
			this.actual.onError(failure);
		}
	}

	@Override
	public void onComplete() {
		if (end()) {
			this.actual.onComplete();
		}
	}

	private boolean end() {
		boolean first = ENDED.compareAndSet(this, 0, 1);
		if (first) {
			this.received.remove(this);
		}
		return first;
	}

	/** Nothing can be sent any more. */
	void sessionClosed() {
		if (end()) {
			cancelSource();
			this.actual.onComplete();
		}
	}

	@Override
	public void request(long count) {
		// There is nothing to come but the end.
	}

	@Override
	public void cancel() {
		if (end()) {
			cancelSource();
		}
	}

	private void cancelSource() {
		Subscription source = this.upstream;
		if (source != null) {
			source.cancel();
		}
	}

}
