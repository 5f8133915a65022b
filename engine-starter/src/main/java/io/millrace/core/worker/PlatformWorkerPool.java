package io.millrace.core.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import io.netty.util.concurrent.FastThreadLocalThread;
import org.jctools.queues.atomic.MpmcAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform threads, grown on demand and most recently idle first.
 * <p>
 * Waking a thread costs more than a small request. So a task that is queued wakes a
 * worker only if none is on its way to the queue already: that one, the
 * <em>searcher</em>, wakes the next when it has found a task and sees that more wait. No
 * task can be left behind: {@code waiting} is raised before a task is queued, and looked
 * at by the searcher after it has stepped back and by a worker after it has lain down.
 */
final class PlatformWorkerPool implements WorkerPool {

	private static final Logger logger = LoggerFactory.getLogger(PlatformWorkerPool.class);

	private static final AtomicInteger poolNumber = new AtomicInteger();

	private final Queue<Runnable> queue;

	// Work that was admitted before; not bounded here, but by the open exchanges.
	private final Queue<Runnable> resumed = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicInteger searchers = new AtomicInteger();

	private final AtomicInteger busy = new AtomicInteger();

	private final LongAdder refused = new LongAdder();

	private final Set<Worker> workers = ConcurrentHashMap.newKeySet();

	// Guarded by itself: the workers that sleep, the last to lie down first, and how many
	// threads there are in all.
	private final ArrayDeque<Worker> idle = new ArrayDeque<>();

	private int threads;

	private final int maxThreads;

	private final int minThreads;

	private final long keepAliveNanos;

	private final int capacity;

	private final String prefix = "millrace-worker-" + poolNumber.incrementAndGet() + "-";

	private final AtomicInteger threadNumber = new AtomicInteger();

	private volatile boolean stopped;

	PlatformWorkerPool(WorkerOptions options) {
		this.maxThreads = options.maxThreads();
		this.minThreads = options.minThreads();
		this.keepAliveNanos = options.keepAlive().toNanos();
		this.capacity = options.queueCapacity();
		// Holds more than the bound, because it counts in powers of two and a task leaves
		// it a moment after it was counted out.
		this.queue = new MpmcAtomicArrayQueue<>(Math.max(2, this.capacity));
	}

	@Override
	public boolean tryExecute(Runnable task) {
		if (this.stopped || !reserve()) {
			return false;
		}
		if (!this.queue.offer(task)) {
			this.resumed.add(task);
		}
		signal();
		return true;
	}

	private boolean reserve() {
		// An idle worker takes the task at once, so it does not count as waiting for the
		// bound: only what all workers together cannot take does.
		if (this.waiting.incrementAndGet() <= this.capacity + available()) {
			return true;
		}
		this.waiting.decrementAndGet();
		this.refused.increment();
		return false;
	}

	private int available() {
		return this.maxThreads - this.busy.get();
	}

	@Override
	public void resume(Runnable task) {
		this.waiting.incrementAndGet();
		this.resumed.add(task);
		signal();
	}

	private void signal() {
		if (this.searchers.get() == 0 && this.searchers.compareAndSet(0, 1)) {
			if (!wakeOrGrow()) {
				this.searchers.set(0);
			}
		}
	}

	private boolean wakeOrGrow() {
		Worker sleeper;
		synchronized (this.idle) {
			sleeper = this.idle.pollFirst();
			if (sleeper == null) {
				if (this.threads >= this.maxThreads) {
					return false;
				}
				this.threads++;
			}
		}
		if (sleeper == null) {
			return grow();
		}
		sleeper.wake();
		return true;
	}

	private boolean grow() {
		Worker worker = new Worker(this.prefix + this.threadNumber.incrementAndGet());
		this.workers.add(worker);
		try {
			worker.start();
			return true;
		}
		catch (OutOfMemoryError ex) {
			// No stack for a further thread: those that live go on with the queue.
			ended(worker);
			logger.error("No further worker thread can be started beside {}", snapshot(), ex);
			return false;
		}
	}

	private void ended(Worker worker) {
		this.workers.remove(worker);
		synchronized (this.idle) {
			this.idle.remove(worker);
			if (!worker.retired) {
				this.threads--;
			}
		}
	}

