package io.millrace.reactive;

import io.millrace.core.http.Exchange;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Writes a body of one buffer, with the head of the response and its end, at once. Spring
 * has the buffer at hand when it calls, so there is nothing to wait for and nothing to
 * abort.
 */
final class SingleWriter implements CoreSubscriber<DataBuffer>, Subscription {

	private static final Logger logger = LoggerFactory.getLogger(SingleWriter.class);

	private final Exchange exchange;

	private final CoreSubscriber<? super Void> actual;

	private @Nullable Subscription upstream;

	private boolean written;

	SingleWriter(Exchange exchange, CoreSubscriber<? super Void> actual) {
		this.exchange = exchange;
		this.actual = actual;
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.upstream = subscription;
		this.actual.onSubscribe(this);
		subscription.request(Long.MAX_VALUE);
	}

	// A failure that was reported from here on would make Spring release the buffer,
	// which is the engine's now.
	@Override
	public void onNext(DataBuffer buffer) {
		this.written = true;
		try {
			this.exchange.responseBody().write(BodyWriter.toByteBuf(buffer), true);
		}
		catch (IllegalStateException ex) {
			logger.debug("A response was written after its end", ex);
		}
	}

	@Override
	public void onError(Throwable failure) {
		if (!this.written) {
			this.actual.onError(failure);
		}
	}

	@Override
	public void onComplete() {
		this.actual.onComplete();
	}

	@Override
	public void request(long n) {
		// There is nothing to come but the end.
	}

	@Override
	public void cancel() {
		Subscription subscription = this.upstream;
		if (subscription != null) {
			subscription.cancel();
		}
	}

}
