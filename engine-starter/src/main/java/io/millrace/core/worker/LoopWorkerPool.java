package io.millrace.core.worker;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that are carried by the event loops: each task runs on the loop that it
 * belongs to. What belongs to none is left to the JDK's carriers. Counts as
 * {@link VirtualWorkerPool} does, all loops together; only that the thread of a task that
 * has ended is of no use to one of another loop, which therefore gets a thread of its
 * own.
 */
final class LoopWorkerPool extends VirtualWorkerPool {

	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	LoopWorkerPool(WorkerOptions options) {
		super(options);
		VirtualThreadSchedulers.check();
	}

	@Override
	public void resume(Runnable task, Executor loop) {
		resume(new Resumed(task, loop));
	}

	@Override
	void start(Runnable task) {
		if (loop(task) instanceof CarryingLoop loop) {
			loop.carrier().carry(new LoopTask(this, task));
		}
		else {
			super.start(task);
		}
	}

	private static @Nullable Executor loop(Runnable task) {
		if (task instanceof Work work) {
			return work.loop();
		}
		return (task instanceof Resumed resumed) ? resumed.loop : null;
	}

	/**
	 * Run a task on the loop that carries the calling thread, and see to what waits for
	 * its end.
	 * @param task the task
	 */
	void run(Runnable task) {
		Runnable next = task;
		do {
			runOne(next);
			next = next();
		}
		while (next != null && loop(next) == null);
		if (next != null) {
			start(next);
		}
	}

	// A task that its loop has not come to has no thread that could be waited for.
	@Override
	boolean awaitEnd(Duration patience) {
		long deadline = System.nanoTime() + patience.toNanos();
		int own = alive().contains(Thread.currentThread()) ? 1 : 0;
		while (admitted() > own) {
			if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
				return false;
			}
			LockSupport.parkNanos(this, LOOK_NANOS);
		}
		return true;
	}

	private record Resumed(Runnable task, Executor loop) implements Runnable {

		@Override
		public void run() {
			this.task.run();
		}

	}

}
