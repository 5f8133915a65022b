package io.millrace.core.worker;

import java.time.Duration;

/**
 * No threads at all: the caller runs the task.
 */
final class InlineWorkerPool implements WorkerPool {

	@Override
	public boolean tryExecute(Runnable task) {
		Tasks.run(task);
		return true;
	}

	@Override
	public void resume(Runnable task) {
		Tasks.run(task);
	}

	@Override
	public String mode() {
		return WorkerMode.INLINE.id();
	}

	@Override
	public WorkerSnapshot snapshot() {
		return new WorkerSnapshot(0, 0, 0, 0, 0, 0);
	}

	@Override
	public void stop(Duration patience) {
	}

}
