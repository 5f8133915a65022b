package io.millrace.ratelimit;

import java.util.Objects;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.RateLimiter;

/**
 * Buckets in this process, of a bounded number: one that has not been asked for so long
 * that it is full again is forgotten, which nobody notices. Where more keys are in use
 * than there may be buckets, those that are asked least are forgotten first, and begin
 * anew with a full bucket: who comes often keeps his.
 */
public final class LocalTokenBuckets implements TokenBuckets {

	private final Cache<Object, Bucket> buckets;

	private final Bandwidth bandwidth;

	private final TimeMeter time;

	/**
	 * Create buckets.
	 * @param limit what each of them holds
	 * @param maxBuckets how many there may be, 1 or more
	 */
	public LocalTokenBuckets(RateLimit limit, long maxBuckets) {
		this(limit, maxBuckets, TimeMeter.SYSTEM_NANOTIME);
	}

	LocalTokenBuckets(RateLimit limit, long maxBuckets, TimeMeter time) {
		this.bandwidth = limit.bandwidth();
		this.time = time;
		// What there is to do for it is done by who asks, a little at a time.
		this.buckets = Caffeine.newBuilder()
			.maximumSize(maxBuckets)
			.expireAfterAccess(limit.timeToFill())
			.ticker(time::currentTimeNanos)
			.executor(Runnable::run)
			.build();
	}

	@Override
	public long tryConsume(Object key, Exchange exchange, RateLimiter.Answer answer) {
		Bucket bucket = Objects.requireNonNull(this.buckets.get(key, this::create));
		if (bucket.tryConsume(1)) {
			return RateLimiter.ADMITTED;
		}
		return Math.max(1, bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
	}

	private Bucket create(Object key) {
		return Bucket.builder().addLimit(this.bandwidth).withCustomTimePrecision(this.time).build();
	}

	/**
	 * How many buckets there are.
	 * @return an estimate
	 */
	long size() {
		this.buckets.cleanUp();
		return this.buckets.estimatedSize();
	}

}
