package io.millrace.core.worker;

/**
 * Whether a worker gets on. The worker counts, and pays nothing for being watched; the
 * keeper looks.
 */
final class Progress {

	private final Thread thread;

	// Odd while a task runs. Written by the worker only; read by the keeper a moment too
	// late, which does not matter to it.
	private int steps;

	// Owned by the keeper.
	private int seen;

	private long since;

	private boolean told;

	Progress(Thread thread) {
		this.thread = thread;
	}

	/** A task begins, or ends. */
	void step() {
		this.steps++;
	}

	int steps() {
		return this.steps;
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
