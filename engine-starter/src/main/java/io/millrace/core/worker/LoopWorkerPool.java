package io.millrace.core.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual threads that are carried by the event loops, as many tasks at once as is
 * allowed, all loops together: each task runs on the loop that it belongs to. What
 * belongs to none is left to the JDK's carriers.
 * <p>
 * One counter, {@link TaskCount}, holds everything together: with n tasks admitted,
 * {@code min(n, limit)} run, and what is above the limit is in the queue or on its way
 * there. A task that comes below the limit is started, one above it is queued; a task
 * that ends above the limit leaves its place to one of the queue. So no task can be
 * forgotten. A change of the limit is one step of the same counter: it says how many
 * places there are more, which are given to what waits, or how many are {@link #surplus},
 * which are given up as they become free.
 */
final class LoopWorkerPool implements ResizableWorkerPool {

	private static final Logger logger = LoggerFactory.getLogger(LoopWorkerPool.class);

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

	private final WorkerOptions options;

	// How many places are taken above the limit, since that was higher before.
	private final AtomicInteger surplus = new AtomicInteger();

	// Who is to be interrupted at the end.
	private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

	private volatile boolean stopped;

	LoopWorkerPool(WorkerOptions options) {
		VirtualThreadSchedulers.check();
		this.options = options;
		this.lanes = options.queue().lanes();
		this.queue = TaskQueue.createUnbounded(options.queue());
		this.admission = new TaskCount(options.maxConcurrency(), options.queueCapacity());
		this.keeper = new QueueKeeper(this.queue, this.admission, options.queue());
	}

	@Override
	public boolean tryExecute(Runnable task) {
		if (this.stopped) {
			return false;
		}
		return switch (this.admission.tryEnter()) {
			case RUNS -> {
				start(task);
				yield true;
			}
			case WAITS -> this.queue.offer(task);
			case REFUSED -> displace(task);
		};
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		if (this.stopped || !this.admission.tryEnterFree(0)) {
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
		if (this.admission.enter() == TaskCount.Entry.RUNS) {
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
		for (Work pointless : this.keeper.look(!this.queue.isEmpty(), maxRunning())) {
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
		return this.admission.leave(served) ? next() : null;
	}

	// Where tasks wait: who is next, null if the place is one too many.
	private @Nullable Runnable next() {
		while (!giveUp()) {
			Runnable next = poll();
			if (next != null) {
				return next;
			}
			// Counted, and about to be queued; or about to be too many.
			Thread.yield();
		}
		return null;
	}

	private boolean giveUp() {
		return this.surplus.get() > 0 && this.surplus.getAndUpdate((places) -> Math.max(0, places - 1)) > 0;
	}

	@Override
	public int maxRunning() {
		return this.admission.running();
	}

	@Override
	public int queueCapacity() {
		return this.admission.waiting();
	}

	@Override
	public synchronized void resize(int maxRunning, int queueCapacity) {
		this.options.withSize(maxRunning, queueCapacity);
		int more = maxRunning - maxRunning();
		// How many waited at the moment of the change; below 0 how many places were free.
		int waiting = this.admission.resize(maxRunning, queueCapacity);
		if (more < 0) {
			this.surplus.getAndAdd(Math.max(0, Math.min(0, waiting) - more));
			return;
		}
		for (int places = Math.min(more, waiting); places > 0; places--) {
			// None where a place that was to be given up stays instead.
			Runnable next = next();
			if (next != null) {
				begin(next);
			}
		}
	}

	private void begin(Runnable waiting) {
		try {
			start(waiting);
		}
		catch (Throwable ex) {
			logger.error("No thread could be started for a request that has waited", ex);
		}
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
		int busy = Math.min(admitted, maxRunning() + this.surplus.get());
		return new WorkerSnapshot(maxRunning(), busy, busy, admitted - busy, Math.max(0, this.admission.allowed()),
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
