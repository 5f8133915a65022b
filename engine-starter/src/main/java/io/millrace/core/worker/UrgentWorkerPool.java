package io.millrace.core.worker;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The way of urgent tasks into two pools: the one that all share where it has a thread to
 * spare, otherwise a small one in reserve that nobody else uses; or the reserve first.
 */
final class UrgentWorkerPool implements WorkerPool {

	private final WorkerPool shared;

	private final WorkerPool reserve;

	private final boolean reserveFirst;

	private final boolean lanes;

	/**
	 * Create the way.
	 * @param shared the pool of all
	 * @param reserve the pool of the urgent
	 * @param reserveFirst whether the pool of all may have threads to spare that do not
	 * get to run
	 * @param lanes whether the urgent go first in the queue of the shared pool, where
	 * they wait when that of the reserve is full
	 */
	UrgentWorkerPool(WorkerPool shared, WorkerPool reserve, boolean reserveFirst, boolean lanes) {
		this.shared = shared;
		this.reserve = reserve;
		this.reserveFirst = reserveFirst;
		this.lanes = lanes;
	}

	@Override
	public boolean tryExecute(Runnable task) {
		// What is urgent is quick: it is better off behind its like than behind whatever
		// holds all threads of the shared pool.
		return tryExecuteNow(task) || offer(task, this.reserve) || (this.lanes && offer(task, this.shared));
	}

	private static boolean offer(Runnable task, WorkerPool pool) {
		tell(task, pool);
		return pool.tryExecute(task);
	}

	// Before it is taken: a moment later it may be run.
	private static void tell(Runnable task, WorkerPool pool) {
		if (task instanceof Work work) {
			work.offeredTo(pool);
		}
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		WorkerPool first = this.reserveFirst ? this.reserve : this.shared;
		WorkerPool second = this.reserveFirst ? this.shared : this.reserve;
		return offerNow(task, first) || offerNow(task, second);
	}

	private static boolean offerNow(Runnable task, WorkerPool pool) {
		tell(task, pool);
		return pool.tryExecuteNow(task);
	}

	@Override
	public void resume(Runnable task) {
		this.shared.resume(task);
	}

	@Override
	public void resume(Runnable task, Executor loop) {
		this.shared.resume(task, loop);
	}

	@Override
	public String mode() {
		return this.reserve.mode();
	}

	@Override
	public WorkerSnapshot snapshot() {
		return this.reserve.snapshot();
	}

	@Override
	public int waiting(Priority priority) {
		// Nothing else waits there, and the pool does not ask what it is.
		return (priority == Priority.HIGH) ? this.reserve.snapshot().waiting() : 0;
	}

	@Override
	public void sweep() {
		this.reserve.sweep();
	}

	@Override
	public void watch(WorkerWatch watch) {
		this.reserve.watch(watch);
	}

	// The shared pool has an owner of its own.
	@Override
	public void stop(Duration patience) {
		this.reserve.stop(patience);
	}

}
