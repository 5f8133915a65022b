package io.millrace.core.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after pools now and then, in a thread of its own: whoever is busy cannot see to
 * it that others need not wait for nothing.
 */
public final class PoolKeeper {

	private static final Logger logger = LoggerFactory.getLogger(PoolKeeper.class);

	private static final long LONGEST_ROUND = TimeUnit.SECONDS.toNanos(1);

	private static final long SHORTEST_ROUND = TimeUnit.MILLISECONDS.toNanos(10);

	private final List<Runnable> duties;

	private final long roundNanos;

	// Guarded by this.
	private @Nullable Thread thread;

	private volatile boolean stopped;

	/**
	 * Create a keeper; it does nothing before {@link #start()}.
	 * @param duties what is to be looked after in each round, must not block
	 * @param periods how long the things take that are to be noticed, 0 where there is
	 * none: a round is a tenth of the shortest, within 10 ms and 1 s
	 */
	public PoolKeeper(List<Runnable> duties, List<Duration> periods) {
		this.duties = List.copyOf(duties);
		long shortest = LONGEST_ROUND;
		for (Duration period : periods) {
			shortest = period.isZero() ? shortest : Math.min(shortest, period.toNanos() / 10);
		}
		this.roundNanos = Math.max(SHORTEST_ROUND, shortest);
	}

	/** Start the thread, unless it runs already. */
	public synchronized void start() {
		if (this.thread == null) {
			Thread keeper = new Thread(null, this::run, "millrace-keeper", 0, false);
			keeper.setDaemon(true);
			this.thread = keeper;
			keeper.start();
		}
	}

	/** End the thread, for good. */
	public synchronized void stop() {
		this.stopped = true;
		if (this.thread != null) {
			LockSupport.unpark(this.thread);
		}
	}

	private void run() {
		while (!this.stopped) {
			LockSupport.parkNanos(this, this.roundNanos);
			this.duties.forEach(PoolKeeper::perform);
		}
	}

	private static void perform(Runnable duty) {
		try {
			duty.run();
		}
		catch (Throwable ex) {
			logger.error("The keeper of the worker pools has failed in one of its duties, and goes on", ex);
		}
	}

}
