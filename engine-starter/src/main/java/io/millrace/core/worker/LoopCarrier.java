package io.millrace.core.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an event loop and the handlers of its connections on one platform thread, in
 * turns. The loop is a virtual thread like they are: what waits for a lock that somebody
 * else holds, be it the loop, leaves the carrier to others.
 * <p>
 * A handler's thread takes one task after the other for as long as none of them waits:
 * one that does keeps its thread, and the next task begins another.
 * <p>
 * Nobody sleeps while there is something to do. Whoever brings something first queues it,
 * then looks who sleeps: the carrier, or the loop in its poll. Who wants to sleep first
 * says so, then looks whether something is queued. All of these are volatile, so at least
 * one sees the other.
 * <p>
 * A handler that computes, or waits in native code, holds the thread that carries it. It
 * can be left behind: another platform thread becomes the carrier and goes on with the
 * loop and all the other handlers, see {@link #relieve}.
 */
public final class LoopCarrier {

	private static final Logger logger = LoggerFactory.getLogger(LoopCarrier.class);

	// After this long the loop looks at its sockets again, whoever else wants to run.
	private static final long SLICE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

	// In how many rounds of the keeper a handler is seen in the carrier without a break
	// before it is left behind. Once would not do: a pause of the JVM stops all others
	// too.
	private static final int SIGHTINGS = 4;

	private final String name;

	private final Runnable wakeup;

	private final ThreadFactory threads;

	// How many platform threads more there may be, shared by all carriers; null where the
	// loop has to stay where it is.
	private final @Nullable AtomicInteger spare;

	private final CarriedThread loop;

	private volatile boolean loopReady;

	private volatile boolean loopEnded;

	// Handlers that can go on. Polled by the carrier only.
	private final MpscUnboundedAtomicArrayQueue<CarriedThread> ready = new MpscUnboundedAtomicArrayQueue<>(1024);

	// What has no thread yet. Bounded by the pools.
	private final Queue<LoopTask> tasks = new ConcurrentLinkedQueue<>();

	private volatile @Nullable Thread sleeper;

	private volatile @Nullable Shift shift;

	private volatile boolean ended;

	// Owned by the carrier; read by the keeper a moment too late.
	private int steps;

	private int threadNumber;

	// Owned by the keeper.
	private int seen;

	private int sightings;

	private long seenAt;

	/**
	 * Create a carrier; its thread is started by {@link #start()}.
	 * @param name the name of its thread and of the loop, with which those of the
	 * handlers begin
	 * @param loop what the loop does; it returns when the loop has ended for good
	 * @param wakeup ends the loop's wait for its sockets, if it waits. Called by any
	 * thread, must not block
	 * @param threads makes the platform threads
	 * @param spare how many platform threads more there may be, of all carriers together,
	 * for handlers that were left behind; {@code null} where the loop cannot change its
	 * thread
	 */
	public LoopCarrier(String name, Runnable loop, Runnable wakeup, ThreadFactory threads,
			@Nullable AtomicInteger spare) {
		this.name = name;
		this.wakeup = wakeup;
		this.threads = threads;
		this.spare = spare;
		this.loop = new CarriedThread(this, name, (me) -> runLoop(me, loop));
	}

	/**
	 * Check that all is to be had that carriers need.
	 * @throws LoopUnavailableException where it is not
	 */
	public static void check() {
		VirtualThreadSchedulers.check();
	}

	private void runLoop(CarriedThread me, Runnable body) {
		try {
			body.run();
		}
		finally {
			this.loopEnded = true;
			me.end();
		}
	}

	/**
	 * The virtual thread of the loop.
	 * @return the thread, also before {@link #start()}
	 */
	public @Nullable Thread loop() {
		return this.loop.thread();
	}

	/** Start the thread. To be called once. */
	public void start() {
		this.loop.start();
		Shift first = new Shift(null);
		this.shift = first;
		first.start();
	}

	/**
	 * Wait until the thread has ended.
	 * @param patience how long
	 * @throws InterruptedException if the calling thread is interrupted
	 */
	public void join(Duration patience) throws InterruptedException {
		Shift last = this.shift;
		Thread thread = (last != null) ? last.thread : null;
		if (thread != null) {
			TimeUnit.NANOSECONDS.timedJoin(thread, patience.toNanos());
		}
	}

	/**
	 * Whether a handler can go on or begin. Asked by the loop, which then gives way by
	 * {@link Thread#yield()}, and before it waits for its sockets.
	 * @return whether there is something to do besides the loop
	 */
	public boolean isWanted() {
		return !this.ready.isEmpty() || !this.tasks.isEmpty();
	}

	/**
	 * Run a task as soon as the carrier comes to it. Any thread may call.
	 * @param task the task
	 */
	void carry(LoopTask task) {
		this.tasks.add(task);
		called();
	}

	// One of our threads can go on. Any thread may call, also one that must not wait.
	void ready(CarriedThread thread) {
		if (thread == this.loop) {
			this.loopReady = true;
			wakeCarrier();
		}
		else {
			this.ready.offer(thread);
			called();
		}
	}

	private void called() {
		wakeCarrier();
		this.wakeup.run();
		if (this.ended) {
			leaveAll();
		}
	}

	private void wakeCarrier() {
		Thread thread = this.sleeper;
		if (thread != null) {
			LockSupport.unpark(thread);
		}
	}

	// The carrier has ended, and somebody is late: the JDK has carriers too.
	private synchronized void leaveAll() {
		CarriedThread thread;
		while ((thread = this.ready.poll()) != null) {
			thread.leave();
		}
		LoopTask task;
		while ((task = this.tasks.poll()) != null) {
			VirtualThreads.factory(this.name + "-late-").newThread(task::run).start();
		}
	}

	// What a handler's thread does.
	private void runTasks(CarriedThread me, LoopTask first) {
		try {
			long end = System.nanoTime() + SLICE_NANOS;
			LoopTask task = first;
			while (task != null) {
				me.enlist(task.pool().alive());
				task.run();
				task = (System.nanoTime() - end < 0) ? this.tasks.poll() : null;
			}
		}
		finally {
			me.end();
		}
	}

	/**
	 * The virtual thread that is being run.
	 * @return a handler's, otherwise the loop's; {@code null} when it has ended
	 */
	public @Nullable Thread running() {
		Shift now = this.shift;
		CarriedThread handler = (now != null) ? now.handler() : null;
		return (handler != null) ? handler.thread() : this.loop.thread();
	}

	/**
	 * Leave a handler behind that has held the carrier for too long: the thread that
	 * carries it is its own from now on, and ends when the handler ends or waits. Called
	 * by the keeper, always the same thread, in each of its rounds.
	 * @return the virtual thread that is left behind, {@code null} where there is none
	 */
	@Nullable Thread relieve() {
		Shift now = this.shift;
		CarriedThread handler = (now != null) ? now.handler() : null;
		int steps = this.steps;
		if (now == null || handler == null || steps != this.seen) {
			this.seen = steps;
			this.sightings = 0;
			this.seenAt = System.nanoTime();
			return null;
		}
		this.sightings++;
		return (this.sightings % SIGHTINGS == 0 && relieve(now)) ? handler.thread() : null;
	}

	/**
	 * For how long the handler had held the carrier that was left behind. Called by the
	 * keeper.
	 * @return the time since it was first seen there
	 */
	Duration held() {
		return Duration.ofNanos(System.nanoTime() - this.seenAt);
	}

	/**
	 * The loop that it carries.
	 * @return the name of its thread
	 */
	String name() {
		return this.name;
	}

	private boolean relieve(Shift now) {
		AtomicInteger threads = this.spare;
		if (threads == null) {
			return false;
		}
		if (threads.getAndDecrement() > 0) {
			try {
				new Shift(now).start();
				return true;
			}
			catch (Throwable ex) {
				logger.error("{} is held by a handler, and no further thread could be started", this.name, ex);
			}
		}
		threads.incrementAndGet();
		return false;
	}

	/** What a platform thread does for as long as it is the carrier. */
	private final class Shift implements Runnable {

		private static final int FREE = 0;

		private static final int HELD = 1;

		private static final int LEFT = 2;

		// Whom it relieves.
		private @Nullable Shift previous;

		private volatile @Nullable Thread thread;

		// Who is the carrier is decided here: the thread that has FREE, or changes HELD.
		private final AtomicInteger state = new AtomicInteger(FREE);

		// Written before HELD.
		private @Nullable CarriedThread handler;

		Shift(@Nullable Shift previous) {
			this.previous = previous;
		}

		void start() {
			Thread made = LoopCarrier.this.threads.newThread(this);
			this.thread = made;
			made.start();
		}

		@Override
		public void run() {
			if (begin() && carry()) {
				LoopCarrier.this.ended = true;
				leaveAll();
			}
			else if (LoopCarrier.this.spare != null) {
				LoopCarrier.this.spare.incrementAndGet();
			}
		}

		private boolean begin() {
			Shift left = this.previous;
			if (left == null) {
				return true;
			}
			this.previous = null;
			if (!left.state.compareAndSet(HELD, LEFT)) {
				// It has gone on by itself.
				return false;
			}
			LoopCarrier.this.shift = this;
			Thread holder = left.thread;
			if (holder != null) {
				holder.setName(LoopCarrier.this.name + "-left");
			}
			return true;
		}

		// Until the loop has ended. Returns false if somebody else has taken over.
		private boolean carry() {
			while (!LoopCarrier.this.loopEnded) {
				if (LoopCarrier.this.loopReady) {
					LoopCarrier.this.loopReady = false;
					goOn(LoopCarrier.this.loop);
				}
				if (!carryHandlers()) {
					return false;
				}
				if (isIdle()) {
					sleep();
				}
			}
			return true;
		}

		// For a while if the loop wants to go on, otherwise as long as there are any.
		private boolean carryHandlers() {
			CarriedThread next = next();
			long end = (next != null) ? System.nanoTime() + SLICE_NANOS : 0;
			while (next != null) {
				LoopCarrier.this.steps++;
				this.handler = next;
				this.state.lazySet(HELD);
				goOn(next);
				if (!this.state.compareAndSet(HELD, FREE)) {
					return false;
				}
				boolean over = (LoopCarrier.this.loopReady || LoopCarrier.this.loopEnded)
						&& System.nanoTime() - end >= 0;
				next = over ? null : next();
			}
			this.handler = null;
			return true;
		}

		private void goOn(CarriedThread thread) {
			try {
				thread.run();
			}
			catch (Throwable ex) {
				logger.error("{} failed to go on", thread, ex);
			}
		}

		// What has begun goes first: it makes room.
		private @Nullable CarriedThread next() {
			CarriedThread next = LoopCarrier.this.ready.relaxedPoll();
			if (next == null) {
				LoopTask task = LoopCarrier.this.tasks.poll();
				if (task != null) {
					begin(task);
					next = LoopCarrier.this.ready.relaxedPoll();
				}
			}
			return next;
		}

		// The new thread calls for the carrier, as every other does that can go on.
		private void begin(LoopTask task) {
			LoopCarrier.this.threadNumber++;
			String called = LoopCarrier.this.name + "-" + LoopCarrier.this.threadNumber;
			try {
				new CarriedThread(LoopCarrier.this, called, (me) -> runTasks(me, task)).start();
			}
			catch (Throwable ex) {
				// No memory, perhaps some later.
				logger.error("No thread could be started for a request, which goes on waiting", ex);
				LoopCarrier.this.tasks.add(task);
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
			}
		}

		private boolean isIdle() {
			return !LoopCarrier.this.loopReady && !LoopCarrier.this.loopEnded && !isWanted();
		}

		private void sleep() {
			LoopCarrier.this.sleeper = this.thread;
			if (isIdle()) {
				LockSupport.park(LoopCarrier.this);
				Thread.interrupted();
			}
			LoopCarrier.this.sleeper = null;
		}

		@Nullable CarriedThread handler() {
			return (this.state.get() == HELD) ? this.handler : null;
		}

	}

}
