package io.millrace.core.worker;

import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * What was seen of virtual threads. They only count the tasks that they begin, and pay
 * nothing for being watched. Owned by the keeper.
 */
final class SeenThreads {

	private final Map<Thread, Progress> seen = new HashMap<>();

	private long stepsOfEnded;

	/**
	 * Look which threads there are, and how many tasks each has begun.
	 * @param running the threads that run a task
	 * @return the progress of each
	 */
	Collection<Progress> look(Map<Thread, ? extends IntSupplier> running) {
		for (Iterator<Progress> each = this.seen.values().iterator(); each.hasNext();) {
			Progress progress = each.next();
			if (!running.containsKey(progress.thread())) {
				this.stepsOfEnded += progress.steps();
				each.remove();
			}
		}
		running.forEach((thread, begun) -> this.seen.computeIfAbsent(thread, Progress::new).begun(begun.getAsInt()));
		return this.seen.values();
	}

	/**
	 * The steps of those that are not there any more.
	 * @return all together
	 */
	long stepsOfEnded() {
		return this.stepsOfEnded;
	}

}
