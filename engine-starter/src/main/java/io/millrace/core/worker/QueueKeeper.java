package io.millrace.core.worker;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Looks after the queue of a pool: how many tasks may wait, and which of them wait for
 * nothing. Owned by the keeper.
 */
final class QueueKeeper {

	// A look at every task, which may be many.
	private static final long FULL_SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final TaskQueue queue;

	private final @Nullable WaitForecast forecast;

	private long sweptAt = System.nanoTime();

	/**
	 * Create a keeper.
	 * @param queue the queue
	 * @param tasks the tasks of the pool
	 * @param options how they wait
	 */
	QueueKeeper(TaskQueue queue, TaskCount tasks, QueueOptions options) {
		this.queue = queue;
		this.forecast = WaitForecast.create(tasks, options);
	}

	/**
	 * Look at the queue.
	 * @param behind whether tasks wait because nobody is free
	 * @param running how many tasks run at once
	 * @return tasks that were taken out because they are pointless, to be run
	 */
	List<Work> look(boolean behind, int running) {
		long now = System.nanoTime();
		if (this.forecast != null) {
			this.forecast.look(behind, running, now);
		}
		if (!behind) {
			return List.of();
		}
		if (now - this.sweptAt < FULL_SWEEP_NANOS) {
			return this.queue.sweepOldest();
		}
		this.sweptAt = now;
		return this.queue.sweep();
	}

	/**
	 * Whether a task that is about to be run counts for the forecast.
	 * @param task the task
	 * @return {@code false} if it only ends: it says nothing about how long tasks take
	 */
	boolean isServed(Runnable task) {
		return this.forecast == null || !TaskQueue.isPointless(task);
	}

}
