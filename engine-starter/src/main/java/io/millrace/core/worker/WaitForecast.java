package io.millrace.core.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Foretells how long a task will wait that comes now, from how fast tasks end (Little's
 * law): one that would wait too long is better refused at once than after it has. Looks
 * only while the pool is behind; a queue that is empty now and then is served in time.
 * Owned by the keeper.
 */
final class WaitForecast {

	// Of the longest wait: so that a pause of some milliseconds makes nobody late.
	private static final double SHARE = 0.7;

	// Fewer tasks than that say nothing, unless they are all that run at once.
	private static final int ENOUGH = 32;

	// Threads are not to wait for the next task.
	private static final int ALWAYS = 2;

	private static final double SHORTEST_WINDOW = TimeUnit.MILLISECONDS.toNanos(250);

	private final TaskCount tasks;

	private final double nanosToWait;

	private boolean behind;

	private int servedBefore;

	private long lookedAt;

	// How many were served in how much time, the older the less.
	private double served;

	private double nanos;

	private WaitForecast(TaskCount tasks, Duration maxWait) {
		this.tasks = tasks;
		this.nanosToWait = maxWait.toNanos() * SHARE;
	}

	/**
	 * Make a forecast for a pool.
	 * @param tasks its tasks, of which fewer may wait from now on
	 * @param options how they wait
	 * @return the forecast, {@code null} where they may wait for as long as they like
	 */
	static @Nullable WaitForecast create(TaskCount tasks, QueueOptions options) {
		return options.maxWait().isZero() ? null : new WaitForecast(tasks, options.maxWait());
	}

	/**
	 * Look at the pool.
	 * @param waiting whether tasks wait because nobody is free
	 * @param running how many tasks run at once
	 * @param now by {@link System#nanoTime()}
	 */
	void look(boolean waiting, int running, long now) {
		int servedNow = this.tasks.served();
		if (!waiting) {
			this.served = 0;
			this.nanos = 0;
			this.tasks.allowAll();
		}
		else if (this.behind) {
			add(servedNow - this.servedBefore, now - this.lookedAt, running);
			allow(running);
		}
		this.behind = waiting;
		this.servedBefore = servedNow;
		this.lookedAt = now;
	}

	// Two generations of tasks at least: they may begin and end together.
	private void add(int servedSince, long nanosSince, int running) {
		this.served += servedSince;
		this.nanos += nanosSince;
		if (this.served > 4.0 * Math.max(running, ENOUGH) && this.nanos > 2 * SHORTEST_WINDOW) {
			this.served /= 2;
			this.nanos /= 2;
		}
	}

	private void allow(int running) {
		if (this.served < Math.min(running, ENOUGH)) {
			this.tasks.allowAll();
		}
		else {
			this.tasks.allow(running + (long) Math.max(ALWAYS, this.served / this.nanos * this.nanosToWait));
		}
	}

}
