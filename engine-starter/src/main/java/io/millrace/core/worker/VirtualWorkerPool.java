package io.millrace.core.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * A virtual thread for each task, as many at once as is allowed. A thread whose task is
 * done takes one that waits, before it ends.
 */
final class VirtualWorkerPool implements WorkerPool {

	private final ThreadFactory threads = VirtualThreads.factory("millrace-virtual-");

	private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger waiting = new AtomicInteger();

	private final LongAdder refused = new LongAdder();

	private final int limit;

	private final int capacity;

	private volatile boolean stopped;

	// Who is to be interrupted when patience ends; weighs nothing beside a thread's
	// stack.
	private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

	VirtualWorkerPool(WorkerOptions options) {
		this.limit = options.maxConcurrency();
		this.capacity = options.queueCapacity();
	}

	@Override
	public boolean tryExecute(Runnable task) {
		if (this.stopped) {
			return false;
		}
		if (claim()) {
			start(task);
			return true;
		}
		if (this.waiting.incrementAndGet() > this.capacity) {
			this.waiting.decrementAndGet();
			this.refused.increment();
			return false;
		}
		enqueue(task);
		return true;
	}

	@Override
	public void resume(Runnable task) {
		if (claim()) {
			start(task);
			return;
		}
		this.waiting.incrementAndGet();
		enqueue(task);
	}

	private void enqueue(Runnable task) {
		this.queue.add(task);
		// All that were running may have ended since: then nobody would look.
		if (claim()) {
			Runnable next = next();
			if (next != null) {
				start(next);
			}
			else {
				this.running.decrementAndGet();
			}
		}
	}

	private boolean claim() {
		int now;
		do {
			now = this.running.get();
			if (now >= this.limit) {
				return false;
			}
		}
		while (!this.running.compareAndSet(now, now + 1));
		return true;
	}

	private @Nullable Runnable next() {
		Runnable next = this.queue.poll();
		if (next != null) {
			this.waiting.decrementAndGet();
		}
		return next;
	}

	private void start(Runnable task) {
		this.threads.newThread(() -> runAll(task)).start();
	}

	private void runAll(Runnable first) {
		Thread me = Thread.currentThread();
		this.alive.add(me);
		Runnable task = first;
		while (task != null) {
			Tasks.run(task);
			task = next();
			if (task == null) {
				this.running.decrementAndGet();
				// Somebody may have seen us running and queued after our look.
				if (!this.queue.isEmpty() && claim()) {
					task = next();
					if (task == null) {
						this.running.decrementAndGet();
					}
				}
			}
		}
		this.alive.remove(me);
	}

	@Override
	public WorkerSnapshot snapshot() {
		int busy = this.running.get();
		return new WorkerSnapshot(this.limit, busy, busy, this.waiting.get(), this.capacity, this.refused.sum());
	}

	@Override
	public void stop(Duration patience) {
		this.stopped = true;
		long deadline = System.nanoTime() + patience.toNanos();
		for (Thread thread : this.alive) {
			long left = deadline - System.nanoTime();
			try {
				if (left > 0) {
					TimeUnit.NANOSECONDS.timedJoin(thread, left);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				break;
			}
		}
		this.alive.forEach(Thread::interrupt);
	}

}
