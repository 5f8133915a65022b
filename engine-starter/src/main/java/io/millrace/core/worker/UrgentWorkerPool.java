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
		return tryExecuteNow(task) || this.reserve.tryExecute(task) || (this.lanes && this.shared.tryExecute(task));
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		WorkerPool first = this.reserveFirst ? this.reserve : this.shared;
		WorkerPool second = this.reserveFirst ? this.shared : this.reserve;
		return first.tryExecuteNow(task) || second.tryExecuteNow(task);
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
	public WorkerSnapshot snapshot() {
		return this.reserve.snapshot();
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
