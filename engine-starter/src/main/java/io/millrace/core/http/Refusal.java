package io.millrace.core.http;

import java.util.Locale;

/**
 * Why a request is refused that is right in itself.
 */
public enum Refusal {

	/** All workers are busy, and the queue is full. */
	FULL,

	/** It has waited for a worker for too long. */
	WAITED,

	/** It had to give its place in the queue to a more urgent one. */
	DISPLACED,

	/** As many requests of its route are under way and wait as are allowed. */
	ROUTE,

	/** As many requests are in flight as are admitted. */
	LIMIT;

	private final String id = name().toLowerCase(Locale.ROOT);

	private final String message;

	Refusal() {
		this("The server is busy, try again later.");
	}

	Refusal(String message) {
		this.message = message;
	}

	/**
	 * The name as counters have it.
	 * @return the name in lower case
	 */
	public String id() {
		return this.id;
	}

	/**
	 * What its client is told.
	 * @return one safe sentence
	 */
	public String message() {
		return this.message;
	}

}
