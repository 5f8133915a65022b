package io.millrace.core.connection;

import java.util.concurrent.TimeUnit;

/**
 * How fast a request body has to come: at a rate on average, so that nobody holds a
 * worker with a byte a second, and without too long a silence, so that nobody does by
 * having sent much at first. Counts only while the application wants the body. Owned by
 * the event loop.
 */
public final class BodyPace {

	private final long grace;

	private final long rate;

	private final long silence;

	private long since;

	private long receivedBefore;

	private long receivedLast;

	private long lookedAt;

	/**
	 * A body may be wanted.
	 * @param timeouts how fast it has to come
	 */
	public BodyPace(ConnectionTimeouts timeouts) {
		this.grace = timeouts.bodyGrace().toNanos();
		this.rate = timeouts.minBodyRate();
		this.silence = timeouts.idle().toNanos();
	}

	/**
	 * The body is wanted from now on.
	 * @param received how many bytes have come already
	 * @param now the time in nanoseconds
	 * @return after how many nanoseconds to look, 0 for never
	 */
	public long start(long received, long now) {
		this.since = now;
		this.receivedBefore = received;
		this.receivedLast = received;
		this.lookedAt = now;
		return nextLook(this.grace);
	}

	/**
	 * Look whether the body comes fast enough.
	 * @param received how many bytes have come
	 * @param now the time in nanoseconds
	 * @return after how many nanoseconds to look again, 0 for never, -1 where it is too
	 * slow
	 */
	public long look(long received, long now) {
		long allowed = Long.MAX_VALUE;
		if (hasRate()) {
			double credit = (double) (received - this.receivedBefore) / this.rate * TimeUnit.SECONDS.toNanos(1);
			allowed = (long) (this.grace + credit) - (now - this.since);
		}
		boolean silent = this.silence > 0 && received == this.receivedLast && now - this.lookedAt >= this.silence;
		if (allowed <= 0 || silent) {
			return -1;
		}
		if (received != this.receivedLast) {
			this.receivedLast = received;
			this.lookedAt = now;
		}
		return nextLook(allowed);
	}

	private boolean hasRate() {
		return this.rate > 0 && this.grace > 0;
	}

	private long nextLook(long allowed) {
		long next = hasRate() ? allowed : 0;
		if (this.silence > 0) {
			next = (next > 0) ? Math.min(next, this.silence) : this.silence;
		}
		return next;
	}

}
