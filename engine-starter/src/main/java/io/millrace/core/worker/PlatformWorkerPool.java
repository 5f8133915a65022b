package io.millrace.core.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform threads, grown on demand and most recently idle first.
 * <p>
 * Waking a thread costs more than a small request. So a task that is queued wakes a
 * worker only if none is on its way to the queue already: that one, the
 * <em>searcher</em>, wakes the next when it has taken a task and sees that more wait.
 * There is one token, {@link #searching}; who takes it either hands it to the worker that
 * is woken or started, or puts it back.
 * <p>
 * No task is left waiting while a thread could run it. Everybody who may rely on somebody
 * else first writes, then reads:
 * <ul>
 * <li>A producer queues, then looks whether a thread is spare and who has the token.</li>
 * <li>Who puts the token back does so, then looks whether something is queued.</li>
 * <li>A worker lies down where others find it, then looks whether something is
 * queued.</li>
 * <li>A worker that ends counts itself out, then looks whether something is queued.</li>
 * </ul>
 * All of these are volatile, so of two who meet at least one sees the other.
 * {@code docs/concurrency.md} goes through the cases.
 */
final class PlatformWorkerPool extends QueuedWorkerPool {

	private static final Logger logger = LoggerFactory.getLogger(PlatformWorkerPool.class);

	// Some microseconds: less than a thread costs that sleeps and is woken.
	private static final int LINGER_YIELDS = 8;

	// How long no further thread is tried where the system refused one.
	private static final long GROWTH_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final RunGate gate = new RunGate();

	private final CpuFit fit;

	private final AtomicBoolean searching = new AtomicBoolean();

	private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

	private final Set<Progress> watched = ConcurrentHashMap.newKeySet();

	// The workers that sleep, the last to lie down first. Guarded by itself, as are the
	// writes of the fields that follow.
	private final ArrayDeque<Worker> idle = new ArrayDeque<>();

	private volatile int sleeping;

	private volatile int threads;

	private boolean growthFailed;

	private long growthFailedAt;

	private final int minThreads;

	private final long keepAliveNanos;

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final AtomicInteger threadNumber = new AtomicInteger();

	private final Consumer<Thread> starter;

	PlatformWorkerPool(WorkerOptions options) {
		this(options, Thread::start);
	}

	/**
	 * Create a pool.
	 * @param options the options
	 * @param starter starts threads, or fails to
	 */
	PlatformWorkerPool(WorkerOptions options, Consumer<Thread> starter) {
		super(options);
		this.starter = starter;
		this.minThreads = options.minThreads();
		this.keepAliveNanos = options.keepAlive().toNanos();
		this.fit = new CpuFit(this.gate, Runtime.getRuntime().availableProcessors());
	}

	@Override
	public boolean tryExecuteNow(Runnable task) {
		return tryExecuteFree(task, maxRunning() - running());
	}

	private int running() {
		return Math.min(maxRunning(), this.gate.limit());
	}

	// Those that sleep end now, the coldest first, those that run when they are done.
	@Override
	void resized() {
		List<Worker> surplus = new ArrayList<>();
		synchronized (this.idle) {
			while (this.threads > maxRunning() && !this.idle.isEmpty()) {
				surplus.add(this.idle.removeLast());
				this.threads = this.threads - 1;
			}
			this.sleeping = this.idle.size();
		}
		surplus.forEach((sleeper) -> sleeper.call(Call.RETIRE));
	}

	// The first thread comes before the task: where there can be none, the task is
	// refused instead of waiting for the next attempt.
	@Override
	boolean hasThread() {
		return this.threads > 0 || signal();
	}

	@Override
	public void sweep() {
		this.fit.look(admitted(), this.watched, maxRunning(), System.nanoTime());
		sweep(this.sleeping > 0 && this.gate.isOpen(), running());
	}

	@Override
	public void watch(WorkerWatch watch) {
		watch.look(this, this.watched);
	}

	@Override
	public boolean isAtLeisure() {
		return !isWaiting();
	}

	@Override
	boolean signal() {
		while (isSpare() && !this.searching.get() && this.searching.compareAndSet(false, true)) {
			Woken woken = wakeOrGrow();
			if (woken == Woken.SEARCHER) {
				return true;
			}
			this.searching.set(false);
			if (woken == Woken.NO_MEMORY && this.sleeping == 0) {
				return this.threads > 0;
			}
			if (!isWaiting()) {
				return true;
			}
			// Somebody has queued and left it to us because we had the token, and
			// somebody else may have lain down since we looked for a sleeper.
		}
		return true;
	}

	// As many threads as tasks are enough: those that neither run nor sleep are about to
	// look at the queue.
	private boolean isSpare() {
		int now = this.threads;
		return this.sleeping > 0 || (now < maxRunning() && now < admitted());
	}

	private Woken wakeOrGrow() {
		Worker sleeper;
		synchronized (this.idle) {
			sleeper = this.idle.pollFirst();
			if (sleeper != null) {
				this.sleeping = this.idle.size();
			}
			else if (this.threads >= maxRunning()) {
				return Woken.NOBODY;
			}
			else if (isGrowthPaused()) {
				return Woken.NO_MEMORY;
			}
			else {
				this.threads = this.threads + 1;
			}
		}
		if (sleeper != null) {
			sleeper.call(Call.SEARCH);
			return Woken.SEARCHER;
		}
		return grow();
	}

	// Guarded by idle.
	private boolean isGrowthPaused() {
		return this.growthFailed && this.threads > 0 && System.nanoTime() - this.growthFailedAt < GROWTH_PAUSE_NANOS;
	}

	private Woken grow() {
		try {
			new Worker().start();
			return Woken.SEARCHER;
		}
		catch (Throwable ex) {
			// Most likely "unable to create native thread": those that live go on.
			synchronized (this.idle) {
				this.threads = this.threads - 1;
				this.growthFailed = true;
				this.growthFailedAt = System.nanoTime();
			}
			logger.error("No further worker thread could be started beside {}", snapshot(), ex);
			return Woken.NO_MEMORY;
		}
	}

	@Override
	public String mode() {
		return WorkerMode.POOL.id();
	}

	@Override
	public WorkerSnapshot snapshot() {
		return snapshot(this.threads, running());
	}

	@Override
	public void stop(Duration patience) {
		stopTaking();
		this.gate.remove();
		List<Worker> sleepers;
		synchronized (this.idle) {
			sleepers = List.copyOf(this.idle);
			this.idle.clear();
			this.sleeping = 0;
		}
		sleepers.forEach((sleeper) -> sleeper.call(Call.GET_UP));
		if (!Threads.join(this.alive, patience)) {
			this.alive.forEach(Thread::interrupt);
			Threads.join(this.alive, patience);
		}
	}

	/** What a thread of the pool does. */
	private final class Worker implements Runnable {

		// Nothing of the thread that happens to start a worker stays with it: it may be
		// anybody's, with anybody's thread-locals, class loader and priority.
		private final Thread thread = new Thread(null, () -> FastThreadLocalThread.runWithFastThreadLocal(this),
				"millrace-worker-" + PlatformWorkerPool.this.threadNumber.incrementAndGet(), 0, false);

		private final Progress progress = new Progress(this.thread);

		private volatile @Nullable Call call;

		// A new worker was started because a task waits: it has the token.
		private boolean searcher = true;

		private boolean inside;

		private boolean retired;

		void start() {
			this.thread.setDaemon(true);
			this.thread.setPriority(Thread.NORM_PRIORITY);
			this.thread.setContextClassLoader(PlatformWorkerPool.this.classLoader);
			PlatformWorkerPool.this.alive.add(this.thread);
			try {
				PlatformWorkerPool.this.starter.accept(this.thread);
			}
			catch (Throwable ex) {
				PlatformWorkerPool.this.alive.remove(this.thread);
				throw ex;
			}
		}

		@Override
		public void run() {
			try {
				this.progress.begin();
				PlatformWorkerPool.this.watched.add(this.progress);
				Runnable task = take();
				while ((task != null) ? serve(task) : rest()) {
					task = take();
				}
			}
			finally {
				ended();
			}
		}

		// With a task the worker is through the gate.
		private @Nullable Runnable take() {
			this.inside = PlatformWorkerPool.this.gate.enter();
			Runnable task;
			while ((task = poll()) == null && isWaiting()) {
				// A producer is between counting and publishing.
				Thread.yield();
			}
			if (task == null) {
				task = linger();
			}
			stepBack();
			if (task == null) {
				leave();
			}
			return task;
		}

		private void leave() {
			if (this.inside) {
				this.inside = false;
				PlatformWorkerPool.this.gate.leave();
			}
		}

		// Under load the next task is a moment away, and giving way to who brings it is
		// much cheaper than to sleep and be woken. One does so at a time: the searcher.
		private @Nullable Runnable linger() {
			if (!this.searcher) {
				this.searcher = PlatformWorkerPool.this.searching.compareAndSet(false, true);
			}
			Runnable task = null;
			for (int i = 0; i < LINGER_YIELDS && this.searcher && task == null; i++) {
				Thread.yield();
				task = poll();
			}
			return task;
		}

		// The next searcher is woken only if there is something left to find.
		private void stepBack() {
			if (this.searcher) {
				this.searcher = false;
				PlatformWorkerPool.this.searching.set(false);
				if (isWaiting()) {
					signal();
				}
			}
		}

		/**
		 * Run a task.
		 * @param task the task
		 * @return {@code false} if there are more threads than there may be
		 */
		private boolean serve(Runnable task) {
			runTask(task);
			if (PlatformWorkerPool.this.threads <= maxRunning()) {
				return true;
			}
			synchronized (PlatformWorkerPool.this.idle) {
				return !retireSurplus();
			}
		}

		private void runTask(Runnable task) {
			this.progress.step();
			boolean served = isServed(task);
			try {
				Tasks.run(task);
			}
			finally {
				this.progress.step();
				left(served);
				leave();
				// An interrupt was meant for this task, not for the next one.
				Thread.interrupted();
			}
		}

		/**
		 * Sleep until there may be something to do.
		 * @return {@code false} if there is nothing to do any more
		 */
		private boolean rest() {
			this.call = null;
			synchronized (PlatformWorkerPool.this.idle) {
				if (retireSurplus()) {
					return false;
				}
				PlatformWorkerPool.this.idle.addFirst(this);
				PlatformWorkerPool.this.sleeping = PlatformWorkerPool.this.idle.size();
			}
			boolean stopping = isStopped();
			if ((stopping || isWaiting()) && getUp()) {
				return !stopping || isWaiting();
			}
			return sleep();
		}

		private boolean sleep() {
			long deadline = System.nanoTime() + PlatformWorkerPool.this.keepAliveNanos;
			while (this.call == null) {
				long left = deadline - System.nanoTime();
				if (left > 0) {
					LockSupport.parkNanos(PlatformWorkerPool.this, left);
					Thread.interrupted();
				}
				else if (retire()) {
					return false;
				}
				else {
					deadline = System.nanoTime() + PlatformWorkerPool.this.keepAliveNanos;
				}
			}
			this.searcher = (this.call == Call.SEARCH);
			this.retired = (this.call == Call.RETIRE);
			return !this.retired;
		}

		// False, as below, if somebody has taken this worker off the stack, to call it.
		private boolean getUp() {
			synchronized (PlatformWorkerPool.this.idle) {
				boolean found = PlatformWorkerPool.this.idle.removeFirstOccurrence(this);
				PlatformWorkerPool.this.sleeping = PlatformWorkerPool.this.idle.size();
				return found;
			}
		}

		// Guarded by idle, and not among those that sleep.
		private boolean retireSurplus() {
			this.retired = PlatformWorkerPool.this.threads > maxRunning();
			PlatformWorkerPool.this.threads -= this.retired ? 1 : 0;
			return this.retired;
		}

		private boolean retire() {
			synchronized (PlatformWorkerPool.this.idle) {
				int kept = Math.min(PlatformWorkerPool.this.minThreads, maxRunning());
				this.retired = PlatformWorkerPool.this.threads > kept
						&& PlatformWorkerPool.this.idle.removeLastOccurrence(this);
				PlatformWorkerPool.this.sleeping = PlatformWorkerPool.this.idle.size();
				PlatformWorkerPool.this.threads -= this.retired ? 1 : 0;
				return this.retired;
			}
		}

		private void ended() {
			PlatformWorkerPool.this.alive.remove(this.thread);
			PlatformWorkerPool.this.watched.remove(this.progress);
			leave();
			if (!this.retired) {
				synchronized (PlatformWorkerPool.this.idle) {
					PlatformWorkerPool.this.threads = PlatformWorkerPool.this.threads - 1;
				}
			}
			stepBack();
			if (isWaiting()) {
				signal();
			}
		}

		void call(Call what) {
			this.call = what;
			LockSupport.unpark(this.thread);
		}

	}

	/** Why a worker is woken. */
	private enum Call {

		/** To look for a task, with the token. */
		SEARCH,

		/** Because the pool stops. */
		GET_UP,

		/** To end, since there are more threads than there may be. It is counted out. */
		RETIRE

	}

	/** What became of the token. */
	private enum Woken {

		/** A worker has it. */
		SEARCHER,

		/** No thread is spare. */
		NOBODY,

		/** There is no thread to have, although there should be more. */
		NO_MEMORY

	}

}
