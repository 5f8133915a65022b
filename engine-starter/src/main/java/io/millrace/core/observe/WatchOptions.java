package io.millrace.core.observe;

import java.time.Duration;

/**
 * From when on something counts as stuck. Each is told once, with a stack, and counted.
 *
 * @param worker how long a worker may be busy with one request, 0 for as long as it likes
 * @param eventLoop how long an event loop may be busy with one thing, 0 for as long as it
 * likes
 * @param starved how long requests may wait while no worker begins anything, 0 for as
 * long as they like
 * @param pinned how long a virtual thread may block its carrier, 0 for as long as it
 * likes
 */
public record WatchOptions(Duration worker, Duration eventLoop, Duration starved, Duration pinned) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public WatchOptions {
		require(worker, "watchWorker");
		require(eventLoop, "watchEventLoop");
		require(starved, "watchStarved");
		require(pinned, "watchPinned");
	}

	/**
	 * Options that let virtual threads be pinned as long as they like.
	 * @param worker how long a worker may be busy with one request
	 * @param eventLoop how long an event loop may be busy with one thing
	 * @param starved how long requests may wait while no worker begins anything
	 */
	public WatchOptions(Duration worker, Duration eventLoop, Duration starved) {
		this(worker, eventLoop, starved, Duration.ZERO);
	}

	private static void require(Duration value, String name) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + " has to be 0 (off) or more, and is " + value);
		}
	}

	/**
	 * The options that nobody changed.
	 * @return 60 s, 2 s, 5 s, 20 ms
	 */
	public static WatchOptions defaults() {
		return new WatchOptions(Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofSeconds(5),
				Duration.ofMillis(20));
	}

	/**
	 * How late something may be told that has to be looked for.
	 * @return the shortest of those that are on, 0 where all are off
	 */
	public Duration precision() {
		Duration shortest = Duration.ZERO;
		for (Duration each : new Duration[] { this.worker, this.eventLoop, this.starved }) {
			if (!each.isZero() && (shortest.isZero() || each.compareTo(shortest) < 0)) {
				shortest = each;
			}
		}
		return shortest;
	}

}
