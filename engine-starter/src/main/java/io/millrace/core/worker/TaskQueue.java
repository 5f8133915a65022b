package io.millrace.core.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a thread. Any thread may call. What was offered is seen by
 * whoever asks {@link #isEmpty()} later: the pools rely on it.
 */
abstract class TaskQueue {

	/**
	 * Make a queue.
	 * @param options what it is like
	 * @param room how many tasks there can be at most, for a moment: more than its
	 * capacity, since what a thread will run waits here first
	 * @return the queue
	 */
	static TaskQueue create(QueueOptions options, int room) {
		return (isPlain(options) && room <= FifoTaskQueue.MOST) ? new FifoTaskQueue(room) : createUnbounded(options);
	}

	/**
	 * Make a queue where there is no telling how many tasks there can be.
	 * @param options what it is like
	 * @return the queue
	 */
	static TaskQueue createUnbounded(QueueOptions options) {
		return isPlain(options) ? new LinkedTaskQueue() : new LaneTaskQueue(options.order());
	}

	private static boolean isPlain(QueueOptions options) {
		return options.order() == QueueOrder.FIFO && !options.lanes();
	}

	/**
	 * Have room for more tasks. To be called before more are let in.
	 * @param room how many tasks there can be at most, for a moment
	 * @throws IllegalArgumentException where that is too many; nothing has changed then
	 */
	void makeRoom(int room) {
	}

	/**
	 * Add a task.
	 * @param task the task
	 * @return {@code false} if there is no room
	 */
	abstract boolean offer(Runnable task);

	/**
	 * Take the task that is next.
	 * @return the task, {@code null} where there is none; also while the first is still
	 * being added
	 */
	abstract @Nullable Runnable poll();

	abstract boolean isEmpty();

	abstract int size();

	/**
	 * How many tasks of a priority there are.
	 * @param priority the priority
	 * @return how many, all as normal ones where all are treated alike
	 */
	int size(Priority priority) {
		return (priority == Priority.NORMAL) ? size() : 0;
	}

	/**
	 * Add a task in the place of a less urgent one.
	 * @param task the more urgent one
	 * @return the other one, to be told, or {@code null} where there is none and nothing
	 * was added
	 */
	@Nullable Work displace(Runnable task) {
		return null;
	}

	/**
	 * Take out the oldest tasks as far as they are pointless: what has waited too long is
	 * among them.
	 * @return the tasks that were taken out, which are to be run: they only end
	 */
	abstract List<Work> sweepOldest();

	final List<Work> sweepOldest(Queue<Runnable> tasks) {
		List<Work> pointless = new ArrayList<>();
		while (isPointless(tasks.peek())) {
			// Another one perhaps, if somebody was faster.
			sortOut(tasks.poll(), pointless);
		}
		return pointless;
	}

	/**
	 * Take out all that is pointless. Costs as much as there are tasks; the order of the
	 * rest may suffer a little from what comes in the meantime.
	 * @return the tasks that were taken out, which are to be run: they only end
	 */
	List<Work> sweep() {
		List<Work> pointless = new ArrayList<>();
		for (int left = size(); left > 0; left--) {
			sortOut(poll(), pointless);
		}
		return pointless;
	}

	// There is room for what is put back: it had its place, and is counted still.
	private void sortOut(@Nullable Runnable task, List<Work> pointless) {
		if (task instanceof Work work && work.isPointless()) {
			pointless.add(work);
		}
		else if (task != null) {
			while (!offer(task)) {
				Thread.onSpinWait();
			}
		}
	}

	static boolean isPointless(@Nullable Runnable task) {
		return task instanceof Work work && work.isPointless();
	}

}
