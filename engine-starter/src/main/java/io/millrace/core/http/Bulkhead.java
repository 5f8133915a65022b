package io.millrace.core.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Bounds how many requests of a lane are under way, and how many wait for that. So a
 * route whose handlers are stuck holds this many threads and no more. Any thread may
 * call.
 */
final class Bulkhead {

	private final String name;

	private final int limit;

	private final int capacity;

	// Guarded by this.
	private final ArrayDeque<LaneWork> waiting = new ArrayDeque<>();

	private int underWay;

	Bulkhead(String name, int limit, int capacity) {
		this.name = name;
		this.limit = limit;
		this.capacity = capacity;
	}

	/**
	 * Whether it has these bounds.
	 * @param limit how many are under way
	 * @param capacity how many wait
	 * @return whether it is these
	 */
	boolean allows(int limit, int capacity) {
		return this.limit == limit && this.capacity == capacity;
	}

	/**
	 * Have a request run, or let it wait.
	 * @param work the request
	 * @return {@code false} if it is refused
	 */
	boolean submit(LaneWork work) {
		synchronized (this) {
			if (this.underWay >= this.limit) {
				return this.waiting.size() < this.capacity && this.waiting.add(work);
			}
			this.underWay++;
		}
		return work.startWithPermit();
	}

	/** A permit is free: it is for the one that has waited longest, if there is any. */
	void release() {
		LaneWork next = next();
		if (next != null) {
			next.startLater();
		}
	}

	private synchronized @Nullable LaneWork next() {
		LaneWork next = this.waiting.poll();
		this.underWay -= (next == null) ? 1 : 0;
		return next;
	}

	/**
	 * What it is doing.
	 * @return one reading
	 */
	synchronized BulkheadSnapshot snapshot() {
		return new BulkheadSnapshot(this.name, this.limit, this.underWay, this.waiting.size(), this.capacity);
	}

	/** See {@link io.millrace.core.worker.WorkerPool#sweep()}. */
	void sweep() {
		List<LaneWork> pointless = new ArrayList<>();
		synchronized (this) {
			this.waiting.removeIf((work) -> work.isPointless() && pointless.add(work));
		}
		pointless.forEach(LaneWork::run);
	}

}
