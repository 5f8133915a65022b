package io.millrace.core.worker;

import org.jspecify.annotations.Nullable;

/**
 * Whether a worker gets on. The worker counts, and pays nothing for being watched; the
 * keeper looks.
 */
final class Progress {

	private final Thread thread;

	// Odd while a task runs. Written by the worker only; read by the keeper a moment too
	// late, which does not matter to it.
	private int steps;

	private volatile @Nullable ThreadTimes times;

	// Owned by the keeper, as is what follows.
	private int stepsBefore;

	private int seen;

	private long since;

	private boolean told;

	Progress(Thread thread) {
		this.thread = thread;
	}

	/** The thread has begun. Called by it. */
	void begin() {
		this.times = ThreadTimes.ofThisThread();
	}

	/**
	 * How the thread spends its time.
	 * @return its times, {@code null} where the system does not tell
	 */
	@Nullable ThreadTimes times() {
		return this.times;
	}

	/** A task begins, or ends. */
	void step() {
		this.steps++;
	}

	int steps() {
		return this.steps;
	}

	/**
	 * Whether a task runs, or one has run since the last call.
	 * @return whether the times may be other ones than before
	 */
	boolean hasMoved() {
		int steps = this.steps;
		boolean moved = (steps & 1) != 0 || steps != this.stepsBefore;
		this.stepsBefore = steps;
		return moved;
	}

	/**
	 * Whether a task runs.
	 * @return whether one does, a moment ago
	 */
	boolean isBusy() {
		return (this.steps & 1) != 0;
	}

	Thread thread() {
		return this.thread;
	}

	/**
	 * Look how long the same task has been running.
	 * @param now by {@link System#nanoTime()}
	 * @return for how long at least, 0 where none runs or it is another one than before
	 */
	long look(long now) {
		int steps = this.steps;
		if (steps != this.seen) {
			this.seen = steps;
			this.since = now;
			this.told = false;
		}
		return ((steps & 1) != 0) ? now - this.since : 0;
	}

	/**
	 * Tell of a task once only.
	 * @return whether it was not told of before
	 */
	boolean tell() {
		boolean first = !this.told;
		this.told = true;
		return first;
	}

}
