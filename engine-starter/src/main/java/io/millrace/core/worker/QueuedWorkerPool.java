package io.millrace.core.worker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The way into a pool whose threads take their tasks from one queue, and call each other
 * one by one: what is admitted, where it waits, and who is told of it.
 */
abstract class QueuedWorkerPool implements WorkerPool {

	private final TaskQueue queue;

	// Work that was admitted before; bounded by the open exchanges, not here.
	private final Queue<Runnable> resumed = new ConcurrentLinkedQueue<>();

	private final TaskCount admission;

	private final QueueKeeper keeper;

	// Whether what is less urgent may have to give its place up.
	private final boolean lanes;

	private final FastThreadLocal<TurnSignal> turn = new FastThreadLocal<>() {

		@Override
		protected TurnSignal initialValue() {
			return new TurnSignal(QueuedWorkerPool.this::signal);
		}

	};

	private volatile boolean stopped;

	/**
	 * Create the way in.
	 * @param options how tasks wait
	 * @param running how many may run at once
	 */
	QueuedWorkerPool(QueueOptions options, int running) {
		this.lanes = options.lanes();
		this.admission = new TaskCount(running, options.capacity());
		// Room for all that is admitted: what a thread will run waits here first.
		this.queue = TaskQueue.create(options, this.admission.bound());
		this.keeper = new QueueKeeper(this.queue, this.admission, options);
	}

	/**
	 * See to it that a searcher is on its way, if a thread is spare.
	 * @return {@code false} if there is no thread at all and none could be started
	 */
	abstract boolean signal();

	/**
	 * Whether a task that is queued now would be found by somebody.
	 * @return {@code false} if there is no thread at all and none could be started
	 */
	boolean hasThread() {
		return true;
	}

	@Override
	public final boolean tryExecute(Runnable task) {
		if (this.stopped) {
			return false;
		}
		return (this.admission.tryEnter() >= 0) ? submit(task) : displace(task);
	}

	@Override
	public final boolean tryExecute(Runnable task, Executor loop) {
		if (this.stopped) {
			return false;
		}
		if (this.admission.tryEnter() < 0) {
			return displace(task);
		}
		if (!queue(task)) {
			return false;
		}
		this.turn.get().queued(loop);
		return true;
	}

	/**
	 * Run a task if few run and wait.
	 * @param task the work
	 * @param limit how many there may be with it
	 * @return {@code false} if nothing happened
	 */
	final boolean tryExecuteBelow(Runnable task, int limit) {
		return !this.stopped && this.admission.tryEnterBelow(limit) >= 0 && submit(task);
	}

	@Override
	public final boolean isFull() {
		return !this.lanes && this.admission.isFull();
	}

	@Override
	public final void refused() {
		this.admission.refuse();
	}

	@Override
	public final boolean isCrowded() {
		return this.admission.isCrowded();
	}

	private boolean submit(Runnable task) {
		boolean queued = queue(task);
		if (queued) {
			signal();
		}
		return queued;
	}

	// Of a task that was counted.
	private boolean queue(Runnable task) {
		if (hasThread() && this.queue.offer(task)) {
			return true;
		}
		this.admission.revoke();
		return false;
	}

	// One place, two tasks: the count stays as it is.
	private boolean displace(Runnable task) {
		Work displaced = this.queue.displace(task);
		if (displaced == null) {
			return false;
		}
		signal();
		displaced.displaced();
		return true;
	}

	@Override
	public final void resume(Runnable task) {
		this.admission.enter();
		this.resumed.add(task);
		signal();
	}

	/**
	 * End those that wait for nothing. Whoever counts on what is taken out for a moment
	 * here is called when it is back, and so is who was not called before: by a loop that
	 * does not come to the end of its turn, or for want of a thread.
	 * @param spare whether somebody is free, or soon will be
	 * @param running how many tasks run at once
	 */
	final void sweep(boolean spare, int running) {
		for (Work pointless : this.keeper.look(!spare && !this.queue.isEmpty(), running)) {
			Tasks.run(pointless);
			this.admission.leave(false);
		}
		if (isWaiting()) {
			signal();
		}
	}

	/**
	 * Take a task: work of admitted exchanges first, which makes room.
	 * @return the task, {@code null} where there is none, or none that can be seen yet
	 */
	final @Nullable Runnable poll() {
		Runnable task = this.resumed.poll();
		return (task != null) ? task : this.queue.poll();
	}

	final boolean isWaiting() {
		return !this.queue.isEmpty() || !this.resumed.isEmpty();
	}

	/**
	 * How many tasks run and wait.
	 * @return their number
	 */
	final int admitted() {
		return this.admission.admitted();
	}

	/**
	 * Whether a task that is about to be run counts as served.
	 * @param task the task
	 * @return to be given to {@link #left}
	 */
	final boolean isServed(Runnable task) {
		return this.keeper.isServed(task);
	}

	/**
	 * A task has ended.
	 * @param served whether it was more than pointless
	 */
	final void left(boolean served) {
		this.admission.leave(served);
	}

	/** Take nothing any more. */
	final void stopTaking() {
		this.stopped = true;
	}

	final boolean isStopped() {
		return this.stopped;
	}

	// What is resumed has no priority any more.
	@Override
	public final int waiting(Priority priority) {
		return this.queue.size(priority) + ((priority == Priority.NORMAL) ? this.resumed.size() : 0);
	}

	/**
	 * What the pool is doing.
	 * @param threads how many threads there are
	 * @param limit how many may run at once
	 * @return one reading
	 */
	final WorkerSnapshot snapshot(int threads, int limit) {
		int waiting = this.queue.size() + this.resumed.size();
		int busy = Math.max(0, Math.min(threads, this.admission.admitted() - waiting));
		return new WorkerSnapshot(limit, threads, busy, waiting, this.admission.allowed() - limit,
				this.admission.refused());
	}

}
