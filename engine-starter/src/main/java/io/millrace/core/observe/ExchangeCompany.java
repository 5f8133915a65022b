package io.millrace.core.observe;

import org.jspecify.annotations.Nullable;

/**
 * Those who go along with one request, in their order. One that throws harms nobody else.
 */
final class ExchangeCompany implements ExchangeObserver {

	private final EngineObservers all;

	private final @Nullable ExchangeCompany before;

	private final ExchangeObserver last;

	/**
	 * Have one more go along.
	 * @param all logs who fails
	 * @param before those who go along already, if there is anybody
	 * @param last the one
	 */
	ExchangeCompany(EngineObservers all, @Nullable ExchangeCompany before, ExchangeObserver last) {
		this.all = all;
		this.before = before;
		this.last = last;
	}

	@Override
	public void handlerStarts(ObservedExchange exchange) {
		if (this.before != null) {
			this.before.handlerStarts(exchange);
		}
		try {
			this.last.handlerStarts(exchange);
		}
		catch (Throwable ex) {
			this.all.failed(this.last, ex);
		}
	}

	@Override
	public void ended(ObservedExchange exchange, boolean completed) {
		if (this.before != null) {
			this.before.ended(exchange, completed);
		}
		try {
			this.last.ended(exchange, completed);
		}
		catch (Throwable ex) {
			this.all.failed(this.last, ex);
		}
	}

}
