package io.millrace.core.worker;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.WatchOptions;

/**
 * The pools of an engine: the one that everything runs in which says nothing else, those
 * of other modes that some routes ask for, and the way of the urgent.
 */
public final class WorkerSet {

	// A few more may wait for the reserve, all of which are meant to be quick.
	private static final int RESERVE_CAPACITY = 64;

	private final WorkerPool standard;

	private final WorkerPool urgent;

	private final Map<WorkerMode, WorkerPool> others = new EnumMap<>(WorkerMode.class);

	/**
	 * Make the pools; threads are started when there is work.
	 * @param options how the standard pool is, and all others in what they have of it
	 * @param standard the standard pool, stopped by {@link #stop}
	 * @param modes which modes are asked for besides
	 * @throws VirtualThreadsUnavailableException where {@link WorkerMode#VIRTUAL} is
	 * asked for and this JDK has no virtual threads
	 * @throws LoopUnavailableException where {@link WorkerMode#LOOP} is asked for and
	 * something that it needs is missing
	 */
	public WorkerSet(WorkerOptions options, WorkerPool standard, Collection<WorkerMode> modes) {
		this.standard = standard;
		this.urgent = (options.reserved() > 0 && options.mode() != WorkerMode.INLINE) ? urgent(options, standard)
				: standard;
		for (WorkerMode mode : modes) {
			if (mode != options.mode()) {
				this.others.computeIfAbsent(mode, (other) -> WorkerPools.create(options.withMode(other)));
			}
		}
	}

	private static WorkerPool urgent(WorkerOptions options, WorkerPool standard) {
		int reserved = options.reserved();
		WorkerPool reserve = WorkerPools.create(new WorkerOptions(options.mode(), reserved, 0, options.keepAlive(),
				reserved, new QueueOptions(RESERVE_CAPACITY, QueueOrder.FIFO, options.queue().maxWait(), false), 0));
		return new UrgentWorkerPool(standard, reserve, options.queue().lanes());
	}

	/**
	 * The pool of everything that says nothing else.
	 * @return the pool
	 */
	public WorkerPool standard() {
		return this.standard;
	}

	/**
	 * The way of tasks of high priority: the standard pool where it has a thread to
	 * spare, otherwise the reserve.
	 * @return the way; its snapshot is that of the reserve
	 */
	public WorkerPool urgent() {
		return this.urgent;
	}

	/**
	 * The pool of a mode.
	 * @param mode one that was asked for
	 * @return the pool
	 */
	public WorkerPool of(WorkerMode mode) {
		return this.others.getOrDefault(mode, this.standard);
	}

	/** See {@link WorkerPool#sweep()}. */
	public void sweep() {
		this.standard.sweep();
		if (this.urgent != this.standard) {
			this.urgent.sweep();
		}
		this.others.values().forEach(WorkerPool::sweep);
	}

	/**
	 * What looks whether workers of the standard pool are stuck.
	 * @param options from when on something counts as stuck
	 * @param observer is told of it
	 * @return to be run now and then
	 */
	public Runnable watch(WatchOptions options, EngineObserver observer) {
		WorkerWatch watch = new WorkerWatch(options, observer);
		return () -> this.standard.watch(watch);
	}

	/**
	 * Stop all pools.
	 * @param patience see {@link WorkerPool#stop}
	 */
	public void stop(Duration patience) {
		this.standard.stop(patience);
		if (this.urgent != this.standard) {
			this.urgent.stop(patience);
		}
		this.others.values().forEach((pool) -> pool.stop(patience));
	}

}
