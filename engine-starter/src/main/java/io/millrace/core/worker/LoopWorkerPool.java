package io.millrace.core.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that are carried by the event loops, as many tasks at once as is
 * allowed, all loops together: each task runs on the loop that it belongs to. What
 * belongs to none is left to the JDK's carriers.
 * <p>
 * One counter, {@link TaskCount}, holds everything together: with n tasks admitted,
 * {@code min(n, limit)} run, and what is above the limit is in the queue or on its way
 * there. A task that comes below the limit is started, one above it is queued; a task
 * that ends above the limit leaves its place to one of the queue. So no task can be
 * forgotten.
 */
final class LoopWorkerPool implements WorkerPool {

	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	// Stands where a task was taken out: whether there is a task is counted, not looked.
	private static final Runnable NOTHING = () -> {
	};

	private final ThreadFactory threads = VirtualThreads.factory("millrace-virtual-");

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final TaskQueue queue;

	// Work that was admitted before.
	private final Queue<Runnable> resumed = new ConcurrentLinkedQueue<>();

	private final TaskCount admission;

	private final QueueKeeper keeper;

	// Whether what is less urgent may have to give its place up.
	private final boolean lanes;

	private final int limit;

	// Who is to be interrupted at the end.
	private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

	private volatile boolean stopped;

	LoopWorkerPool(WorkerOptions options) {
		VirtualThreadSchedulers.check();
		this.limit = options.maxConcurrency();
		this.lanes = options.queue().lanes();
		this.queue = TaskQueue.createUnbounded(options.queue());
		this.admission = new TaskCount(this.limit, options.queueCapacity());
		this.keeper = new QueueKeeper(this.queue, this.admission, options.queue());
	}

	@Override
	public boolean tryExecute(Runnable task) {
		if (this.stopped) {
			return false;
		}
		int before = this.admission.tryEnter();
		if (before < 0) {
			return displace(task);
		}
		if (before < this.limit) {
			start(task);
		}
		else {
			this.queue.offer(task);
		}
		return true;
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		if (this.stopped || this.admission.tryEnterBelow(this.limit) < 0) {
			return false;
		}
		start(task);
		return true;
	}

	@Override
	public boolean isFull() {
		return !this.lanes && this.admission.isFull();
	}

	@Override
	public void refused() {
		this.admission.refuse();
	}

	// Handler and loop share a thread: what the loop would write costs the same, and the
	// way to it besides.
	@Override
	public boolean isAtLeisure() {
		return true;
	}

	@Override
	public boolean isCrowded() {
		return this.admission.isCrowded();
	}

	@Override
	public void resume(Runnable task) {
		if (this.admission.enter() < this.limit) {
			start(task);
		}
		else {
			this.resumed.add(task);
		}
	}

	@Override
	public void resume(Runnable task, Executor loop) {
		resume(new Resumed(task, loop));
	}

	private boolean displace(Runnable task) {
		Work displaced = this.queue.displace(task);
		if (displaced != null) {
			displaced.displaced();
		}
		return displaced != null;
	}

	// The place of what is taken out becomes free when a thread comes to it.
	@Override
	public void sweep() {
		for (Work pointless : this.keeper.look(!this.queue.isEmpty(), this.limit)) {
			this.queue.offer(NOTHING);
			Tasks.run(pointless);
		}
	}

	// Of a task that is counted as one of those that run.
	private void start(Runnable task) {
		if (loop(task) instanceof CarryingLoop loop) {
			loop.carrier().carry(new LoopTask(this, task));
		}
		else {
			startElsewhere(task);
		}
	}

	private static @Nullable Executor loop(Runnable task) {
		if (task instanceof Work work) {
			return work.loop();
		}
		return (task instanceof Resumed resumed) ? resumed.loop : null;
	}

	private void startElsewhere(Runnable first) {
		Thread thread = this.threads.newThread(() -> {
			run(first);
			this.alive.remove(Thread.currentThread());
		});
		this.alive.add(thread);
		try {
			thread.start();
		}
		catch (Throwable ex) {
			// No memory: a thread that failed to start will not run later.
			this.alive.remove(thread);
			Runnable next = next(false);
			if (next != null) {
				start(next);
			}
			throw ex;
		}
	}

	/**
	 * Run a task on the calling thread, and see to what waits for its end: the thread is
	 * of use to what belongs to no loop, and every other one gets a thread of its own.
	 * @param task the task
	 */
	void run(Runnable task) {
		Runnable next = task;
		do {
			next = runOne(next);
		}
		while (next != null && loop(next) == null);
		if (next != null) {
			start(next);
		}
	}

	private @Nullable Runnable runOne(Runnable task) {
		Thread.currentThread().setContextClassLoader(this.classLoader);
		boolean served = task != NOTHING && this.keeper.isServed(task);
		Tasks.run(task);
		// An interrupt was meant for this task, not for the next one.
		Thread.interrupted();
		return next(served);
	}

	// A task has ended: its place is for the one returned.
	private @Nullable Runnable next(boolean served) {
		if (this.admission.leave(served) <= this.limit) {
			return null;
		}
		Runnable next = poll();
		while (next == null) {
			// Counted, and about to be queued.
			Thread.yield();
			next = poll();
		}
		return next;
	}

	// Work of admitted exchanges first: it makes room.
	private @Nullable Runnable poll() {
		Runnable task = this.resumed.poll();
		return (task != null) ? task : this.queue.poll();
	}

	/**
	 * Those that run a task.
	 * @return the threads, which come and go by themselves
	 */
	Set<Thread> alive() {
		return this.alive;
	}

	// What is resumed has no priority any more.
	@Override
	public int waiting(Priority priority) {
		return this.queue.size(priority) + ((priority == Priority.NORMAL) ? this.resumed.size() : 0);
	}

	@Override
	public String mode() {
		return WorkerMode.LOOP.id();
	}

	@Override
	public WorkerSnapshot snapshot() {
		int admitted = this.admission.admitted();
		int busy = Math.min(admitted, this.limit);
		return new WorkerSnapshot(this.limit, busy, busy, admitted - busy, this.admission.allowed() - this.limit,
				this.admission.refused());
	}

	@Override
	public void stop(Duration patience) {
		this.stopped = true;
		if (!awaitEnd(patience)) {
			this.alive.forEach(Thread::interrupt);
			awaitEnd(patience);
		}
	}

	// A task that its loop has not come to has no thread that could be waited for.
	private boolean awaitEnd(Duration patience) {
		long deadline = System.nanoTime() + patience.toNanos();
		int own = this.alive.contains(Thread.currentThread()) ? 1 : 0;
		while (this.admission.admitted() > own) {
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
