package io.millrace.core.http;

/**
 * Says how many requests may come in some time. Asked for every request before anything
 * else is done with it. The answer is there at once, or comes later where somebody else
 * has to be asked: the request waits, and its event loop goes on.
 */
public interface RateLimiter {

	/** The request may go on. */
	long ADMITTED = 0;

	/** The answer comes later. */
	long LATER = -1;

	/** It cannot be found out: the request may go on, which is counted. */
	long UNKNOWN = -2;

	/**
	 * Take a token for a request. Called by its event loop, must not block.
	 * @param exchange the request
	 * @param answer has to be told once, soon, and by any thread, where this method
	 * returns {@link #LATER}; otherwise it is not to be told
	 * @return {@link #ADMITTED}, {@link #UNKNOWN}, {@link #LATER}, or in how many
	 * nanoseconds there is a token: the client is told to come back then
	 */
	long tryAcquire(Exchange exchange, Answer answer);

	/**
	 * Waits for an answer.
	 */
	@FunctionalInterface
	interface Answer {

		/**
		 * Tell the answer.
		 * @param exchange the request
		 * @param nanosToWait what {@link RateLimiter#tryAcquire} would have returned, and
		 * not {@link RateLimiter#LATER}
		 */
		void tell(Exchange exchange, long nanosToWait);

	}

}
