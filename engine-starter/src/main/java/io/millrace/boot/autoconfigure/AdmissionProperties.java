package io.millrace.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How many requests may be in flight, waiting included, whatever runs them.
 */
public class AdmissionProperties {

	/**
	 * What limits how many requests are in flight: none, fixed, or one of the algorithms
	 * of Netflix concurrency-limits, which the application then has to bring: gradient,
	 * vegas, aimd.
	 */
	private Limit limit = Limit.NONE;

	/**
	 * What an adaptive limit is at first, min to max. Unset: 100, as far as min and max
	 * allow.
	 */
	private @Nullable Integer initial;

	/**
	 * What an adaptive limit never falls below, 1 or more. Unset: 10.
	 */
	private @Nullable Integer min;

	/**
	 * What the limit never rises above; with fixed this is the limit. Unset: 200.
	 */
	private @Nullable Integer max;

	/**
	 * The time whose requests are averaged for one change of an adaptive limit, 100ms or
	 * more. Unset: 1s.
	 */
	private @Nullable Duration window;

	private final Gradient gradient = new Gradient();

	private final Aimd aimd = new Aimd();

	public Limit getLimit() {
		return this.limit;
	}

	public void setLimit(Limit limit) {
		this.limit = limit;
	}

	public @Nullable Integer getInitial() {
		return this.initial;
	}

	public void setInitial(@Nullable Integer initial) {
		this.initial = initial;
	}

	public @Nullable Integer getMin() {
		return this.min;
	}

	public void setMin(@Nullable Integer min) {
		this.min = min;
	}

	public @Nullable Integer getMax() {
		return this.max;
	}

	public void setMax(@Nullable Integer max) {
		this.max = max;
	}

	public @Nullable Duration getWindow() {
		return this.window;
	}

	public void setWindow(@Nullable Duration window) {
		this.window = window;
	}

	public Gradient getGradient() {
		return this.gradient;
	}

	public Aimd getAimd() {
		return this.aimd;
	}

	/**
	 * What limits how many requests are in flight.
	 */
	public enum Limit {

		/**
		 * Nothing but threads and queue.
		 */
		NONE,

		/**
		 * A number that stays as it is.
		 */
		FIXED,

		/**
		 * Falls as requests take longer than they used to.
		 */
		GRADIENT,

		/**
		 * Falls as requests take longer than the quickest.
		 */
		VEGAS,

		/**
		 * Falls as requests are dropped or take longer than a given time.
		 */
		AIMD

	}

	/**
	 * For the limit gradient.
	 */
	public static class Gradient {

		/**
		 * How many times as long as usual requests may take before the limit falls, 1 or
		 * more. Unset: 1.5.
		 */
		private @Nullable Double rttTolerance;

		/**
		 * How fast the limit grows while requests take no longer than that: by a fifth of
		 * this in each window, 1 or more. Unset: 4.
		 */
		private @Nullable Integer queueSize;

		public @Nullable Double getRttTolerance() {
			return this.rttTolerance;
		}

		public void setRttTolerance(@Nullable Double rttTolerance) {
			this.rttTolerance = rttTolerance;
		}

		public @Nullable Integer getQueueSize() {
			return this.queueSize;
		}

		public void setQueueSize(@Nullable Integer queueSize) {
			this.queueSize = queueSize;
		}

	}

	/**
	 * For the limit aimd.
	 */
	public static class Aimd {

		/**
		 * The average time of requests that is too long. Unset: 5s.
		 */
		private @Nullable Duration timeout;

		/**
		 * What is left of the limit when requests were dropped or took too long, 0.5 to
		 * less than 1. Unset: 0.9.
		 */
		private @Nullable Double backoffRatio;

		public @Nullable Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(@Nullable Duration timeout) {
			this.timeout = timeout;
		}

		public @Nullable Double getBackoffRatio() {
			return this.backoffRatio;
		}

		public void setBackoffRatio(@Nullable Double backoffRatio) {
			this.backoffRatio = backoffRatio;
		}

	}

}
