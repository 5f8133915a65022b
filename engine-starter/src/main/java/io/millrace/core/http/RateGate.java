package io.millrace.core.http;

import io.millrace.core.observe.EngineObserver;

/**
 * Asks a {@link RateLimiter} whether a request may be handled. Owned by the event loop of
 * each exchange, to which a later answer comes back.
 */
final class RateGate {

	private static final int TOO_MANY_REQUESTS = 429;

	private final RateLimiter limiter;

	private final Dispatcher dispatcher;

	private final EngineObserver observer;

	private final RateLimiter.Answer later = this::answeredLater;

	RateGate(RateLimiter limiter, Dispatcher dispatcher, EngineObserver observer) {
		this.limiter = limiter;
		this.dispatcher = dispatcher;
		this.observer = observer;
	}

	/**
	 * Have an exchange handled or refused, now or later.
	 * @param exchange the exchange
	 */
	void enter(Exchange exchange) {
		long answer;
		try {
			answer = this.limiter.tryAcquire(exchange, this.later);
		}
		catch (Throwable ex) {
			Dispatcher.report(exchange, ex);
			exchange.fail(ex);
			return;
		}
		if (answer == RateLimiter.LATER) {
			this.dispatcher.dispatchLater(exchange);
		}
		else {
			answered(exchange, answer);
		}
	}

	private void answeredLater(Exchange exchange, long answer) {
		exchange.execute(() -> {
			// Its client may have gone, or was told that it took too long.
			if (!exchange.isCommitted()) {
				answered(exchange, answer);
			}
			else if (exchange.outcome() == Exchange.Outcome.ABORTED) {
				this.observer.abandoned();
			}
		}, Exchange.NOTHING);
	}

	private void answered(Exchange exchange, long answer) {
		if (answer > 0) {
			ExchangeObservation observation = exchange.observation();
			if (observation != null) {
				observation.refused(Refusal.RATE.id(), this.dispatcher.priority(exchange.request()));
			}
			this.dispatcher.refuse(exchange, new RefusalAnswer(Refusal.RATE, TOO_MANY_REQUESTS, seconds(answer)));
			return;
		}
		if (answer == RateLimiter.UNKNOWN) {
			this.observer.rateUnknown();
		}
		try {
			this.dispatcher.dispatchAdmitted(exchange);
		}
		catch (Throwable ex) {
			// Nobody else hears of it where the answer came later.
			Dispatcher.report(exchange, ex);
			exchange.fail(ex);
		}
	}

	// A client that comes a moment too early would be refused again.
	private static long seconds(long nanos) {
		return (nanos - 1) / 1_000_000_000 + 1;
	}

}