	private @Nullable Runnable poll() {
		if (this.waiting.get() == 0) {
			return null;
		}
		Runnable task = this.resumed.poll();
		if (task == null) {
			task = this.queue.poll();
		}
		if (task != null) {
			this.busy.incrementAndGet();
			this.waiting.decrementAndGet();
		}
		return task;
	}

	@Override
	public WorkerSnapshot snapshot() {
		int now;
		synchronized (this.idle) {
			now = this.threads;
		}
		return new WorkerSnapshot(this.maxThreads, now, this.busy.get(), this.waiting.get(), this.capacity,
				this.refused.sum());
	}

	@Override
	public void stop(Duration patience) {
		this.stopped = true;
		this.workers.forEach(Worker::wake);
		long deadline = System.nanoTime() + patience.toNanos();
		for (Worker worker : this.workers) {
			try {
				TimeUnit.NANOSECONDS.timedJoin(worker, Math.max(1, deadline - System.nanoTime()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				break;
			}
		}
		this.workers.forEach(Thread::interrupt);
	}

	/** A thread of the pool. */
	private final class Worker extends FastThreadLocalThread {

		private volatile boolean woken;

		// Guarded by idle.
		private boolean retired;

		Worker(String name) {
			super(name);
			setDaemon(true);
		}

		@Override
		public void run() {
			// A new worker was started because a task waits: it is the searcher.
			boolean searching = true;
			try {
				while (true) {
					Runnable task = poll();
					if (searching) {
						searching = false;
						stepBack();
					}
					if (task != null) {
						runTask(task);
					}
					else if (PlatformWorkerPool.this.waiting.get() > 0) {
						// Counted but not queued yet.
						Thread.yield();
					}
					else if (PlatformWorkerPool.this.stopped) {
						return;
					}
					else {
						Rest rest = lieDown();
						if (rest == Rest.RETIRED) {
							return;
						}
						searching = (rest == Rest.WOKEN);
					}
				}
			}
			finally {
				ended(this);
			}
		}

		// The next searcher is woken only if there is something left to find.
		private void stepBack() {
			PlatformWorkerPool.this.searchers.set(0);
			if (PlatformWorkerPool.this.waiting.get() > 0) {
				signal();
			}
		}

		private void runTask(Runnable task) {
			try {
				Tasks.run(task);
			}
			finally {
				PlatformWorkerPool.this.busy.decrementAndGet();
				// An interrupt was meant for the task, not for the next one.
				Thread.interrupted();
			}
		}

		private Rest lieDown() {
			this.woken = false;
			synchronized (PlatformWorkerPool.this.idle) {
				PlatformWorkerPool.this.idle.addFirst(this);
			}
			if ((PlatformWorkerPool.this.waiting.get() > 0 || PlatformWorkerPool.this.stopped) && getUp()) {
				return Rest.NONE;
			}
			long deadline = System.nanoTime() + PlatformWorkerPool.this.keepAliveNanos;
			while (!this.woken) {
				long left = deadline - System.nanoTime();
				if (left > 0) {
					LockSupport.parkNanos(PlatformWorkerPool.this, left);
					Thread.interrupted();
				}
				else if (retire()) {
					return Rest.RETIRED;
				}
				else {
					deadline = System.nanoTime() + PlatformWorkerPool.this.keepAliveNanos;
				}
			}
			return PlatformWorkerPool.this.stopped ? Rest.NONE : Rest.WOKEN;
		}

		private boolean retire() {
			synchronized (PlatformWorkerPool.this.idle) {
				this.retired = PlatformWorkerPool.this.threads > PlatformWorkerPool.this.minThreads
						&& PlatformWorkerPool.this.idle.removeLastOccurrence(this);
				PlatformWorkerPool.this.threads -= this.retired ? 1 : 0;
				return this.retired;
			}
		}

		// False if somebody has taken this worker off the stack, to wake it as searcher.
		private boolean getUp() {
			synchronized (PlatformWorkerPool.this.idle) {
				return PlatformWorkerPool.this.idle.removeLastOccurrence(this);
			}
		}

		void wake() {
			this.woken = true;
			LockSupport.unpark(this);
		}

	}

	private enum Rest {

		/** Did not sleep. */
		NONE,

		/** Was woken as searcher. */
		WOKEN,

		/** Was cold for long enough. */
		RETIRED

	}

}
