package io.millrace.core.worker;

import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * What was seen of virtual threads, each of which runs one task and pays nothing for
 * being watched. Owned by the keeper.
 */
final class SeenThreads {

	private final Map<Thread, Progress> seen = new HashMap<>();

	private long stepsOfEnded;

	/**
	 * Look which threads there are.
	 * @param running the threads that run a task
	 * @return the progress of each
	 */
	Collection<Progress> look(Set<Thread> running) {
		for (Iterator<Progress> each = this.seen.values().iterator(); each.hasNext();) {
			Progress progress = each.next();
			if (!running.contains(progress.thread())) {
				this.stepsOfEnded += progress.steps();
				each.remove();
			}
		}
		running.forEach((thread) -> this.seen.computeIfAbsent(thread, SeenThreads::begun));
		return this.seen.values();
	}

	private static Progress begun(Thread thread) {
		Progress progress = new Progress(thread);
		progress.step();
		return progress;
	}

	/**
	 * The steps of those that are not there any more.
	 * @return all together
	 */
	long stepsOfEnded() {
		return this.stepsOfEnded;
	}

}
