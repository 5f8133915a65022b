package io.millrace.core.worker;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.StackSnapshot;
import io.millrace.core.observe.StuckKind;
import io.millrace.core.observe.WatchOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of workers that are stuck, and of a pool in which nothing moves: once each, with
 * a stack. Owned by the keeper.
 */
public final class WorkerWatch {

	private static final Logger logger = LoggerFactory.getLogger(WorkerWatch.class);

	// Of those who may keep all others from running.
	private static final int MAX_STACKS = 4;

	private final long busyNanos;

	private final long starvedNanos;

	private final EngineObserver observer;

	private long begun = -1;

	private long begunAt;

	private boolean starvationTold;

	private @Nullable SchedulerProbe probe;

	private boolean standstillTold;

	/**
	 * Create a watch for one pool.
	 * @param options from when on something counts as stuck
	 * @param observer is told of it
	 */
	public WorkerWatch(WatchOptions options, EngineObserver observer) {
		this.busyNanos = options.worker().toNanos();
		this.starvedNanos = options.starved().toNanos();
		this.observer = observer;
	}

	/**
	 * Look at a pool.
	 * @param pool the pool
	 * @param workers its workers
	 */
	void look(WorkerPool pool, Iterable<Progress> workers) {
		look(pool, workers, 0);
	}

	/**
	 * Look at a pool of virtual threads, and whether the JDK runs them at all.
	 * @param pool the pool
	 * @param workers its workers
	 * @param stepsOfEnded the steps of those that have ended
	 */
	void lookAtVirtual(WorkerPool pool, Iterable<Progress> workers, long stepsOfEnded) {
		look(pool, workers, stepsOfEnded);
		if (this.starvedNanos > 0) {
			lookForStandstill(workers);
		}
	}

	private void look(WorkerPool pool, Iterable<Progress> workers, long stepsOfEnded) {
		long now = System.nanoTime();
		long steps = stepsOfEnded;
		Progress longest = null;
		long longestNanos = 0;
		for (Progress worker : workers) {
			long busy = worker.look(now);
			steps += worker.steps();
			if (busy > longestNanos) {
				longest = worker;
				longestNanos = busy;
			}
			if (this.busyNanos > 0 && busy >= this.busyNanos && worker.tell()) {
				this.observer.stuck(StuckKind.WORKER.id());
				logger.warn("{} has been busy with one request for {} s", worker.thread().getName(), seconds(busy),
						StackSnapshot.of(worker.thread()));
			}
		}
		if (longest == null) {
			moves(steps, now);
		}
		else if (this.starvedNanos > 0) {
			lookForStarvation(pool, longest, steps, now);
		}
	}

	private void lookForStarvation(WorkerPool pool, Progress longest, long steps, long now) {
		WorkerSnapshot snapshot = pool.snapshot();
		boolean moving = steps != this.begun || snapshot.waiting() == 0 || snapshot.busy() < snapshot.limit();
		if (moving) {
			moves(steps, now);
		}
		else if (now - this.begunAt >= this.starvedNanos && !this.starvationTold) {
			this.starvationTold = true;
			this.observer.stuck(StuckKind.POOL.id());
			logger.warn(
					"All workers are busy, and none has begun anything for {} s while {} requests wait ({}). "
							+ "The one that has been busy longest is {}",
					seconds(now - this.begunAt), snapshot.waiting(), snapshot, longest.thread().getName(),
					StackSnapshot.of(longest.thread()));
		}
	}

	private void moves(long steps, long now) {
		this.begun = steps;
		this.begunAt = now;
		if (this.starvationTold) {
			this.starvationTold = false;
			this.observer.recovered(StuckKind.POOL.id());
		}
	}

	private void lookForStandstill(Iterable<Progress> workers) {
		if (this.probe == null) {
			this.probe = new SchedulerProbe();
		}
		long nanos = this.probe.look(System.nanoTime(), this.starvedNanos);
		if (nanos < this.starvedNanos) {
			// Nothing was answered yet that was asked since.
			if (this.standstillTold && nanos == 0) {
				this.standstillTold = false;
				this.observer.recovered(StuckKind.SCHEDULER.id());
			}
		}
		else if (!this.standstillTold) {
			this.standstillTold = true;
			this.observer.stuck(StuckKind.SCHEDULER.id());
			logger.warn(
					"The JDK has begun to run no virtual thread for {} s: all its carriers are busy with what does "
							+ "not leave them. What computes belongs on platform threads (mode pool){}",
					seconds(nanos), running(workers));
		}
	}

	private static String running(Iterable<Progress> workers) {
		StringBuilder stacks = new StringBuilder();
		int count = 0;
		for (Progress worker : workers) {
			Thread thread = worker.thread();
			if (thread.getState() == Thread.State.RUNNABLE && count++ < MAX_STACKS) {
				stacks.append("\n").append(thread.getName());
				for (StackTraceElement frame : thread.getStackTrace()) {
					stacks.append("\n\tat ").append(frame);
				}
			}
		}
		return stacks.toString();
	}

	private static long seconds(long nanos) {
		return nanos / 1_000_000_000L;
	}

}
