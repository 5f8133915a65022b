package io.millrace.core.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.util.concurrent.FastThreadLocal;
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
final class VirtualWorkerPool implements WorkerPool {

	private static final Logger logger = LoggerFactory.getLogger(VirtualWorkerPool.class);

	private final ThreadFactory factory = VirtualThreads.factory("millrace-virtual-");

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final TaskQueue queue;

	// Work that was admitted before.
	private final Queue<Runnable> resumed = new ConcurrentLinkedQueue<>();

	private final TaskCount admission;

	private final AtomicBoolean searching = new AtomicBoolean();

	private final FastThreadLocal<TurnSignal> turn = new FastThreadLocal<>() {

		@Override
		protected TurnSignal initialValue() {
			return new TurnSignal(VirtualWorkerPool.this::signal);
		}

	};

	private final AtomicInteger threads = new AtomicInteger();

	// Whether what is less urgent may have to give its place up.
	private final boolean lanes;

	private final QueueKeeper keeper;

	private final int limit;

	// Who is to be waited for, and interrupted, at the end.
	private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

	// Owned by the keeper.
	private final SeenThreads seen = new SeenThreads();

	private volatile boolean stopped;

	VirtualWorkerPool(WorkerOptions options) {
		this.limit = options.maxConcurrency();
		this.lanes = options.queue().lanes();
		this.admission = new TaskCount(this.limit, options.queueCapacity());
		// Room for all that is admitted: what a thread will run waits here first.
		this.queue = TaskQueue.create(options.queue(), this.admission.bound());
		this.keeper = new QueueKeeper(this.queue, this.admission, options.queue());
	}

	@Override
	public boolean tryExecute(Runnable task) {
		if (this.stopped) {
			return false;
		}
		return (this.admission.tryEnter() >= 0) ? submit(task) : displace(task);
	}

	@Override
	public boolean tryExecute(Runnable task, Executor loop) {
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

	@Override
	public boolean isFull() {
		return !this.lanes && this.admission.isFull();
	}

	@Override
	public void refused() {
		this.admission.refuse();
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		return !this.stopped && this.admission.tryEnterBelow(this.limit) >= 0 && submit(task);
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
		boolean queued = this.queue.offer(task);
		if (!queued) {
			this.admission.revoke();
		}
		return queued;
	}

	@Override
	public void resume(Runnable task) {
		this.admission.enter();
		this.resumed.add(task);
		signal();
	}

	@Override
	public boolean isCrowded() {
		return this.admission.isCrowded();
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

	// Whoever counts on what is taken out for a moment here is called when it is back,
	// and where no thread could be started that is tried again.
	@Override
	public void sweep() {
		for (Work pointless : this.keeper.look(isBehind(), this.limit)) {
			Tasks.run(pointless);
			this.admission.leave(false);
		}
		if (isWaiting()) {
			signal();
		}
	}

	private boolean isBehind() {
		return !this.queue.isEmpty() && this.threads.get() >= this.limit;
	}

	// Work of admitted exchanges first: it makes room.
	private @Nullable Runnable poll() {
		Runnable task = this.resumed.poll();
		return (task != null) ? task : this.queue.poll();
	}

	private boolean isWaiting() {
		return !this.queue.isEmpty() || !this.resumed.isEmpty();
	}

	/** See to it that a searcher is on its way, if there may be one more thread. */
	private void signal() {
		while (isSpare() && !this.searching.get() && this.searching.compareAndSet(false, true)) {
			if (isSpare()) {
				start();
				return;
			}
			this.searching.set(false);
			if (!isWaiting()) {
				return;
			}
		}
	}

	// As many threads as tasks are enough: those that run none are about to look at the
	// queue.
	private boolean isSpare() {
		int now = this.threads.get();
		return now < this.limit && now < this.admission.admitted();
	}

	// Only who has the token starts threads, so there are never more than the limit.
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
	public WorkerSnapshot snapshot() {
		int waiting = this.queue.size() + this.resumed.size();
		int now = this.threads.get();
		int busy = Math.max(0, Math.min(now, this.admission.admitted() - waiting));
		return new WorkerSnapshot(this.limit, now, busy, waiting, this.admission.allowed() - this.limit,
				this.admission.refused());
	}

	@Override
	public void stop(Duration patience) {
		this.stopped = true;
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
			boolean served = VirtualWorkerPool.this.keeper.isServed(task);
			try {
				Tasks.run(task);
			}
			finally {
				VirtualWorkerPool.this.admission.leave(served);
			}
		}

	}

}
