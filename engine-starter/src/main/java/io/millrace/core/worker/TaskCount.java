package io.millrace.core.worker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the tasks that were taken and have not ended, and refuses above a bound. Exact:
 * one counter says both what runs and what waits, so that no task is ever counted twice
 * or not at all on its way from one to the other.
 */
final class TaskCount {

	// A task that was served is one admitted less and one served more: one instruction.
	private static final long SERVED = (1L << 32) - 1;

	// The tasks that are admitted in the lower half, those that were served in the upper.
	private final AtomicLong tasks = new AtomicLong();

	private final LongAdder refused = new LongAdder();

	private final int running;

	private final int bound;

	// The bound that holds now, the same or less.
	private volatile int allowed;

	/**
	 * Create a counter.
	 * @param running how many tasks may run
	 * @param waiting how many may wait besides
	 */
	TaskCount(int running, int waiting) {
		this.running = running;
		this.bound = (int) Math.min(Integer.MAX_VALUE, (long) running + waiting);
		this.allowed = this.bound;
	}

	/**
	 * How many tasks may run and wait, together.
	 * @return the bound
	 */
	int bound() {
		return this.bound;
	}

	/**
	 * Let fewer tasks in than the bound allows.
	 * @param tasks how many may run and wait, together
	 */
	void allow(long tasks) {
		this.allowed = (int) Math.min(this.bound, tasks);
	}

	/** Let as many in again as the bound allows. */
	void allowAll() {
		this.allowed = this.bound;
	}

	/**
	 * How many tasks may run and wait now, together.
	 * @return the bound or less
	 */
	int allowed() {
		return this.allowed;
	}

	/**
	 * Take a task if the bound allows.
	 * @return how many there were before it, -1 if it is refused
	 */
	int tryEnter() {
		int before = tryEnterBelow(this.allowed);
		if (before < 0) {
			this.refused.increment();
		}
		return before;
	}

	/**
	 * Take a task if there are few; one that is not taken is not counted as refused.
	 * @param limit how many there may be with it, not more than the bound
	 * @return how many there were before it, -1 if it is not taken
	 */
	int tryEnterBelow(int limit) {
		long before;
		do {
			before = this.tasks.get();
			if ((int) before >= limit) {
				return -1;
			}
		}
		while (!this.tasks.compareAndSet(before, before + 1));
		return (int) before;
	}

	/**
	 * Whether a task would be refused.
	 * @return whether the bound that holds now is reached
	 */
	boolean isFull() {
		return admitted() >= this.allowed;
	}

	/** A task was refused that did not try. */
	void refuse() {
		this.refused.increment();
	}

	/**
	 * Take a task in any case.
	 * @return how many there were before it
	 */
	int enter() {
		return (int) this.tasks.getAndIncrement();
	}

	/**
	 * A task has ended.
	 * @param served whether it was more than {@linkplain Work#isPointless() pointless}
	 * @return how many there were before, it included
	 */
	int leave(boolean served) {
		return (int) this.tasks.getAndAdd(served ? SERVED : -1);
	}

	/** A task that was taken is refused after all. */
	void revoke() {
		this.tasks.getAndDecrement();
		this.refused.increment();
	}

	/**
	 * Whether a quarter of what may run at once is taken.
	 * @return whether tasks had better be short
	 */
	boolean isCrowded() {
		return 4L * admitted() >= this.running;
	}

	int admitted() {
		return (int) this.tasks.get();
	}

	/**
	 * How many tasks were served.
	 * @return a number that grows by one with each, and starts again after 2³²
	 */
	int served() {
		return (int) (this.tasks.get() >>> 32);
	}

	long refused() {
		return this.refused.sum();
	}

}
