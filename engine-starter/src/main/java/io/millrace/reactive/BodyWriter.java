package io.millrace.reactive;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ResponseBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBuffer;

/**
 * Writes the body of a response as fast as the client takes it. It ends once: with the
 * body, with the body's failure, when the application cancels it, or when the exchange
 * has ended before it.
 *
 * @param <T> what the body is made of
 */
abstract class BodyWriter<T> implements CoreSubscriber<T>, Subscription, Runnable {

	/**
	 * How much is requested ahead: a few buffers, so that a body that is made on another
	 * thread does not change threads for each, a clock that ticks while a client is slow
	 * is not told to stop at once, and a slow client costs no more memory than these
	 * above what the connection keeps.
	 */
	static final int BATCH = 16;

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<BodyWriter> ENDED = AtomicIntegerFieldUpdater
		.newUpdater(BodyWriter.class, "ended");

	private final Exchange exchange;

	private final ExchangeServerHttpResponse response;

	private final CoreSubscriber<? super Void> actual;

	// Set once, before anything is requested.
	private @Nullable Subscription upstream;

	private volatile int ended;

	// Owned by the signals of the source, which come one after the other; at 0 by the
	// event loop, as then there are none.
	private int outstanding;

	BodyWriter(ExchangeServerHttpResponse response, CoreSubscriber<? super Void> actual) {
		this.exchange = response.exchange();
		this.response = response;
		this.actual = actual;
	}

	@Override
	public final Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public final void onSubscribe(Subscription subscription) {
		if (Operators.validate(this.upstream, subscription)) {
			this.upstream = subscription;
			this.actual.onSubscribe(this);
			this.response.writer(this);
			if (!isEnded()) {
				proceed();
			}
		}
	}

	/**
	 * Request more if the client takes more, otherwise when it does.
	 */
	final void proceed() {
		ResponseBody body = this.exchange.responseBody();
		if (body.isWritable()) {
			requestMore();
		}
		else {
			body.onWritable(this);
		}
	}

	/**
	 * The client takes more, or the exchange has ended. Called by the event loop.
	 */
	@Override
	public final void run() {
		if (!isEnded() && this.exchange.outcome() == null) {
			requestMore();
		}
	}

	/**
	 * Request more of the body.
	 */
	void requestMore() {
		this.outstanding = BATCH;
		upstream().request(BATCH);
	}

	/**
	 * One of those that were requested is written.
	 */
	final void taken() {
		int left = --this.outstanding;
		if (isEnded()) {
			return;
		}
		if (left == 0) {
			proceed();
		}
		else if (left <= BATCH / 2 && this.exchange.responseBody().isWritable()) {
			this.outstanding = BATCH;
			upstream().request(BATCH - left);
		}
	}

	final Subscription upstream() {
		Subscription subscription = this.upstream;
		if (subscription == null) {
			throw new IllegalStateException("There is no subscription yet");
		}
		return subscription;
	}

	final boolean isEnded() {
		return this.ended != 0;
	}

	/**
	 * Write a buffer, or release it if nobody wants it any more.
	 * @param buffer the buffer, given away by the caller
	 */
	final void write(DataBuffer buffer) {
		if (isEnded()) {
			DataBufferUtils.release(buffer);
			return;
		}
		try {
			this.exchange.responseBody().write(toByteBuf(buffer), false);
		}
		catch (RuntimeException ex) {
			fail(ex);
		}
	}

	/**
	 * The body is whole.
	 */
	final void finish() {
		if (end()) {
			try {
				this.exchange.responseBody().write(null, true);
			}
			catch (RuntimeException ex) {
				this.actual.onError(ex);
				return;
			}
			this.actual.onComplete();
		}
	}

	/**
	 * The body cannot be finished.
	 * @param cause why
	 */
	final void fail(Throwable cause) {
		if (end()) {
			cancelSource();
			this.actual.onError(cause);
		}
		else {
			Operators.onErrorDropped(cause, currentContext());
		}
	}

	/**
	 * The exchange has ended. Does nothing if the writer has, too.
	 */
	final void abort() {
		if (end()) {
			cancelSource();
			this.actual.onError(new AbortedException(null));
		}
	}

	@Override
	public final void cancel() {
		if (end()) {
			cancelSource();
		}
	}

	void cancelSource() {
		upstream().cancel();
	}

	private boolean end() {
		return ENDED.compareAndSet(this, 0, 1);
	}

	@Override
	public final void request(long n) {
		// There is nothing to come but the end.
	}

	/**
	 * The bytes of a buffer.
	 * @param buffer the buffer, given away by the caller
	 * @return its bytes, to be released in its place
	 */
	static ByteBuf toByteBuf(DataBuffer buffer) {
		if (buffer instanceof NettyDataBuffer netty) {
			return netty.getNativeBuffer();
		}
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return Unpooled.wrappedBuffer(bytes);
	}

}
