package io.millrace.boot.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import io.millrace.core.worker.ConcurrencyLimit;

/**
 * A limit that one of the algorithms of Netflix concurrency-limits computes, once in a
 * window from the average of its requests. The only class that knows the library.
 */
public final class AdaptiveLimit implements ConcurrencyLimit {

	// The library's own is one for a limit of two digits, which takes minutes, and knows
	// no lower bound.
	private static final double VEGAS_DECREASE = 0.05;

	private final Limit limit;

	private final String name;

	// The library compares times with 0, which System.nanoTime() may be below of.
	private final long origin = System.nanoTime();

	// Of the last request that was served. Written by many without order: any will do.
	private long usualNanos;

	private AdaptiveLimit(String name, Limit algorithm, LimitRange range) {
		long window = range.window().toNanos();
		this.name = name + " (" + range.min() + " to " + range.max() + ")";
		this.limit = WindowedLimit.newBuilder()
			.minWindowTime(window, TimeUnit.NANOSECONDS)
			.maxWindowTime(window, TimeUnit.NANOSECONDS)
			.minRttThreshold(0, TimeUnit.NANOSECONDS)
			.build(algorithm);
	}

	/**
	 * Shrink as the requests of a window take longer than those of the last 600 windows,
	 * and grow slowly while they do not.
	 * @param range between what
	 * @param rttTolerance how many times as long they may take before that, 1 or more
	 * @param queueSize how fast it grows: a fifth of this in each window, 1 or more
	 * @return the limit
	 */
	public static AdaptiveLimit gradient(LimitRange range, double rttTolerance, int queueSize) {
		return new AdaptiveLimit("gradient",
				Gradient2Limit.newBuilder()
					.initialLimit(range.initial())
					.minLimit(range.min())
					.maxConcurrency(range.max())
					.rttTolerance(rttTolerance)
					.queueSize(queueSize)
					.build(),
				range);
	}

	/**
	 * Estimate from the shortest time seen how many requests wait somewhere, and keep
	 * that between three and six, twice as many where the limit has three digits: grow by
	 * as many in each window, shrink by a twentieth.
	 * @param range between what
	 * @return the limit
	 */
	public static AdaptiveLimit vegas(LimitRange range) {
		int min = range.min();
		return new AdaptiveLimit("vegas",
				VegasLimit.newBuilder()
					.initialLimit(range.initial())
					.maxConcurrency(range.max())
					.decreaseFunction((limit) -> Math.max(min, limit - Math.max(1, limit * VEGAS_DECREASE)))
					.build(),
				range);
	}

	/**
	 * Shrink where a request is dropped or the average takes too long, and grow by one in
	 * each window where that is not so.
	 * @param range between what
	 * @param timeout the time that is too long, more than 0
	 * @param backoffRatio what is left of the limit then, 0.5 to less than 1
	 * @return the limit
	 */
	public static AdaptiveLimit aimd(LimitRange range, Duration timeout, double backoffRatio) {
		return new AdaptiveLimit("aimd",
				AIMDLimit.newBuilder()
					.initialLimit(range.initial())
					.minLimit(range.min())
					.maxLimit(range.max())
					.timeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
					.backoffRatio(backoffRatio)
					.build(),
				range);
	}

	@Override
	public int limit() {
		return this.limit.getLimit();
	}

	@Override
	public void onSample(long startNanos, long nanos, int inFlight, boolean dropped) {
		long measured = Math.max(1, nanos);
		if (!dropped) {
			this.usualNanos = measured;
		}
		else {
			// It may have been refused at once, which must not look like a quick answer.
			measured = Math.max(measured, this.usualNanos);
		}
		this.limit.onSample(startNanos - this.origin, measured, inFlight, dropped);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
