package io.millrace.core.http;

import java.time.Duration;

/**
 * How long requests may take, and what those are told that cannot be served.
 *
 * @param maxWait how long a request may wait for a worker, 0 for no limit
 * @param timeout how long a request may take from its head to its last byte, waiting
 * included; 0 for no limit
 * @param timeoutStatus what is answered then, 503 or 504
 * @param refusalStatus what is answered where a request is refused, 503 or 429
 * @param retryAfter after which time a refused client should come back, rounded down to
 * seconds, 1 at least
 * @param interruptOnDisconnect whether a worker is interrupted when the client goes away
 * whose request it handles; not after its handler has returned, and never an event loop
 */
public record DispatchOptions(Duration maxWait, Duration timeout, int timeoutStatus, int refusalStatus,
		Duration retryAfter, boolean interruptOnDisconnect) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public DispatchOptions {
		require(!maxWait.isNegative(), "maxWait", maxWait, "has to be 0 (no limit) or more");
		require(!timeout.isNegative(), "requestTimeout", timeout, "has to be 0 (off) or more");
		require(timeoutStatus == 503 || timeoutStatus == 504, "timeoutStatus", timeoutStatus, "has to be 503 or 504");
		require(refusalStatus == 503 || refusalStatus == 429, "refusalStatus", refusalStatus, "has to be 503 or 429");
		require(!retryAfter.isNegative(), "retryAfter", retryAfter, "has to be 0 or more");
	}

	/**
	 * Create options that interrupt nobody.
	 * @param maxWait how long a request may wait for a worker
	 * @param timeout how long a request may take
	 * @param timeoutStatus what is answered then
	 * @param refusalStatus what is answered where a request is refused
	 * @param retryAfter after which time a refused client should come back
	 */
	public DispatchOptions(Duration maxWait, Duration timeout, int timeoutStatus, int refusalStatus,
			Duration retryAfter) {
		this(maxWait, timeout, timeoutStatus, refusalStatus, retryAfter, false);
	}

	private static void require(boolean valid, String name, Object value, String rule) {
		if (!valid) {
			throw new IllegalArgumentException(name + " " + rule + ", and is " + value);
		}
	}

	/**
	 * The options that nobody changed.
	 * @return no limits, 503, 503, 1 s, nobody is interrupted
	 */
	public static DispatchOptions defaults() {
		return new DispatchOptions(Duration.ZERO, Duration.ZERO, 503, 503, Duration.ofSeconds(1));
	}

	/**
	 * The same with another bound of waiting.
	 * @param maxWait how long a request may wait for a worker, 0 for no limit
	 * @return a copy
	 */
	public DispatchOptions withMaxWait(Duration maxWait) {
		return new DispatchOptions(maxWait, this.timeout, this.timeoutStatus, this.refusalStatus, this.retryAfter,
				this.interruptOnDisconnect);
	}

	long retryAfterSeconds() {
		return Math.max(1, this.retryAfter.toSeconds());
	}

}
