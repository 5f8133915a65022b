package io.millrace.reactive;

import java.util.function.Consumer;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.Exchange.Outcome;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;

import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Waits for the application: ends the exchange when the application is done with it, and
 * cancels the application when the exchange has ended without it. Its signals may come
 * from any thread.
 */
final class HandlerSubscriber implements CoreSubscriber<Void>, Consumer<Outcome> {

	private static final Logger logger = LoggerFactory.getLogger(HandlerSubscriber.class);

	private final Exchange exchange;

	private final ExchangeServerHttpResponse response;

	private @Nullable Subscription subscription;

	private volatile boolean done;

	HandlerSubscriber(Exchange exchange, ExchangeServerHttpResponse response) {
		this.exchange = exchange;
		this.response = response;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.subscription = subscription;
		subscription.request(Long.MAX_VALUE);
	}

	/**
	 * Watch the exchange from now on. To be called once, after subscribing: most handlers
	 * are done by then, and need not be watched.
	 */
	void watch() {
		if (!this.done) {
			this.exchange.onEnd(this);
		}
	}

	@Override
	public void onNext(Void nothing) {
	}

	@Override
	public void onComplete() {
		this.done = true;
		try {
			this.response.finish();
		}
		catch (RuntimeException ex) {
			fail(ex);
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.done = true;
		fail(failure);
	}

	private void fail(Throwable failure) {
		if (!DisconnectedClientHelper.isClientDisconnectedException(failure)) {
			logger.error("[{}] {} {} failed", this.exchange.connection().id(), this.exchange.request().method(),
					this.exchange.request().target().path(), failure);
		}
		this.exchange.fail(failure);
	}

	// An application that has written its whole response may take its time for what it
	// does afterwards, whether the client is there or not.
	@Override
	public void accept(Outcome outcome) {
		Subscription subscription = this.subscription;
		if (!this.done && subscription != null && !this.exchange.responseBody().isEnded()) {
			subscription.cancel();
		}
		this.response.abortWriter();
	}

}
