package io.millrace.reactive;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RequestBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ResponseStatusException;

/**
 * Carries the body of a request to its subscriber, as far as that has requested. Signals
 * come from whoever brings news: the subscriber's thread when it requests what is here
 * already, otherwise the event loop. However deep requests and news are nested, one loop
 * at the bottom of the stack does the work.
 */
final class BodySubscription implements Subscription, Runnable {

	private static final AtomicLongFieldUpdater<BodySubscription> REQUESTED = AtomicLongFieldUpdater
		.newUpdater(BodySubscription.class, "requested");

	private static final int COPY_LIMIT = 2048;

	private final Exchange exchange;

	private final RequestBody body;

	private final NettyDataBufferFactory factory;

	private final CoreSubscriber<? super DataBuffer> actual;

	private volatile long requested;

	// How many calls the loop has not answered yet; who raises it from 0 runs the loop.
	private final AtomicInteger calls = new AtomicInteger();

	private volatile boolean cancelled;

	// Whether the body will call us. Set by the loop before it asks, so never missed.
	private volatile boolean waiting;

	// Owned by the loop.
	private boolean done;

	private @Nullable IOException failure;

	BodySubscription(Exchange exchange, NettyDataBufferFactory factory, CoreSubscriber<? super DataBuffer> actual) {
		this.exchange = exchange;
		this.body = exchange.requestBody();
		this.factory = factory;
		this.actual = actual;
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			Operators.addCap(REQUESTED, this, n);
			signal();
		}
	}

	// What was read is with the subscriber, everything else with the engine.
	@Override
	public void cancel() {
		this.cancelled = true;
	}

	/**
	 * The body has news.
	 */
	@Override
	public void run() {
		this.waiting = false;
		signal();
	}

	private void signal() {
		if (this.calls.getAndIncrement() != 0) {
			return;
		}
		int answered = 1;
		do {
			if (!this.done && !this.cancelled) {
				emit();
			}
			answered = this.calls.addAndGet(-answered);
		}
		while (answered != 0);
	}

	private void emit() {
		if (this.failure != null) {
			error(this.failure);
			return;
		}
		boolean satisfied = false;
		try {
			satisfied = emitWhatIsHere();
		}
		catch (IOException ex) {
			fail(ex);
			return;
		}
		if (this.cancelled) {
			return;
		}
		if (this.body.isEnded()) {
			this.done = true;
			this.actual.onComplete();
		}
		else if (!satisfied && !this.waiting) {
			this.waiting = true;
			this.body.demand(this);
		}
	}

	/** Returns whether the subscriber has all that it has requested. */
	private boolean emitWhatIsHere() throws IOException {
		while (this.requested != 0) {
			ByteBuf part = this.cancelled ? null : this.body.read();
			if (part == null) {
				return false;
			}
			if (this.cancelled) {
				part.release();
				return false;
			}
			Operators.produced(REQUESTED, this, 1);
			this.actual.onNext(this.factory.wrap(isolated(part)));
		}
		return true;
	}

	// A part is a slice that shares its count of references with what the connection is
	// reading from. Spring is known to release a buffer twice, when a multipart body is
	// cancelled for one: that must not take the connection's memory from under it, nor,
	// as objects of pooled buffers are used again, a buffer from somebody else. Neither
	// of these two is ever used again.
	private ByteBuf isolated(ByteBuf part) {
		int size = part.readableBytes();
		if (size > COPY_LIMIT) {
			return this.exchange.allocator().compositeBuffer(1).addComponent(true, part);
		}
		try {
			return Unpooled.buffer(size, size).writeBytes(part);
		}
		finally {
			part.release();
		}
	}

	// The engine tells the body first, and then everybody else that the exchange is over.
	// One turn later the application has been cancelled, as a rule, and need not fail.
	private void fail(IOException cause) {
		if (cause instanceof ProtocolException) {
			error(cause);
			return;
		}
		this.failure = cause;
		try {
			this.exchange.stream().executor().execute(this::signal);
		}
		catch (RejectedExecutionException ex) {
			error(cause);
		}
	}

	private void error(IOException cause) {
		this.done = true;
		this.actual.onError(translate(cause));
	}

	// The engine has answered a refusal already, or is about to; a status keeps Spring
	// from taking it for a defect of the application.
	private static Throwable translate(IOException cause) {
		if (cause instanceof ProtocolException refusal) {
			return new ResponseStatusException(HttpStatusCode.valueOf(refusal.status()), refusal.getMessage(), refusal);
		}
		return new AbortedException(cause);
	}

}
