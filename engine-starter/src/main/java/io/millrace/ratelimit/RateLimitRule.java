package io.millrace.ratelimit;

import java.util.function.Predicate;

import io.millrace.core.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * To which requests a limit applies.
 *
 * @param matcher tells which requests they are; asked by event loops for every request,
 * must not block
 * @param key which of them share a bucket
 * @param buckets their buckets, {@code null} where any number of them may come
 */
public record RateLimitRule(Predicate<RequestHead> matcher, RateLimitKey key, @Nullable TokenBuckets buckets) {

	/**
	 * A rule for requests of which any number may come.
	 * @param matcher tells which requests they are
	 * @return the rule
	 */
	public static RateLimitRule unlimited(Predicate<RequestHead> matcher) {
		return new RateLimitRule(matcher, RateLimitKey.GLOBAL, null);
	}

}
