package io.millrace.core.http2;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one connection, and the one scheduled task that watches these and
 * those of its streams. Setting one is a write or two; the task runs when the nearest may
 * have passed. For the event loop only.
 */
final class SessionTimers {

	private final EventExecutor loop;

	private final Consumer<Kind> expired;

	private final LongFunction<Long> streams;

	// By System.nanoTime(), 0 where they are off.
	private final long[] deadlines = new long[Kind.VALUES.length];

	private boolean stopped;

	private long nextCheck;

	private @Nullable Future<?> task;

	/**
	 * Create the timers.
	 * @param loop the event loop of the connection
	 * @param expired is told what has passed of the connection; that is off then
	 * @param streams looks at the streams at a time, and says when to look again, 0 for
	 * never
	 */
	SessionTimers(EventExecutor loop, Consumer<Kind> expired, LongFunction<Long> streams) {
		this.loop = loop;
		this.expired = expired;
		this.streams = streams;
	}

	/**
	 * Set a deadline, whether or not it was set.
	 * @param kind which
	 * @param nanos from now; zero or less switches it off
	 */
	void arm(Kind kind, long nanos) {
		arm(kind, nanos, System.nanoTime());
	}

	/**
	 * Set a deadline, whether or not it was set.
	 * @param kind which
	 * @param nanos from now; zero or less switches it off
	 * @param now the time
	 */
	void arm(Kind kind, long nanos, long now) {
		if (nanos <= 0) {
			disarm(kind);
			return;
		}
		long deadline = (now + nanos) | 1;
		this.deadlines[kind.ordinal()] = deadline;
		at(deadline);
	}

	void disarm(Kind kind) {
		this.deadlines[kind.ordinal()] = 0;
	}

	boolean isArmed(Kind kind) {
		return this.deadlines[kind.ordinal()] != 0;
	}

	/**
	 * Look at a time, or sooner.
	 * @param time by {@link System#nanoTime()}, 0 for never
	 */
	void at(long time) {
		if (time != 0 && !this.stopped && (this.task == null || time - this.nextCheck < 0)) {
			schedule(time, System.nanoTime());
		}
	}

	private void schedule(long time, long now) {
		if (this.task != null) {
			this.task.cancel(false);
		}
		this.nextCheck = time;
		this.task = this.loop.schedule(this::check, Math.max(1, time - now), TimeUnit.NANOSECONDS);
	}

	private void check() {
		this.task = null;
		long now = System.nanoTime();
		for (Kind kind : Kind.VALUES) {
			long deadline = this.deadlines[kind.ordinal()];
			if (deadline != 0 && deadline - now <= 0 && !this.stopped) {
				disarm(kind);
				this.expired.accept(kind);
			}
		}
		if (this.stopped) {
			return;
		}
		long next = this.streams.apply(now);
		for (long deadline : this.deadlines) {
			next = StreamDeadlines.earlier(next, deadline);
		}
		at(next);
	}

	/** Switch everything off, for ever. */
	void stop() {
		this.stopped = true;
		if (this.task != null) {
			this.task.cancel(false);
			this.task = null;
		}
	}

	/** What a connection may be waiting for. */
	enum Kind {

		/** The first request. */
		HEADER,

		/** The next request, while none is under way. */
		IDLE,

		/** The peer to take what was written. */
		WRITE,

		/** The end of what is under way, after the client has closed its side. */
		HALF_CLOSED,

		/** To ask whether the client is there still. */
		PING,

		/** The answer to that, or to the ping that says that no request is on its way. */
		PONG,

		/** The client to close its side after ours. */
		LINGER;

		static final Kind[] VALUES = values();

		private final String id = name().toLowerCase(Locale.ROOT);

		String id() {
			return this.id;
		}

	}

}
