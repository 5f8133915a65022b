package io.millrace.core.http;

import java.time.Duration;

/**
 * How long requests wait for a worker, and what those are told that cannot be served.
 *
 * @param maxWait how long a request may wait, 0 for no limit
 * @param retryAfter after which time a refused client should come back, rounded down to
 * seconds, 1 at least
 */
public record DispatchOptions(Duration maxWait, Duration retryAfter) {

	/**
	 * The options that nobody changed.
	 * @return no limit, 1 s
	 */
	public static DispatchOptions defaults() {
		return new DispatchOptions(Duration.ZERO, Duration.ofSeconds(1));
	}

	long retryAfterSeconds() {
		return Math.max(1, this.retryAfter.toSeconds());
	}

}
