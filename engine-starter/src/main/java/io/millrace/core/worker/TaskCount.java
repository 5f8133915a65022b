package io.millrace.core.worker;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the tasks that were taken and have not ended, and refuses above a bound. Exact:
 * one counter says both what runs and what waits, so that no task is ever counted twice
 * or not at all on its way from one to the other.
 */
final class TaskCount {

	private final AtomicInteger admitted = new AtomicInteger();

	private final LongAdder refused = new LongAdder();

	private final int bound;

	/**
	 * Create a counter.
	 * @param running how many tasks may run
	 * @param waiting how many may wait besides
	 */
	TaskCount(int running, int waiting) {
		this.bound = (int) Math.min(Integer.MAX_VALUE, (long) running + waiting);
	}

	/**
	 * How many tasks may run and wait, together.
	 * @return the bound
	 */
	int bound() {
		return this.bound;
	}

	/**
	 * Take a task if the bound allows.
	 * @return how many there were before it, -1 if it is refused
	 */
	int tryEnter() {
		int before = tryEnterBelow(this.bound);
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
		int before;
		do {
			before = this.admitted.get();
			if (before >= limit) {
				return -1;
			}
		}
		while (!this.admitted.compareAndSet(before, before + 1));
		return before;
	}

	/**
	 * Whether a task would be refused.
	 * @return whether the bound is reached
	 */
	boolean isFull() {
		return this.admitted.get() >= this.bound;
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
		return this.admitted.getAndIncrement();
	}

	/**
	 * A task has ended.
	 * @return how many there were before, it included
	 */
	int leave() {
		return this.admitted.getAndDecrement();
	}

	/** A task that was taken is refused after all. */
	void revoke() {
		this.admitted.getAndDecrement();
		this.refused.increment();
	}

	int admitted() {
		return this.admitted.get();
	}

	long refused() {
		return this.refused.sum();
	}

}
