package io.millrace.core.worker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the tasks that were taken and have not ended, and refuses above a bound. Exact:
 * one counter says both what runs and what waits, so that no task is ever counted twice
 * or not at all on its way from one to the other. It counts from what may run, so that a
 * change of that is one instruction too, and everybody is either before or after it.
 */
final class TaskCount {

	// A task that was served is one admitted less and one served more: one instruction.
	private static final long SERVED = (1L << 32) - 1;

	// In the lower half how many tasks there are beyond those that may run, less than 0
	// while places are free; added to it, in the upper half, those that were served.
	private final AtomicLong tasks;

	private final LongAdder refused = new LongAdder();

	// These are written under the lock of this.
	private volatile int running;

	private volatile int waiting;

	// How many may wait now, the same or less; below 0 where not all that may run are
	// let in.
	private volatile int allowed;

	/**
	 * Create a counter.
	 * @param running how many tasks may run
	 * @param waiting how many may wait besides
	 */
	TaskCount(int running, int waiting) {
		this.tasks = new AtomicLong(-running);
		this.running = running;
		this.waiting = waiting;
		this.allowed = waiting;
	}

	/**
	 * Change how many tasks may run and wait. Those that are in stay, however many.
	 * @param running how many may run
	 * @param waiting how many may wait besides
	 * @return how many there were beyond those that might run until now, less than 0
	 * where places were free
	 */
	synchronized int resize(int running, int waiting) {
		boolean all = this.allowed == this.waiting;
		this.waiting = waiting;
		this.allowed = all ? waiting : Math.min(this.allowed, waiting);
		int before = (int) this.tasks.getAndAdd((long) this.running - running);
		this.running = running;
		return before;
	}

	/**
	 * How many tasks may run.
	 * @return 1 or more
	 */
	int running() {
		return this.running;
	}

	/**
	 * How many tasks may wait besides those that run, if they do not wait for too long.
	 * @return 1 or more
	 */
	int waiting() {
		return this.waiting;
	}

	/**
	 * Let fewer tasks in than the bound allows.
	 * @param tasks how many may run and wait, together
	 */
	synchronized void allow(long tasks) {
		this.allowed = (int) Math.min(this.waiting, tasks - this.running);
	}

	/** Let as many in again as the bound allows. */
	synchronized void allowAll() {
		this.allowed = this.waiting;
	}

	/**
	 * How many tasks may wait now besides those that may run.
	 * @return their number, below 0 where not all that may run are let in
	 */
	int allowed() {
		return this.allowed;
	}

	/**
	 * Take a task if the bound allows.
	 * @return what becomes of it
	 */
	Entry tryEnter() {
		int bound = this.allowed;
		long before;
		do {
			before = this.tasks.get();
			if ((int) before >= bound) {
				this.refused.increment();
				return Entry.REFUSED;
			}
		}
		while (!this.tasks.compareAndSet(before, before + 1));
		return ((int) before < 0) ? Entry.RUNS : Entry.WAITS;
	}

	/**
	 * Take a task if it need not wait; one that is not taken is not counted as refused.
	 * @param spared how many of those that may run are not to run at the moment
	 * @return whether it is taken
	 */
	boolean tryEnterFree(int spared) {
		long before;
		do {
			before = this.tasks.get();
			if ((int) before >= -spared) {
				return false;
			}
		}
		while (!this.tasks.compareAndSet(before, before + 1));
		return true;
	}

	/**
	 * Whether a task would be refused.
	 * @return whether the bound that holds now is reached
	 */
	boolean isFull() {
		return (int) this.tasks.get() >= this.allowed;
	}

	/** A task was refused that did not try. */
	void refuse() {
		this.refused.increment();
	}

	/**
	 * Take a task in any case.
	 * @return what becomes of it
	 */
	Entry enter() {
		return ((int) this.tasks.getAndIncrement() < 0) ? Entry.RUNS : Entry.WAITS;
	}

	/**
	 * A task has ended.
	 * @param served whether it was more than {@linkplain Work#isPointless() pointless}
	 * @return whether there are more than may run: one waits, or is about to
	 */
	boolean leave(boolean served) {
		return (int) this.tasks.getAndAdd(served ? SERVED : -1) > 0;
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

	/**
	 * How many tasks run and wait. Wrong by as much for a moment while what may run
	 * changes.
	 * @return their number
	 */
	int admitted() {
		return Math.max(0, (int) this.tasks.get() + this.running);
	}

	/**
	 * How many tasks were served.
	 * @return a number that grows by one with each, and starts again after 2³²
	 */
	int served() {
		long now = this.tasks.get();
		return (int) ((now - (int) now) >> 32);
	}

	long refused() {
		return this.refused.sum();
	}

	/** What becomes of a task. */
	enum Entry {

		/** It is one of those that may run. */
		RUNS,

		/** It waits. */
		WAITS,

		/** Nothing. */
		REFUSED

	}

}
