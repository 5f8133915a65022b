package io.millrace.core.worker;

import java.util.List;

import org.jctools.queues.atomic.MpmcAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * First come, first served, without locks.
 */
final class FifoTaskQueue extends TaskQueue {

	private final MpmcAtomicArrayQueue<Runnable> tasks;

	FifoTaskQueue(int room) {
		this.tasks = new MpmcAtomicArrayQueue<>(Math.max(2, room));
	}

	@Override
	boolean offer(Runnable task) {
		return this.tasks.offer(task);
	}

	@Override
	@Nullable Runnable poll() {
		return this.tasks.relaxedPoll();
	}

	@Override
	List<Work> sweepOldest() {
		return sweepOldest(this.tasks);
	}

	@Override
	boolean isEmpty() {
		return this.tasks.isEmpty();
	}

	@Override
	int size() {
		return this.tasks.size();
	}

}
