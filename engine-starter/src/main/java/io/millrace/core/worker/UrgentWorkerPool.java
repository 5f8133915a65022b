package io.millrace.core.worker;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The way of urgent tasks into two pools: the one that all share where it has a thread to
 * spare, otherwise a small one in reserve that nobody else uses.
 */
final class UrgentWorkerPool implements WorkerPool {

	private final WorkerPool shared;

	private final WorkerPool reserve;

	private final boolean lanes;

	/**
	 * Create the way.
	 * @param shared the pool of all
	 * @param reserve the pool of the urgent
	 * @param lanes whether the urgent go first in the queue of the shared pool
	 */
	UrgentWorkerPool(WorkerPool shared, WorkerPool reserve, boolean lanes) {
		this.shared = shared;
		this.reserve = reserve;
		this.lanes = lanes;
	}

	@Override
	public boolean tryExecute(Runnable task) {
		return tryExecuteNow(task) || (this.lanes ? this.shared : this.reserve).tryExecute(task);
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		return this.shared.tryExecuteNow(task) || this.reserve.tryExecuteNow(task);
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

	// The shared pool has an owner of its own.
	@Override
	public void stop(Duration patience) {
		this.reserve.stop(patience);
	}

}
