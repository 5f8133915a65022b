package io.millrace.core.worker;

/**
 * A task that was admitted by a pool, for the loop that it belongs to.
 *
 * @param pool the pool
 * @param task the work
 */
record LoopTask(LoopWorkerPool pool, Runnable task) {

	/** Run it, on any thread. */
	void run() {
		this.pool.run(this.task);
	}

}
