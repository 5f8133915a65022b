package io.millrace.core.worker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task so that its failure harms nobody else.
 */
final class Tasks {

	private static final Logger logger = LoggerFactory.getLogger(WorkerPool.class);

	private Tasks() {
	}

	static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			report(ex);
		}
	}

	// Where memory or stack are at their end, telling so can fail too.
	private static void report(Throwable failure) {
		try {
			logger.error("A task of a worker failed", failure);
		}
		catch (Throwable ex) {
			// there is nobody left to tell
		}
	}

}
