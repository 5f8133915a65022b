package io.millrace.core.http2;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

import io.millrace.core.connection.BodyPace;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.observe.LoopMeter;
import org.jspecify.annotations.Nullable;

/**
 * What a stream may wait for, and how long: with the meaning that these have for an
 * HTTP/1.1 connection. Watched by {@link SessionTimers}. For the event loop only.
 */
final class StreamDeadlines {

	// How soon a request whose body does not come on is looked at again.
	private static final long HELD_NANOS = Duration.ofSeconds(1).toNanos();

	private final ConnectionTimeouts timeouts;

	private final LoopMeter meter;

	private final StreamBody body;

	private @Nullable BodyPace pace;

	// When they pass by System.nanoTime(), 0 where they are off.
	private long request;

	private long bodyLook;

	private long held;

	private long write;

	private long abandoned;

	private boolean stopped;

	/**
	 * Watch a stream.
	 * @param timeouts how long it may wait
	 * @param meter has the clock of the event loop
	 * @param body its request body
	 */
	StreamDeadlines(ConnectionTimeouts timeouts, LoopMeter meter, StreamBody body) {
		this.timeouts = timeouts;
		this.meter = meter;
		this.body = body;
	}

	private static long in(long nanos, long now) {
		return (nanos > 0) ? (now + nanos) | 1 : 0;
	}

	/** The application wants the body. */
	void bodyWanted() {
		if (this.pace == null) {
			this.pace = new BodyPace(this.timeouts);
		}
		long now = System.nanoTime();
		this.bodyLook = in(this.pace.start(this.body.received(), now), now);
	}

	/** The body is whole, or nobody looks at it any more. */
	void bodyEnded() {
		this.bodyLook = 0;
	}

	/**
	 * The response has this long to end.
	 * @param nanos from the first time on that this was said of it
	 */
	void responseExpected(long nanos) {
		if (this.request == 0) {
			this.request = in(nanos, System.nanoTime());
		}
	}

	/** The request waits for its body before it is dispatched. */
	void held() {
		this.held = in(HELD_NANOS, System.nanoTime());
		if (this.bodyLook == 0) {
			bodyWanted();
		}
	}

	/** It is dispatched. */
	void released() {
		this.held = 0;
	}

	/** A part of the response waits for the client. */
	void queued() {
		if (this.write == 0) {
			progressed();
		}
	}

	/** The client takes the response. */
	void progressed() {
		this.write = in(this.timeouts.write().toNanos(), this.meter.clock());
	}

	/** All of the response is queued. */
	void responseEnded() {
		this.request = 0;
		this.held = 0;
	}

	/** All that was queued so far was handed to the socket, or given up. */
	void sent() {
		this.write = 0;
	}

	/**
	 * The response is sent, and the client may still send its body.
	 * @return whether it is waited for
	 */
	boolean abandoned() {
		this.bodyLook = 0;
		this.abandoned = in(this.timeouts.bodyGrace().toNanos(), System.nanoTime());
		return this.abandoned != 0;
	}

	/** Switch everything off, for ever. */
	void stop() {
		this.stopped = true;
	}

	/**
	 * When to look next.
	 * @return a time, 0 for never
	 */
	long next() {
		if (this.stopped) {
			return 0;
		}
		return earlier(earlier(earlier(this.request, this.bodyLook), earlier(this.held, this.write)), this.abandoned);
	}

	/**
	 * The earlier one of two times.
	 * @param one a time, 0 for never
	 * @param other a time, 0 for never
	 * @return one of them
	 */
	static long earlier(long one, long other) {
		if (one == 0 || other == 0) {
			return (one == 0) ? other : one;
		}
		return (one - other < 0) ? one : other;
	}

	/**
	 * Look what has passed.
	 * @param now the time
	 * @param expired is told of it; it is off then
	 */
	void look(long now, Consumer<Kind> expired) {
		if (isPassed(this.held, now)) {
			this.held = 0;
			expired.accept(Kind.HELD);
		}
		if (isPassed(this.bodyLook, now)) {
			this.bodyLook = 0;
			if (isTooSlow(now)) {
				expired.accept(Kind.BODY);
			}
		}
		if (isPassed(this.request, now)) {
			this.request = 0;
			expired.accept(Kind.REQUEST);
		}
		if (isPassed(this.write, now)) {
			this.write = 0;
			expired.accept(Kind.WRITE);
		}
		if (isPassed(this.abandoned, now)) {
			this.abandoned = 0;
			expired.accept(Kind.ABANDONED);
		}
	}

	private boolean isPassed(long time, long now) {
		return !this.stopped && time != 0 && time - now <= 0;
	}

	private boolean isTooSlow(long now) {
		BodyPace known = this.pace;
		if (known == null || this.body.isPaused() || this.body.isEnded()) {
			return false;
		}
		long next = known.look(this.body.received(), now);
		this.bodyLook = in(next, now);
		return next < 0;
	}

	/** What a stream may be waiting for. */
	enum Kind {

		/** The response, to its end. */
		REQUEST,

		/** The rest of the request body. */
		BODY,

		/** The body, before the request is dispatched: a look now and then. */
		HELD,

		/** The client to take what was written. */
		WRITE,

		/** The body that nobody wants any more. */
		ABANDONED;

		private final String id = name().toLowerCase(Locale.ROOT);

		String id() {
			return this.id;
		}

	}

}
