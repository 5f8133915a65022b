package io.millrace.core.worker;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Runs work that may block. A pool has a bound for what runs and a bound for what waits,
 * and refuses above both.
 */
public interface WorkerPool {

	/**
	 * Run a task, or let it wait for a worker.
	 * @param task the work; what it throws is logged and harms nobody else
	 * @return {@code false} if nothing happened because the pool and its queue are full,
	 * or the pool is stopped
	 */
	boolean tryExecute(Runnable task);

	/**
	 * Run a task, or let it wait for a worker, for an event loop that may have more of
	 * them in a moment: workers that sleep may be called at the end of its turn, once for
	 * all of them.
	 * @param task the work; what it throws is logged and harms nobody else
	 * @param loop the calling event loop, which runs what it is given at the end of its
	 * turn
	 * @return {@code false} if nothing happened because the pool and its queue are full,
	 * or the pool is stopped
	 */
	default boolean tryExecute(Runnable task, Executor loop) {
		return tryExecute(task);
	}

	/**
	 * Whether a task of normal priority would be refused now. What comes then is refused
	 * for less than it costs to offer a task; so it may say {@code false} though it is
	 * full, and not the reverse.
	 * @return whether there is no room
	 */
	default boolean isFull() {
		return false;
	}

	/** A task was refused without being offered, because the pool {@link #isFull()}. */
	default void refused() {
	}

	/**
	 * Run a task only if it would not have to wait for others.
	 * @param task the work
	 * @return {@code false} if nothing happened because it would, or the pool is stopped
	 */
	default boolean tryExecuteNow(Runnable task) {
		return tryExecute(task);
	}

	/**
	 * Let those of the waiting tasks end that are {@linkplain Work#isPointless()
	 * pointless}, where all threads are busy and would not come to them soon. Called now
	 * and then.
	 */
	default void sweep() {
	}

	/**
	 * Let somebody look whether workers are stuck. Called now and then.
	 * @param watch who looks
	 */
	default void watch(WorkerWatch watch) {
	}

	/**
	 * Run a further task of work that was admitted before: it may wait, but the bound of
	 * the queue is not for it, since it cannot be refused any more.
	 * @param task the work
	 */
	void resume(Runnable task);

	/**
	 * The same, of work that belongs to an event loop.
	 * @param task the work
	 * @param loop the loop, which matters to a pool whose workers are carried by loops
	 */
	default void resume(Runnable task, Executor loop) {
		resume(task);
	}

	/**
	 * Whether a worker that has a small response should write it to the socket itself.
	 * Asked by workers.
	 * @return {@code true} where nothing waits for a worker that is a thread of its own:
	 * under pressure the event loop does it cheaper, for many responses at a time; and
	 * where worker and loop share a thread
	 */
	default boolean isAtLeisure() {
		return false;
	}

	/**
	 * Whether so many tasks are there that one had better not take a thread that would
	 * only wait for its client at first. Asked by event loops.
	 * @return {@code true} where a quarter of what may run at once is taken
	 */
	default boolean isCrowded() {
		return false;
	}

	/**
	 * How meters and logs call what runs the tasks.
	 * @return pool, virtual, loop or inline for those of the engine, and own for those of
	 * applications
	 */
	default String mode() {
		return "own";
	}

	/**
	 * How many tasks of a priority wait. Any thread may ask.
	 * @param priority the priority
	 * @return how many, all as normal ones where the pool treats all alike
	 */
	default int waiting(Priority priority) {
		return (priority == Priority.NORMAL) ? snapshot().waiting() : 0;
	}

	/**
	 * What the pool is doing.
	 * @return one reading
	 */
	WorkerSnapshot snapshot();

	/**
	 * Stop: nothing new is taken, what waits is run, idle threads end. Threads that are
	 * still busy after the given time are interrupted. What is resumed later is run
	 * nevertheless.
	 * @param patience how long to wait before interrupting, and as long again afterwards;
	 * the calling thread blocks until all other threads have ended, that long at most
	 */
	void stop(Duration patience);

}
