package io.millrace.ratelimit;

/**
 * Where token buckets are.
 */
@FunctionalInterface
public interface TokenStore {

	/**
	 * The buckets of a limit.
	 * @param limit what each of them holds
	 * @return the buckets, one for each key
	 */
	TokenBuckets buckets(RateLimit limit);

}
