package io.millrace.core.worker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import io.millrace.core.worker.TaskCount.Entry;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The way into a pool whose threads take their tasks from one queue, and call each other
 * one by one: what is admitted, where it waits, and who is told of it.
 */
abstract class QueuedWorkerPool implements ResizableWorkerPool {

	private final WorkerOptions options;

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
	 * @param options how many tasks run, and how others wait
	 */
	QueuedWorkerPool(WorkerOptions options) {
		this.options = options;
		this.lanes = options.queue().lanes();
		this.admission = new TaskCount(options.maxRunning(), options.queueCapacity());
		this.queue = TaskQueue.create(options.queue(), room(options.maxRunning(), options.queueCapacity()));
		this.keeper = new QueueKeeper(this.queue, this.admission, options.queue());
	}

	// Room for all that is admitted: what a thread will run waits here first.
	private static int room(int running, int waiting) {
		return (int) Math.min(Integer.MAX_VALUE, (long) running + waiting);
	}

	@Override
	public final int maxRunning() {
		return this.admission.running();
	}

	@Override
	public final int queueCapacity() {
		return this.admission.waiting();
	}

	// Whoever has just counted wrongly, and relies on somebody else, has queued before:
	// the last look is for him.
	@Override
	public final synchronized void resize(int maxRunning, int queueCapacity) {
		this.options.withSize(maxRunning, queueCapacity);
		this.queue.makeRoom(room(Math.max(maxRunning, maxRunning()), Math.max(queueCapacity, queueCapacity())));
		this.admission.resize(maxRunning, queueCapacity);
		resized();
		if (isWaiting()) {
			signal();
		}
	}

	/** More or fewer tasks may run from now on. */
	void resized() {
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
		return (this.admission.tryEnter() != Entry.REFUSED) ? submit(task) : displace(task);
	}

	@Override
	public final boolean tryExecute(Runnable task, Executor loop) {
		if (this.stopped) {
			return false;
		}
		if (this.admission.tryEnter() == Entry.REFUSED) {
			return displace(task);
		}
		if (!queue(task)) {
			return false;
		}
		this.turn.get().queued(loop);
		return true;
	}

	/**
	 * Run a task if it need not wait.
	 * @param task the work
	 * @param spared how many of those that may run are not to run at the moment
	 * @return {@code false} if nothing happened
	 */
	final boolean tryExecuteFree(Runnable task, int spared) {
		return !this.stopped && this.admission.tryEnterFree(spared) && submit(task);
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
		int capacity = Math.max(0, maxRunning() - limit + this.admission.allowed());
		return new WorkerSnapshot(limit, threads, busy, waiting, capacity, this.admission.refused());
	}

}
