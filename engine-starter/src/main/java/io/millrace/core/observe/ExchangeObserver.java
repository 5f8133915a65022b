package io.millrace.core.observe;

/**
 * Goes along with one request, from its head to its end. Must never block; what it throws
 * harms neither the request nor any other observer.
 */
public interface ExchangeObserver {

	/**
	 * The handler starts. Called at most once, by the thread that runs it; not for what
	 * no handler sees.
	 * @param exchange what is known of it so far, to be read within this call only
	 */
	default void handlerStarts(ObservedExchange exchange) {
	}

	/**
	 * The request has ended. Called once, after
	 * {@link EngineObserver#exchangeEnded(ObservedExchange, boolean)}, by the thread that
	 * has ended it.
	 * @param exchange what it was, to be read within this call only
	 * @param completed whether the response was handed to the socket, whole
	 */
	default void ended(ObservedExchange exchange, boolean completed) {
	}

}
