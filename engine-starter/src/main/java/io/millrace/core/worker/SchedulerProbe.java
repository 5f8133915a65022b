package io.millrace.core.worker;

import java.util.concurrent.ThreadFactory;

/**
 * Finds out whether the JDK runs virtual threads at all: where all carriers are busy with
 * what does not leave them, what is admitted does not run either. A virtual thread is
 * asked to say that it is there. Owned by the keeper.
 */
final class SchedulerProbe {

	private final ThreadFactory threads = VirtualThreads.factory("millrace-probe-");

	// Written by the virtual thread.
	private volatile boolean answered = true;

	private long askedAt;

	/**
	 * Look for how long nothing has begun; ask again where something has.
	 * @param now by {@link System#nanoTime()}
	 * @param period how long an answer may take
	 * @return for how long at least, 0 where there was an answer
	 */
	long look(long now, long period) {
		if (!this.answered) {
			return now - this.askedAt;
		}
		// Not more often than needs be.
		if (now - this.askedAt >= period / 2) {
			this.askedAt = now;
			this.answered = false;
			this.threads.newThread(() -> this.answered = true).start();
		}
		return 0;
	}

}
