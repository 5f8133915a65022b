package io.millrace.core.worker;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A virtual thread for each task, as many at once as is allowed.
 * <p>
 * Handing a thread to the JDK's scheduler from outside wakes its carrier, which costs
 * about as much as a small request. So, as in {@link PlatformWorkerPool}, a task that is
 * queued starts a thread only if none is on its way to the queue already, the
 * <em>searcher</em>, which starts the next when it has taken a task and sees that more
 * wait: from within that is cheap. Nobody sleeps here: a thread whose task has ended
 * ends, so that nothing of one request stays for another. The protocol is that of the
 * other pool without its sleepers; {@code docs/concurrency.md} goes through the cases.
 */
final class VirtualWorkerPool extends QueuedWorkerPool {

	private static final Logger logger = LoggerFactory.getLogger(VirtualWorkerPool.class);

	private final ThreadFactory factory = VirtualThreads.factory("millrace-virtual-");

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final AtomicBoolean searching = new AtomicBoolean();

	private final AtomicInteger threads = new AtomicInteger();

	// Who is to be waited for, and interrupted, at the end.
	private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

	// Owned by the keeper.
	private final SeenThreads seen = new SeenThreads();

	VirtualWorkerPool(WorkerOptions options) {
		super(options);
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		return tryExecuteFree(task, 0);
	}

	@Override
	public void sweep() {
		int limit = maxRunning();
		sweep(this.threads.get() < limit, limit);
	}

	// Where no thread can be started what waits is found by the next task, or the next
	// sweep.
	@Override
	boolean signal() {
		while (isSpare() && !this.searching.get() && this.searching.compareAndSet(false, true)) {
			if (isSpare()) {
				start();
				break;
			}
			this.searching.set(false);
			if (!isWaiting()) {
				break;
			}
		}
		return true;
	}

	// As many threads as tasks are enough: those that run none are about to look at the
	// queue.
	private boolean isSpare() {
		int now = this.threads.get();
		return now < maxRunning() && now < admitted();
	}

	// Only who has the token starts threads, so there are never more than may run; where
	// fewer may than before, none is started until enough have ended.
	private void start() {
		this.threads.getAndIncrement();
		Thread thread = null;
		try {
			thread = this.factory.newThread(new Worker());
			this.alive.add(thread);
			thread.start();
		}
		catch (Throwable ex) {
			// No memory: those that live go on, and the next task or the next round of
			// the keeper tries again.
			if (thread != null) {
				this.alive.remove(thread);
			}
			this.threads.getAndDecrement();
			this.searching.set(false);
			logger.error("No further virtual thread could be started beside {}", snapshot(), ex);
		}
	}

	@Override
	public void watch(WorkerWatch watch) {
		watch.lookAtVirtual(this, this.seen.look(this.alive), this.seen.stepsOfEnded());
	}

	@Override
	public String mode() {
		return WorkerMode.VIRTUAL.id();
	}

	@Override
	public WorkerSnapshot snapshot() {
		return snapshot(this.threads.get(), maxRunning());
	}

	@Override
	public void stop(Duration patience) {
		stopTaking();
		if (!Threads.join(this.alive, patience)) {
			this.alive.forEach(Thread::interrupt);
			Threads.join(this.alive, patience);
		}
	}

	/** What a thread does. */
	private final class Worker implements Runnable {

		// A thread is started because a task waits: it has the token.
		private boolean searcher = true;

		@Override
		public void run() {
			Thread me = Thread.currentThread();
			me.setContextClassLoader(VirtualWorkerPool.this.classLoader);
			try {
				Runnable task = take();
				if (task != null) {
					runTask(task);
				}
			}
			finally {
				VirtualWorkerPool.this.threads.getAndDecrement();
				stepBack();
				if (isWaiting()) {
					signal();
				}
				VirtualWorkerPool.this.alive.remove(me);
			}
		}

		private @Nullable Runnable take() {
			Runnable task;
			while ((task = poll()) == null && isWaiting()) {
				// A producer is between counting and publishing.
				Thread.yield();
			}
			stepBack();
			return task;
		}

		// The next searcher is started only if there is something left to find.
		private void stepBack() {
			if (this.searcher) {
				this.searcher = false;
				VirtualWorkerPool.this.searching.set(false);
				if (isWaiting()) {
					signal();
				}
			}
		}

		private void runTask(Runnable task) {
			boolean served = isServed(task);
			try {
				Tasks.run(task);
			}
			finally {
				left(served);
			}
		}

	}

}
