package io.millrace.core.http3;

import java.time.Duration;
import java.util.function.Consumer;

import io.millrace.core.connection.BodyPace;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.connection.ConnectionTimers;
import io.millrace.core.connection.ConnectionTimers.Kind;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What a stream may wait for, and how long: as connections of HTTP/1.1 do. Owned by the
 * event loop.
 */
final class StreamDeadlines {

	// How soon a request whose body does not come on is looked at again.
	private static final Duration HELD = Duration.ofSeconds(1);

	private final ConnectionTimeouts timeouts;

	private final IncomingContent content;

	private final StreamBytes bytes;

	private final Consumer<Kind> expired;

	private final ConnectionTimers timers;

	private @Nullable BodyPace pace;

	private long writeMark;

	private boolean blocked;

	/**
	 * Watch a stream.
	 * @param loop its event loop
	 * @param timeouts how long it may wait
	 * @param content the content of its request
	 * @param bytes tells how far sending has got
	 * @param expired is told for what the client made us wait too long
	 */
	StreamDeadlines(EventExecutor loop, ConnectionTimeouts timeouts, IncomingContent content, StreamBytes bytes,
			Consumer<Kind> expired) {
		this.timeouts = timeouts;
		this.content = content;
		this.bytes = bytes;
		this.expired = expired;
		this.timers = new ConnectionTimers(loop, this::passed, Runnable::run);
	}

	/** The stream is there. */
	void headExpected() {
		this.timers.arm(Kind.HEADER, this.timeouts.header());
	}

	/** A head is whole. */
	void headComplete() {
		this.timers.disarm(Kind.HEADER);
	}

	/** The application wants the content. */
	void contentWanted() {
		if (this.pace == null) {
			this.pace = new BodyPace(this.timeouts);
		}
		this.timers.arm(Kind.BODY, this.pace.start(this.content.received(), System.nanoTime()));
	}

	/** The content is whole, or nobody looks at it any more. */
	void contentEnded() {
		this.timers.disarm(Kind.BODY);
	}

	/** The request waits for its content before it is dispatched. */
	void held() {
		heldOn();
		contentWanted();
	}

	/** It waits still. */
	void heldOn() {
		this.timers.arm(Kind.HELD, HELD);
	}

	/** It is dispatched. */
	void released() {
		this.timers.disarm(Kind.HELD);
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

	/** The response is written. */
	void responseEnded() {
		this.timers.disarm(Kind.REQUEST);
		headComplete();
		contentEnded();
		released();
	}

	/**
	 * Something was flushed, or is about to be.
	 * @param blocked whether the client has to make room
	 */
	void flushed(boolean blocked) {
		this.blocked = blocked;
		if (!this.timers.isArmed(Kind.WRITE) && isUnsent()) {
			this.writeMark = this.bytes.mark();
			this.timers.arm(Kind.WRITE, this.timeouts.write());
		}
	}

	private boolean isUnsent() {
		return this.blocked || this.bytes.isUnsent();
	}

	/** Nothing is waited for, for ever. */
	void stop() {
		this.timers.stop();
	}

	private void passed(Kind kind) {
		boolean waiting = switch (kind) {
			case BODY -> contentPassed();
			case WRITE -> writePassed();
			default -> true;
		};
		if (waiting) {
			this.expired.accept(kind);
		}
	}

	private boolean contentPassed() {
		if (this.pace == null || !this.content.isAwaited()) {
			return false;
		}
		long next = this.pace.look(this.content.received(), System.nanoTime());
		this.timers.arm(Kind.BODY, next);
		return next < 0;
	}

	private boolean writePassed() {
		if (!isUnsent()) {
			return false;
		}
		if (this.bytes.mark() != this.writeMark) {
			this.writeMark = this.bytes.mark();
			this.timers.arm(Kind.WRITE, this.timeouts.write());
			return false;
		}
		return true;
	}

}
