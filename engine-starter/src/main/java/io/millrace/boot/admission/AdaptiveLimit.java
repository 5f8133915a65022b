package io.millrace.boot.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.MetricRegistry;
import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import io.millrace.core.worker.AdjustableLimit;
import io.millrace.core.worker.ConcurrencyLimit;

/**
 * A limit that one of the algorithms of Netflix concurrency-limits computes, once in a
 * window from the average of its requests. The only class that knows the library.
 */
public final class AdaptiveLimit implements ConcurrencyLimit, AdjustableLimit {

	// The library's own is one for a limit of two digits, which takes minutes, and knows
	// no lower bound.
	private static final double VEGAS_DECREASE = 0.05;

	// The library's own averages of a gradient are settled after ten.
	private static final int GRADIENT_LESSONS = 10;

	private final String name;

	private final Function<LimitRange, Algorithm> factory;

	// Written under the lock of this.
	private volatile Windows windows;

	// The library compares times with 0, which System.nanoTime() may be below of.
	private final long origin = System.nanoTime();

	// Of the last request that was served. Written by many without order: any will do.
	private long usualNanos;

	private AdaptiveLimit(String name, LimitRange range, Function<LimitRange, Algorithm> factory) {
		this.name = name;
		this.factory = factory;
		this.windows = new Windows(range, factory.apply(range));
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
		return new AdaptiveLimit("gradient", range, (now) -> {
			Gradient2Limit gradient = Gradient2Limit.newBuilder()
				.initialLimit(now.initial())
				.minLimit(now.min())
				.maxConcurrency(now.max())
				.rttTolerance(rttTolerance)
				.queueSize(queueSize)
				.build();
			return new Algorithm(gradient, () -> gradient.getRttNoLoad(TimeUnit.NANOSECONDS), GRADIENT_LESSONS);
		});
	}

	/**
	 * Estimate from the shortest time seen how many requests wait somewhere, and keep
	 * that between three and six, twice as many where the limit has three digits: grow by
	 * as many in each window, shrink by a twentieth.
	 * @param range between what
	 * @return the limit
	 */
	public static AdaptiveLimit vegas(LimitRange range) {
		return new AdaptiveLimit("vegas", range, (now) -> {
			int min = now.min();
			QuickestTime quickest = new QuickestTime();
			VegasLimit vegas = VegasLimit.newBuilder()
				.initialLimit(now.initial())
				.maxConcurrency(now.max())
				.decreaseFunction((limit) -> Math.max(min, limit - Math.max(1, limit * VEGAS_DECREASE)))
				.metricRegistry(quickest)
				.build();
			return new Algorithm(vegas, quickest::nanos, 1);
		});
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
		return new AdaptiveLimit("aimd", range,
				(now) -> new Algorithm(AIMDLimit.newBuilder()
					.initialLimit(now.initial())
					.minLimit(now.min())
					.maxLimit(now.max())
					.timeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
					.backoffRatio(backoffRatio)
					.build(), () -> 0, 0));
	}

	@Override
	public int limit() {
		return this.windows.limit.getLimit();
	}

	@Override
	public int min() {
		return this.windows.range.min();
	}

	@Override
	public int max() {
		return this.windows.range.max();
	}

	@Override
	public boolean isAdaptive() {
		return true;
	}

	// The library's limits cannot be changed. A new one is taught what the old one knew:
	// under overload it would take the times of that for those of an idle application.
	@Override
	public synchronized void adjust(int limit, int min, int max) {
		LimitRange range = new LimitRange(limit, min, max, this.windows.range.window());
		Algorithm next = this.factory.apply(range);
		next.learn(this.windows.algorithm.known().getAsLong());
		this.windows = new Windows(range, next);
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
		this.windows.limit.onSample(startNanos - this.origin, measured, inFlight, dropped);
	}

	@Override
	public String toString() {
		LimitRange range = this.windows.range;
		return this.name + " (" + range.min() + " to " + range.max() + ")";
	}

	/** An algorithm that is told of windows. */
	private static final class Windows {

		private final LimitRange range;

		private final Algorithm algorithm;

		private final Limit limit;

		Windows(LimitRange range, Algorithm algorithm) {
			long window = range.window().toNanos();
			this.range = range;
			this.algorithm = algorithm;
			this.limit = WindowedLimit.newBuilder()
				.minWindowTime(window, TimeUnit.NANOSECONDS)
				.maxWindowTime(window, TimeUnit.NANOSECONDS)
				.minRttThreshold(0, TimeUnit.NANOSECONDS)
				.build(algorithm.limit());
		}

	}

	/**
	 * An algorithm.
	 *
	 * @param limit the algorithm
	 * @param known the time that it compares others with, 0 where it knows none
	 * @param lessons how often another one has to be told that to know it too
	 */
	private record Algorithm(Limit limit, LongSupplier known, int lessons) {

		// With nothing in flight a sample is of no consequence but for times.
		void learn(long nanos) {
			for (int i = 0; i < this.lessons && nanos > 0; i++) {
				this.limit.onSample(0, nanos, 0, false);
			}
		}

	}

	/** The only way to hear of the time that a vegas limit compares others with. */
	private static final class QuickestTime implements MetricRegistry {

		private volatile long nanos;

		@Override
		public SampleListener distribution(String id, String... tagNameValuePairs) {
			return (sample) -> this.nanos = sample.longValue();
		}

		long nanos() {
			return this.nanos;
		}

	}

}
