package io.millrace.core.http1;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.millrace.core.connection.BodyPace;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.connection.ConnectionTimers.Kind;
import io.millrace.core.connection.ConnectionTimers;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What a connection may wait for, and how long. Where a deadline passes it is looked at
 * first whether the client really made us wait: a slow client is not a dead one. Owned by
 * the event loop.
 */
final class Deadlines {

	private static final Duration LINGER = Duration.ofSeconds(2);

	// While draining, a connection that was in use just now gets this long to send the
	// request that may be on its way already.
	private static final long QUIET_NANOS = 500_000_000L;

	// How soon a request whose body does not come on is looked at again.
	private static final Duration HELD = Duration.ofSeconds(1);

	private final ConnectionTimeouts timeouts;

	private final Sender sender;

	private final IncomingBody body;

	private final Inbound inbound;

	private final Consumer<Kind> expired;

	private final ConnectionTimers timers;

	private @Nullable BodyPace pace;

	private long idleNanos;

	private long idleSince = System.nanoTime();

	private long writeMark;

	private long halfClosedMark;

	private long upgradedMark;

	/**
	 * Watch a connection.
	 * @param loop its event loop
	 * @param timeouts how long it may wait
	 * @param sender tells how far sending has got
	 * @param body the request body
	 * @param inbound the bytes that were not looked at yet
	 * @param expired is told for what the client made us wait too long
	 * @param owner runs what it is given when the loop owns the connection
	 */
	Deadlines(EventExecutor loop, ConnectionTimeouts timeouts, Sender sender, IncomingBody body, Inbound inbound,
			Consumer<Kind> expired, Executor owner) {
		this.timeouts = timeouts;
		this.sender = sender;
		this.body = body;
		this.inbound = inbound;
		this.expired = expired;
		this.idleNanos = timeouts.idle().toNanos();
		this.timers = new ConnectionTimers(loop, this::passed, owner);
	}

	/** The connection is there, or the first byte of a head is. */
	void headExpected() {
		this.timers.disarm(Kind.IDLE);
		this.timers.arm(Kind.HEADER, this.timeouts.header());
	}

	/** A head is whole. */
	void headComplete() {
		this.timers.disarm(Kind.HEADER);
		this.timers.disarm(Kind.IDLE);
	}

	/** Nothing is under way. */
	void idle() {
		long now = System.nanoTime();
		this.idleSince = now;
		this.timers.arm(Kind.IDLE, this.idleNanos, now);
	}

	/**
	 * Since when nothing is under way, if that is so. Any thread may ask.
	 * @return when the last response was written, or the connection opened
	 */
	long idleSince() {
		return this.idleSince;
	}

	/**
	 * No connection is kept for long any more.
	 * @param idle whether nothing is under way
	 */
	void drain(boolean idle) {
		this.idleNanos = QUIET_NANOS;
		if (idle) {
			long now = System.nanoTime();
			this.timers.disarm(Kind.HEADER);
			this.timers.arm(Kind.IDLE, Math.max(1, QUIET_NANOS - (now - this.idleSince)), now);
		}
	}

	/** The application wants the body. */
	void bodyWanted() {
		if (this.pace == null) {
			this.pace = new BodyPace(this.timeouts);
		}
		this.timers.arm(Kind.BODY, this.pace.start(this.body.received(), System.nanoTime()));
	}

	/** Nobody wants the body. */
	void bodyDrained() {
		this.pace = null;
		this.timers.arm(Kind.BODY, this.timeouts.bodyGrace());
	}

	/** The body is whole, or nobody looks at it any more. */
	void bodyEnded() {
		this.timers.disarm(Kind.BODY);
	}

	/** Something was flushed. */
	void flushed() {
		if (!this.timers.isArmed(Kind.WRITE) && this.sender.isUnsent()) {
			this.writeMark = this.sender.mark();
			this.timers.arm(Kind.WRITE, this.timeouts.write());
		}
	}

	/** The client has closed its side, and its response has just got on. */
	void halfClosed() {
		this.halfClosedMark = this.sender.mark();
		this.timers.arm(Kind.HALF_CLOSED, this.timeouts.halfClosed());
	}

	/**
	 * The response has this long to end.
	 * @param nanos from the first time on that this was said of it
	 */
	void responseExpected(long nanos) {
		if (!this.timers.isArmed(Kind.REQUEST)) {
			this.timers.arm(Kind.REQUEST, nanos);
		}
	}

	/** The request waits for its body before it is dispatched. */
	void held() {
		heldOn();
		bodyWanted();
	}

	/** It waits still. */
	void heldOn() {
		this.timers.arm(Kind.HELD, HELD);
	}

	/** It is dispatched. */
	void released() {
		this.timers.disarm(Kind.HELD);
	}

	/** The protocol was switched, or something was sent or received since. */
	void upgraded() {
		this.upgradedMark = this.sender.mark() + this.body.received();
		this.timers.disarm(Kind.BODY);
		this.timers.disarm(Kind.REQUEST);
		this.timers.arm(Kind.UPGRADED, this.timeouts.upgraded());
	}

	/** The response is written. */
	void responseEnded() {
		this.timers.disarm(Kind.HALF_CLOSED);
		this.timers.disarm(Kind.REQUEST);
		this.timers.disarm(Kind.UPGRADED);
		released();
	}

	/** No request is looked at any more. */
	void finishing() {
		headComplete();
		bodyEnded();
		this.timers.disarm(Kind.REQUEST);
	}

	/** Our side is closed. */
	void lingering() {
		this.timers.arm(Kind.LINGER, LINGER);
	}

	/** Nothing is waited for, for ever. */
	void stop() {
		this.timers.stop();
	}

	private void passed(Kind kind) {
		boolean waiting = switch (kind) {
			case HEADER -> headerPassed();
			case IDLE -> idlePassed();
			case BODY -> bodyPassed();
			case WRITE -> writePassed();
			case HALF_CLOSED -> halfClosedPassed();
			case UPGRADED -> upgradedPassed();
			case HELD, REQUEST, LINGER -> true;
		};
		if (waiting) {
			this.expired.accept(kind);
		}
	}

	private boolean headerPassed() {
		if (!this.sender.isWritable()) {
			// The head may be here: it waits for the client to take its responses.
			this.timers.arm(Kind.HEADER, this.timeouts.header());
			return false;
		}
		return true;
	}

	private boolean idlePassed() {
		if (this.sender.isUnsent() || !this.inbound.isEmpty()) {
			// The client is busy with the last response: Kind.WRITE watches that.
			idle();
			return false;
		}
		return true;
	}

	private boolean bodyPassed() {
		if (this.pace == null) {
			return true;
		}
		if (this.body.isPaused()) {
			return false;
		}
		long next = this.pace.look(this.body.received(), System.nanoTime());
		this.timers.arm(Kind.BODY, next);
		return next < 0;
	}

	private boolean writePassed() {
		if (!this.sender.isUnsent()) {
			return false;
		}
		long mark = this.sender.mark();
		if (mark != this.writeMark) {
			this.writeMark = mark;
			this.timers.arm(Kind.WRITE, this.timeouts.write());
			return false;
		}
		return true;
	}

	private boolean upgradedPassed() {
		if (this.sender.mark() + this.body.received() != this.upgradedMark) {
			upgraded();
			return false;
		}
		return true;
	}

	private boolean halfClosedPassed() {
		if (!(this.body.isEnded() || this.body.isBroken()) || this.sender.mark() != this.halfClosedMark) {
			halfClosed();
			return false;
		}
		return true;
	}

}
