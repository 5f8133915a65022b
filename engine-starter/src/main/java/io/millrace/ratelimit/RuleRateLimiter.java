package io.millrace.ratelimit;

import java.util.List;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RateLimiter;

/**
 * Limits requests by rules, of which the first that matches a request counts. Immutable.
 */
public final class RuleRateLimiter implements RateLimiter {

	private final RateLimitRule[] rules;

	/**
	 * Create a limiter.
	 * @param rules the rules; requests that none of them matches may come in any number
	 */
	public RuleRateLimiter(List<RateLimitRule> rules) {
		this.rules = rules.toArray(RateLimitRule[]::new);
	}

	@Override
	public long tryAcquire(Exchange exchange, Answer answer) {
		for (RateLimitRule rule : this.rules) {
			if (rule.matcher().test(exchange.request())) {
				TokenBuckets buckets = rule.buckets();
				return (buckets != null) ? buckets.tryConsume(rule.key().of(exchange), exchange, answer) : ADMITTED;
			}
		}
		return ADMITTED;
	}

}
