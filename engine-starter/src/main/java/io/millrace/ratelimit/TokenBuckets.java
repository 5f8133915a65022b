package io.millrace.ratelimit;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RateLimiter;

/**
 * The buckets of one limit, one for each key.
 */
public interface TokenBuckets {

	/**
	 * Take a token for a request. Called by its event loop, must not block.
	 * @param key whose bucket it is
	 * @param exchange the request
	 * @param answer see {@link RateLimiter#tryAcquire}
	 * @return see {@link RateLimiter#tryAcquire}
	 */
	long tryConsume(Object key, Exchange exchange, RateLimiter.Answer answer);

}
