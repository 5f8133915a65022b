package io.millrace.core.http3;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.connection.ConnectionTimers;
import io.millrace.core.connection.ConnectionTimers.Kind;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionPathStats;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * How an HTTP/3 connection ends in good order (RFC 9114 §5.2).
 *
 * <pre>
 *   OPEN ── begin, or idle for too long ──▶ ANNOUNCED: send no more, soon
 *                                               │ what was on its way has come
 *                                               ▼
 *                         LEAVING: from this stream on nothing is answered
 *                                               │ no stream is open
 *                                               ▼
 *                         LINGERING: what was sent arrives ──▶ CLOSED
 * </pre>
 *
 * QUIC has no close that waits until everything has arrived, as that of TCP does, and
 * nobody tells when it has: so a few round trips are waited for. Owned by the event loop.
 */
final class Departure {

	// What was on its way when the client was told has to come within that time.
	private static final long NOTICE_NANOS = 500_000_000L;

	private static final long MIN_LINGER_NANOS = 100_000_000L;

	private static final long MAX_LINGER_NANOS = 2_000_000_000L;

	private static final int ROUND_TRIPS = 4;

	// RFC 9114 §5.2: no request is refused yet. The largest number of a client's request
	// stream.
	private static final long ANY_STREAM = (1L << 62) - 4;

	private static final int STREAM_STEP = 4;

	private final QuicChannel channel;

	private final ConnectionServices services;

	private final BooleanSupplier quiet;

	private final ConnectionTimers timers;

	private volatile State state = State.OPEN;

	private long nextStream;

	private long idleSince = System.nanoTime();

	private boolean settled;

	/**
	 * A connection is there.
	 * @param channel the connection
	 * @param services what all connections share
	 * @param quiet tells whether no stream is open
	 */
	Departure(QuicChannel channel, ConnectionServices services, BooleanSupplier quiet) {
		this.channel = channel;
		this.services = services;
		this.quiet = quiet;
		this.timers = new ConnectionTimers(channel.eventLoop(), this::passed, Runnable::run);
	}

	/** No stream is open. */
	void idle() {
		this.idleSince = System.nanoTime();
		if (this.state == State.OPEN) {
			this.timers.arm(Kind.IDLE, this.services.timeouts().idle());
		}
		else if (this.state == State.LEAVING) {
			linger();
		}
	}

	/**
	 * Whether a request is answered.
	 * @param stream the number of its stream
	 * @return {@code false} where the client was told that it is not
	 */
	boolean isExpected(long stream) {
		return this.state == State.OPEN || this.state == State.ANNOUNCED || stream < this.nextStream;
	}

	/**
	 * A stream was opened.
	 * @param stream its number
	 */
	void opened(long stream) {
		this.nextStream = Math.max(this.nextStream, stream + STREAM_STEP);
	}

	boolean isBegun() {
		return this.state != State.OPEN;
	}

	boolean isClosing() {
		return this.state == State.CLOSED;
	}

	/** Have the client open no more streams, answer those that are open, and close. */
	void begin() {
		if (this.state != State.OPEN) {
			return;
		}
		this.state = State.ANNOUNCED;
		announce(ANY_STREAM);
		long now = System.nanoTime();
		long quietFor = this.quiet.getAsBoolean() ? now - this.idleSince : 0;
		this.timers.disarm(Kind.IDLE);
		this.timers.arm(Kind.LINGER, Math.max(1, NOTICE_NANOS - quietFor), now);
	}

	private void announce(long stream) {
		QuicStreamChannel control = Http3.getLocalControlStream(this.channel);
		if (control != null) {
			control.writeAndFlush(new DefaultHttp3GoAwayFrame(stream));
		}
	}

	private void passed(Kind kind) {
		if (kind == Kind.IDLE) {
			if (this.quiet.getAsBoolean()) {
				if (!this.services.connections().isDraining()) {
					this.services.observer().timedOut(kind.id());
				}
				begin();
			}
			return;
		}
		if (this.state == State.ANNOUNCED) {
			this.state = State.LEAVING;
			announce(this.nextStream);
			if (this.quiet.getAsBoolean()) {
				linger();
			}
		}
		else {
			close(Http3ErrorCode.H3_NO_ERROR);
		}
	}

	private void linger() {
		this.state = State.LINGERING;
		this.channel.collectPathStats(0).addListener((stats) -> {
			long trip = stats.isSuccess() ? ((io.netty.handler.codec.quic.QuicConnectionPathStats) stats.getNow()).rtt()
					: MAX_LINGER_NANOS;
			long nanos = Math.min(Math.max(ROUND_TRIPS * trip, MIN_LINGER_NANOS), MAX_LINGER_NANOS);
			this.timers.arm(Kind.LINGER, nanos - Math.min(nanos - 1, System.nanoTime() - this.idleSince));
		});
	}

	/**
	 * Close at once.
	 * @param code what the client is told
	 */
	void close(Http3ErrorCode code) {
		if (this.state != State.CLOSED) {
			this.state = State.CLOSED;
			this.channel.close(true, code.code(), Unpooled.EMPTY_BUFFER);
		}
		settle();
	}

	/** The connection is no more. */
	void closed() {
		this.timers.stop();
		settle();
	}

	private void settle() {
		if (!this.settled) {
			this.settled = true;
			this.services.connections().settled();
		}
	}

	private enum State {

		OPEN, ANNOUNCED, LEAVING, LINGERING, CLOSED

	}

}
