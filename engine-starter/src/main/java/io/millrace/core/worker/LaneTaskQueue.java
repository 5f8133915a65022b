package io.millrace.core.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A lane for each {@link Priority}, in any order, under a lock that is held for some
 * instructions. It has no bound of its own.
 */
final class LaneTaskQueue extends TaskQueue {

	// A queue that empties now and then is only bursty; one that does not is behind.
	private static final long BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final QueueOrder order;

	// By the ordinal of their priority. Guarded by this, as are the writes of the fields
	// that follow.
	private final List<ArrayDeque<Runnable>> lanes = List.of(new ArrayDeque<>(), new ArrayDeque<>(),
			new ArrayDeque<>());

	private long lastEmpty = System.nanoTime();

	private volatile int size;

	LaneTaskQueue(QueueOrder order) {
		this.order = order;
	}

	@Override
	synchronized boolean offer(Runnable task) {
		if (this.size == 0 && this.order == QueueOrder.ADAPTIVE) {
			this.lastEmpty = System.nanoTime();
		}
		lane(priority(task)).addLast(task);
		this.size = this.size + 1;
		return true;
	}

	@Override
	@Nullable Runnable poll() {
		// Nobody is kept waiting for a look at an empty queue.
		return (this.size == 0) ? null : take();
	}

	private synchronized @Nullable Runnable take() {
		for (ArrayDeque<Runnable> lane : this.lanes) {
			if (!lane.isEmpty()) {
				this.size = this.size - 1;
				return isLastFirst() ? lane.pollLast() : lane.pollFirst();
			}
		}
		return null;
	}

	private boolean isLastFirst() {
		return switch (this.order) {
			case FIFO -> false;
			case LIFO -> true;
			case ADAPTIVE -> System.nanoTime() - this.lastEmpty > BEHIND_NANOS;
		};
	}

	@Override
	boolean isEmpty() {
		return this.size == 0;
	}

	@Override
	int size() {
		return this.size;
	}

	@Override
	synchronized int size(Priority priority) {
		return lane(priority).size();
	}

	// The one that would have been the last of the lowest lane to be run.
	@Override
	synchronized @Nullable Work displace(Runnable task) {
		for (int i = this.lanes.size() - 1; i > priority(task).ordinal(); i--) {
			ArrayDeque<Runnable> lane = this.lanes.get(i);
			Runnable last = isLastFirst() ? lane.peekFirst() : lane.peekLast();
			// What is no Work cannot be told.
			if (last instanceof Work displaced) {
				lane.remove(displaced);
				lane(priority(task)).addLast(task);
				return displaced;
			}
		}
		return null;
	}

	@Override
	synchronized List<Work> sweep() {
		List<Work> pointless = new ArrayList<>();
		this.lanes.forEach((lane) -> lane.removeIf((task) -> isPointless(task) && pointless.add((Work) task)));
		this.size = this.size - pointless.size();
		return pointless;
	}

	// Each lane has an oldest one, whatever its order.
	@Override
	synchronized List<Work> sweepOldest() {
		List<Work> pointless = new ArrayList<>();
		for (ArrayDeque<Runnable> lane : this.lanes) {
			while (lane.peekFirst() instanceof Work work && work.isPointless()) {
				lane.removeFirst();
				pointless.add(work);
			}
		}
		this.size = this.size - pointless.size();
		return pointless;
	}

	private static Priority priority(Runnable task) {
		return (task instanceof Work work) ? work.priority() : Priority.NORMAL;
	}

	private ArrayDeque<Runnable> lane(Priority priority) {
		return this.lanes.get(priority.ordinal());
	}

}
