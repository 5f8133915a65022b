package io.millrace.core.worker;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;

/**
 * First come, first served, without locks and without a bound of its own.
 */
final class LinkedTaskQueue extends TaskQueue {

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	@Override
	boolean offer(Runnable task) {
		return this.tasks.offer(task);
	}

	@Override
	@Nullable Runnable poll() {
		return this.tasks.poll();
	}

	@Override
	List<Work> sweepOldest() {
		return sweepOldest(this.tasks);
	}

	@Override
	boolean isEmpty() {
		return this.tasks.isEmpty();
	}

	// Walks through the queue: not for the way of a request.
	@Override
	int size() {
		return this.tasks.size();
	}

}
