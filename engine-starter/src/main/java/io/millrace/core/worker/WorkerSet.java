package io.millrace.core.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.WatchOptions;
import org.jspecify.annotations.Nullable;

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

	private final List<WorkerPool> all;

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
		this.all = collect();
	}

	private List<WorkerPool> collect() {
		List<WorkerPool> pools = new ArrayList<>();
		pools.add(this.standard);
		if (this.urgent != this.standard) {
			pools.add(this.urgent);
		}
		pools.addAll(this.others.values());
		return List.copyOf(pools);
	}

	private static WorkerPool urgent(WorkerOptions options, WorkerPool standard) {
		int reserved = options.reserved();
		// Platform threads in any case: whether virtual ones compute is not seen by their
		// number, and what comes later waits until they have.
		boolean first = options.mode() != WorkerMode.POOL;
		WorkerPool reserve = WorkerPools.create(new WorkerOptions(WorkerMode.POOL, reserved, 0, options.keepAlive(),
				reserved, new QueueOptions(RESERVE_CAPACITY, QueueOrder.FIFO, options.queue().maxWait(), false), 0));
		return new UrgentWorkerPool(standard, reserve, first, options.queue().lanes());
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

	/**
	 * All pools with their names: standard, reserve (of the urgent), or the mode that
	 * some routes ask for.
	 * @return the pools, the standard one first
	 */
	public Map<String, WorkerPool> named() {
		Map<String, WorkerPool> named = new LinkedHashMap<>();
		named.put("standard", this.standard);
		if (this.urgent != this.standard) {
			named.put("reserve", this.urgent);
		}
		this.others.forEach((mode, pool) -> named.put(mode.id(), pool));
		return named;
	}

	/** See {@link WorkerPool#sweep()}. */
	public void sweep() {
		this.all.forEach(WorkerPool::sweep);
	}

	/**
	 * What looks whether workers are stuck.
	 * @param options from when on something counts as stuck
	 * @param observer is told of it
	 * @return to be run now and then
	 */
	public Runnable watch(WatchOptions options, EngineObserver observer) {
		Map<WorkerPool, WorkerWatch> watches = new IdentityHashMap<>();
		this.all.forEach((pool) -> watches.put(pool, new WorkerWatch(options, observer)));
		return () -> watches.forEach(WorkerPool::watch);
	}

	/**
	 * What tells of virtual threads that are pinned.
	 * @param options from when on something counts as stuck
	 * @param observer is told of it
	 * @return {@code null} where there are no virtual threads, or nobody wants to know
	 */
	public @Nullable PinningWatch pinningWatch(WatchOptions options, EngineObserver observer) {
		boolean virtual = this.all.stream().anyMatch(VirtualWorkerPool.class::isInstance);
		return (virtual && !options.pinned().isZero()) ? new PinningWatch(options.pinned(), observer) : null;
	}

	/**
	 * Stop all pools.
	 * @param patience see {@link WorkerPool#stop}
	 */
	public void stop(Duration patience) {
		this.all.forEach((pool) -> pool.stop(patience));
	}

}
