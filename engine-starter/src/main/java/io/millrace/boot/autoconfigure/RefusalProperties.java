package io.millrace.boot.autoconfigure;

import java.time.Duration;

/**
 * What clients are told whose requests cannot be served.
 */
public class RefusalProperties {

	/**
	 * What a client gets whose request is refused because too much is asked of the
	 * server: 503 or 429.
	 */
	private int status = 503;

	/**
	 * What a client gets whose request took longer than millrace.timeouts.request: 503 or
	 * 504.
	 */
	private int timeoutStatus = 503;

	/**
	 * What a refused client is told in Retry-After; rounded down to seconds, 1 at least.
	 */
	private Duration retryAfter = Duration.ofSeconds(1);

	public int getStatus() {
		return this.status;
	}

	public void setStatus(int status) {
		this.status = status;
	}

	public int getTimeoutStatus() {
		return this.timeoutStatus;
	}

	public void setTimeoutStatus(int timeoutStatus) {
		this.timeoutStatus = timeoutStatus;
	}

	public Duration getRetryAfter() {
		return this.retryAfter;
	}

	public void setRetryAfter(Duration retryAfter) {
		this.retryAfter = retryAfter;
	}

}
