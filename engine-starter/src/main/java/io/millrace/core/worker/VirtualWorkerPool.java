package io.millrace.core.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * A virtual thread for each task, as many at once as is allowed. A thread whose task is
 * done takes one that waits, before it ends.
 * <p>
 * One counter, {@link TaskCount}, holds everything together: with n tasks admitted there
 * are {@code min(n, limit)} threads, and what is above the limit is in the queue or on
 * its way there. A task that comes below the limit starts a thread, one above it is
 * queued; a task that ends above the limit leaves its thread to one of the queue, one
 * that ends below it ends the thread. So no task can be forgotten.
 */
class VirtualWorkerPool implements WorkerPool {

	private final ThreadFactory threads = VirtualThreads.factory("millrace-virtual-");

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	// Stands where a task was taken out: whether there is a task is counted, not looked.
	private static final Runnable NOTHING = () -> {
	};

	private final TaskQueue queue;

	// Work that was admitted before.
	private final Queue<Runnable> resumed = new ConcurrentLinkedQueue<>();

	private final TaskCount admission;

	private final int limit;

	private final int capacity;

	// Who is to be waited for, and interrupted, at the end.
	private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

	private volatile boolean stopped;

	VirtualWorkerPool(WorkerOptions options) {
		this.limit = options.maxConcurrency();
		this.capacity = options.queueCapacity();
		this.queue = TaskQueue.createUnbounded(options.queue());
		this.admission = new TaskCount(this.limit, this.capacity);
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
	public void resume(Runnable task) {
		if (this.admission.enter() < this.limit) {
			start(task);
		}
		else {
			this.resumed.add(task);
		}
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
		for (Work pointless : this.queue.sweep()) {
			this.queue.offer(NOTHING);
			Tasks.run(pointless);
		}
	}

	/**
	 * Run a task that was counted as one of those that run.
	 * @param first the task
	 */
	void start(Runnable first) {
		Thread thread = this.threads.newThread(() -> runAll(first));
		this.alive.add(thread);
		try {
			thread.start();
		}
		catch (Throwable ex) {
			// No memory: a thread that failed to start will not run later.
			this.alive.remove(thread);
			Runnable next = next();
			if (next != null) {
				start(next);
			}
			throw ex;
		}
	}

	private void runAll(Runnable first) {
		Thread me = Thread.currentThread();
		Runnable task = first;
		while (task != null) {
			runOne(task);
			task = next();
		}
		this.alive.remove(me);
	}

	/**
	 * Run a task, on the calling thread.
	 * @param task the task
	 */
	final void runOne(Runnable task) {
		Thread.currentThread().setContextClassLoader(this.classLoader);
		Tasks.run(task);
		// An interrupt was meant for this task, not for the next one.
		Thread.interrupted();
	}

	/**
	 * A task has ended.
	 * @return the one that its thread is for, which is counted already; {@code null}
	 * where none waits
	 */
	final @Nullable Runnable next() {
		if (this.admission.leave() <= this.limit) {
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
	 * Those that run a task, who are waited for and interrupted at the end.
	 * @return the threads, which come and go by themselves
	 */
	final Set<Thread> alive() {
		return this.alive;
	}

	@Override
	public WorkerSnapshot snapshot() {
		int admitted = this.admission.admitted();
		int busy = Math.min(admitted, this.limit);
		return new WorkerSnapshot(this.limit, busy, busy, admitted - busy, this.capacity, this.admission.refused());
	}

	@Override
	public void stop(Duration patience) {
		this.stopped = true;
		if (!awaitEnd(patience)) {
			this.alive.forEach(Thread::interrupt);
			awaitEnd(patience);
		}
	}

	/**
	 * Wait until all tasks have ended.
	 * @param patience how long
	 * @return whether none but the calling thread's own is left
	 */
	boolean awaitEnd(Duration patience) {
		return Threads.join(this.alive, patience);
	}

	/**
	 * How many tasks run and wait.
	 * @return their number
	 */
	final int admitted() {
		return this.admission.admitted();
	}

}
