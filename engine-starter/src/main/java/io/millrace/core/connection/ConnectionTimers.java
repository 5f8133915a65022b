package io.millrace.core.connection;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one connection and the one scheduled task that watches them. Setting a
 * deadline is two writes; the task runs when the nearest may have passed, and sleeps when
 * there is none. Owned by who owns the connection: setting one may schedule from any
 * thread.
 */
public final class ConnectionTimers {

	private final EventExecutor loop;

	private final Consumer<Kind> expired;

	private final Executor owner;

	private final long[] deadlines = new long[Kind.values().length];

	private int armed;

	private boolean stopped;

	private long nextCheck;

	private @Nullable Future<?> task;

	/**
	 * Create the timers.
	 * @param loop the event loop of the connection
	 * @param expired is told what has passed; that deadline is off then
	 * @param owner called on the loop, runs what it is given when the loop owns the
	 * connection
	 */
	public ConnectionTimers(EventExecutor loop, Consumer<Kind> expired, Executor owner) {
		this.loop = loop;
		this.expired = expired;
		this.owner = owner;
	}

	/**
	 * Set a deadline, whether or not it was set.
	 * @param kind which
	 * @param timeout from now; zero switches it off
	 */
	public void arm(Kind kind, Duration timeout) {
		arm(kind, timeout.toNanos());
	}

	/**
	 * Set a deadline, whether or not it was set.
	 * @param kind which
	 * @param nanos from now; zero or less switches it off
	 */
	public void arm(Kind kind, long nanos) {
		arm(kind, nanos, System.nanoTime());
	}

	/**
	 * Set a deadline, whether or not it was set.
	 * @param kind which
	 * @param nanos from now; zero or less switches it off
	 * @param now the time, for a caller that has just asked
	 */
	public void arm(Kind kind, long nanos, long now) {
		if (nanos <= 0 || this.stopped) {
			disarm(kind);
			return;
		}
		long deadline = now + nanos;
		this.deadlines[kind.ordinal()] = deadline;
		this.armed |= 1 << kind.ordinal();
		if (this.task == null || deadline - this.nextCheck < 0) {
			schedule(deadline, nanos);
		}
	}

	/**
	 * Switch a deadline off.
	 * @param kind which
	 */
	public void disarm(Kind kind) {
		this.armed &= ~(1 << kind.ordinal());
	}

	/**
	 * Whether a deadline is set.
	 * @param kind which
	 * @return whether it is
	 */
	public boolean isArmed(Kind kind) {
		return (this.armed & (1 << kind.ordinal())) != 0;
	}

	/** Switch everything off, for ever. */
	public void stop() {
		this.armed = 0;
		this.stopped = true;
		if (this.task != null) {
			this.task.cancel(false);
			this.task = null;
		}
	}

	private void schedule(long deadline, long nanos) {
		if (this.task != null) {
			this.task.cancel(false);
		}
		this.nextCheck = deadline;
		this.task = this.loop.schedule(() -> this.owner.execute(this::check), nanos, TimeUnit.NANOSECONDS);
	}

	private void check() {
		this.task = null;
		long now = System.nanoTime();
		for (Kind kind : Kind.VALUES) {
			if (isArmed(kind) && this.deadlines[kind.ordinal()] - now <= 0) {
				disarm(kind);
				this.expired.accept(kind);
			}
		}
		long next = 0;
		for (Kind kind : Kind.VALUES) {
			long left = this.deadlines[kind.ordinal()] - now;
			if (isArmed(kind) && (next == 0 || left < next)) {
				next = Math.max(1, left);
			}
		}
		if (next > 0 && (this.task == null || now + next - this.nextCheck < 0)) {
			schedule(now + next, next);
		}
	}

	/** What a connection may be waiting for. */
	public enum Kind {

		/** The rest of a request head. */
		HEADER,

		/** The first request, or the next one. */
		IDLE,

		/** The rest of a request body. */
		BODY,

		/** The body, before the request is dispatched: a look now and then. */
		HELD,

		/** The response, to its end. */
		REQUEST,

		/** The peer to take what was written. */
		WRITE,

		/** Progress of a response whose client has closed its side. */
		HALF_CLOSED,

		/** Anything at all, after the protocol was switched. */
		UPGRADED,

		/** The client to close its side after ours. */
		LINGER;

		/** All kinds. */
		public static final Kind[] VALUES = values();

		private final String id = name().toLowerCase(Locale.ROOT);

		/**
		 * The name as counters have it.
		 * @return the name in lower case
		 */
		public String id() {
			return this.id;
		}

		/**
		 * Whether a client has made us wait too long when it passes.
		 * @return {@code false} where we have only looked, or said goodbye
		 */
		public boolean isCounted() {
			return this != HELD && this != LINGER;
		}

	}

}
