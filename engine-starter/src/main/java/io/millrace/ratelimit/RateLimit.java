package io.millrace.ratelimit;

import java.time.Duration;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;

/**
 * A token bucket: every request takes a token, and tokens come back evenly.
 *
 * @param capacity how many requests may come at once after a time without any, 1 or more
 * @param refillTokens how many may come in the period in the long run, 1 or more, and no
 * more than one in a nanosecond
 * @param refillPeriod the period, more than 0
 */
public record RateLimit(long capacity, long refillTokens, Duration refillPeriod) {

	/**
	 * Check the limit.
	 * @throws IllegalArgumentException naming what is out of range
	 */
	public RateLimit {
		require(capacity >= 1, "capacity has to be 1 or more, and is " + capacity);
		require(refillPeriod.compareTo(Duration.ZERO) > 0,
				"refillPeriod has to be more than 0, and is " + refillPeriod);
		require(refillPeriod.compareTo(Duration.ofDays(365)) <= 0,
				"refillPeriod has to be a year or less, and is " + refillPeriod);
		require(refillTokens >= 1 && refillTokens <= refillPeriod.toNanos(),
				"refillTokens has to be 1 or more, and one in a nanosecond at most, and is " + refillTokens);
	}

	private static void require(boolean valid, String message) {
		if (!valid) {
			throw new IllegalArgumentException(message);
		}
	}

	/**
	 * The same in the words of Bucket4j.
	 * @return the configuration of one bucket
	 */
	public BucketConfiguration configuration() {
		return BucketConfiguration.builder().addLimit(bandwidth()).build();
	}

	Bandwidth bandwidth() {
		return Bandwidth.builder().capacity(this.capacity).refillGreedy(this.refillTokens, this.refillPeriod).build();
	}

	/**
	 * After which time without a request a bucket is as good as a new one.
	 * @return the time, a hundred years at most
	 */
	Duration timeToFill() {
		double nanos = (double) this.refillPeriod.toNanos() * this.capacity / this.refillTokens;
		return Duration.ofNanos((long) Math.min(nanos, Duration.ofDays(36500).toNanos())).plusMillis(1);
	}

}
