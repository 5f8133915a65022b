package io.millrace.core.worker;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Calls workers once for what an event loop queues in one turn. A worker that is woken in
 * the middle of the turn takes the processor from the loop where there is no other one,
 * finds a single task, and sleeps again. Owned by one event loop.
 */
final class TurnSignal implements Runnable {

	// With processors to spare, the first of many tasks is not to wait for the last.
	private static final int MOST = 16;

	private final Runnable signal;

	private int queued;

	private boolean scheduled;

	/**
	 * Create what calls the workers of a pool.
	 * @param signal does call them
	 */
	TurnSignal(Runnable signal) {
		this.signal = signal;
	}

	/**
	 * A task was queued.
	 * @param loop the calling event loop, which runs what it is given when it has looked
	 * at all its sockets
	 */
	void queued(Executor loop) {
		if (++this.queued >= MOST) {
			call();
		}
		else if (!this.scheduled) {
			this.scheduled = true;
			try {
				loop.execute(this);
			}
			catch (RejectedExecutionException | OutOfMemoryError ex) {
				// It stops, and takes nothing any more; or has no room for it.
				run();
			}
		}
	}

	@Override
	public void run() {
		this.scheduled = false;
		if (this.queued > 0) {
			call();
		}
	}

	private void call() {
		this.queued = 0;
		this.signal.run();
	}

}
