package io.millrace.core.observe;

/**
 * Is told what happens in the engine. Does nothing by default. Called by event loops, and
 * by workers that have written a response themselves: must never block nor throw.
 */
public interface EngineObserver {

	/** An observer that looks away. */
	EngineObserver NONE = new EngineObserver() {
	};

	/** A connection was accepted. */
	default void connectionOpened() {
	}

	/** A connection was closed, by whichever side. */
	default void connectionClosed() {
	}

	/** A request head was read and is going to a handler. */
	default void exchangeStarted() {
	}

	/**
	 * An exchange has ended.
	 * @param completed whether the response was handed to the socket, whole
	 */
	default void exchangeEnded(boolean completed) {
	}

	/**
	 * A client went away in the middle of an exchange. That is its right, and not an
	 * error.
	 */
	default void clientAborted() {
	}

	/**
	 * The engine refused a request that is not right.
	 * @param kind in lower case what was wrong, one of a few: syntax, framing, limit,
	 * unsupported, timeout
	 */
	default void protocolError(String kind) {
	}

	/** A request was refused because workers and queue were full. */
	default void overloaded() {
	}

	/**
	 * A connection was closed because a deadline passed.
	 * @param kind which one: header, body, write, idle, half_closed
	 */
	default void timedOut(String kind) {
	}

}
