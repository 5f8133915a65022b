package io.millrace.core.worker;

import java.util.ArrayList;
import java.util.List;

import org.jctools.queues.atomic.MpmcAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * First come, first served, without locks. Where it needs more room a larger part is put
 * behind those that there are. They stay, since somebody may be about to add a task: each
 * is twice as large as the one before, so there are few.
 */
final class FifoTaskQueue extends TaskQueue {

	/** The most room there can be. */
	static final int MOST = 1 << 22;

	// Where tasks are added.
	private volatile Part last;

	FifoTaskQueue(int room) {
		this.last = new Part(room, null);
	}

	@Override
	boolean offer(Runnable task) {
		return this.last.tasks.offer(task);
	}

	@Override
	@Nullable Runnable poll() {
		return poll(this.last);
	}

	private static @Nullable Runnable poll(Part part) {
		Part older = part.older;
		Runnable task = (older != null) ? poll(older) : null;
		return (task != null) ? task : part.tasks.relaxedPoll();
	}

	@Override
	List<Work> sweepOldest() {
		List<Work> pointless = new ArrayList<>();
		for (Part part = this.last; part != null; part = part.older) {
			pointless.addAll(sweepOldest(part.tasks));
		}
		return pointless;
	}

	@Override
	boolean isEmpty() {
		Part part = this.last;
		boolean empty = part.tasks.isEmpty();
		while (empty && part.older != null) {
			part = part.older;
			empty = part.tasks.isEmpty();
		}
		return empty;
	}

	@Override
	int size() {
		int size = 0;
		for (Part part = this.last; part != null; part = part.older) {
			size += part.tasks.size();
		}
		return size;
	}

	// Who counted his task before there was more room adds it where it had its room.
	@Override
	synchronized void makeRoom(int room) {
		if (room > MOST) {
			throw new IllegalArgumentException(
					"There is room for " + MOST + " tasks at most that run and wait, and not for " + room);
		}
		if (room > this.last.tasks.capacity()) {
			this.last = new Part(room, this.last);
		}
	}

	/** A part of the queue; the older one is emptied first. */
	private static final class Part {

		private final MpmcAtomicArrayQueue<Runnable> tasks;

		private final @Nullable Part older;

		Part(int room, @Nullable Part older) {
			this.tasks = new MpmcAtomicArrayQueue<>(Math.max(2, room));
			this.older = older;
		}

	}

}
