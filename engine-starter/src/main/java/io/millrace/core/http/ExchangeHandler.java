package io.millrace.core.http;

/**
 * Answers requests: the one extension point of the engine. The servlet and the reactive
 * bridge are handlers, and so is every {@link Route}.
 */
@FunctionalInterface
public interface ExchangeHandler {

	/**
	 * Answer a request, now or later and from any thread. Exactly one write with
	 * {@code last} or one {@link Exchange#fail} has to follow; until then the connection
	 * takes no further request.
	 * @param exchange the request and its response
	 * @throws Exception as if {@link Exchange#fail} had been called with it
	 */
	void handle(Exchange exchange) throws Exception;

	/**
	 * Whether {@link #handle} may block its thread. Asked once, at start.
	 * @return {@code true} to be called by a worker, {@code false} (the default) to be
	 * called by the event loop
	 */
	default boolean mayBlock() {
		return false;
	}

}
