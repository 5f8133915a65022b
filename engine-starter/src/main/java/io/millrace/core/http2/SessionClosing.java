package io.millrace.core.http2;

import java.util.concurrent.TimeUnit;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.connection.OutputClosing;
import io.millrace.core.http2.SessionTimers.Kind;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection is kept, and how it ends (RFC 9113 §6.8, §9.1).
 *
 * <pre>
 *   OPEN ── drain ──▶ WARNED: GOAWAY that refuses nothing, and a ping
 *    │                   │ its answer: no request is on its way
 *    │                   ▼
 *    │                LEAVING: GOAWAY with the last request, those under way are answered
 *    │                   │ no stream is open
 *    │ error             ▼
 *    └──────────────▶ FINISHING: what was written is sent
 *                        │ our side is closed
 *                        ▼
 *                     LINGERING ── client closed, or 2 s ──▶ CLOSED
 * </pre>
 *
 * From every state a lost connection, a deadline or a stop leads to CLOSED. For the event
 * loop only.
 */
final class SessionClosing {

	private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

	// How long the answer to the ping may take that says that no request is on its way.
	private static final long WARNING_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long WARNING_PING = 0x6D696C6C72616365L;

	private static final long ALIVE_PING = WARNING_PING + 1;

	private final Http2Session session;

	private final ConnectionServices services;

	private final ConnectionTimeouts timeouts;

	private final long pingNanos;

	private final Channel channel;

	private final boolean encrypted;

	private final SessionTimers timers;

	private final OutputProgress written;

	private final OutputProgress answered;

	private @Nullable Http2Handler handler;

	private State state = State.OPEN;

	private boolean inputClosed;

	private boolean settled;

	private long receivedMark;

	SessionClosing(Http2Session session, Http2Options options, Channel channel, boolean encrypted) {
		this.session = session;
		this.services = session.services();
		this.timeouts = this.services.timeouts();
		this.pingNanos = options.pingInterval().toNanos();
		this.channel = channel;
		this.encrypted = encrypted;
		this.timers = new SessionTimers(channel.eventLoop(), this::expired, session::look);
		this.written = new OutputProgress(channel);
		this.answered = new OutputProgress(channel);
	}

	void attach(Http2Handler to) {
		this.handler = to;
	}

	private Http2Handler handler() {
		Http2Handler attached = this.handler;
		if (attached == null) {
			throw new IllegalStateException("The connection is not there yet");
		}
		return attached;
	}

	private ChannelHandlerContext context() {
		return handler().context();
	}

	SessionTimers timers() {
		return this.timers;
	}

	boolean isGoingAway() {
		return this.state != State.OPEN;
	}

	/**
	 * Whether nothing that comes is looked at any more.
	 * @return whether everything was said
	 */
	boolean isEnded() {
		return this.state.compareTo(State.FINISHING) >= 0;
	}

	// How long it is kept

	void opened() {
		this.timers.arm(Kind.HEADER, this.timeouts.header().toNanos());
		if (this.services.connections().isDraining()) {
			drain();
		}
	}

	/** A request has come, and was the only one. */
	void busy() {
		this.timers.disarm(Kind.HEADER);
		this.timers.disarm(Kind.IDLE);
		if (this.pingNanos > 0 && !this.timers.isArmed(Kind.PONG)) {
			askLater();
		}
	}

	/** The last request was answered. */
	void idle() {
		this.timers.disarm(Kind.PING);
		if (this.state == State.LEAVING) {
			finish();
		}
		else if (!isEnded()) {
			this.timers.arm(Kind.IDLE, this.timeouts.idle().toNanos(), this.session.meter().clock());
		}
	}

	/**
	 * A request has come.
	 * @param count how many have come on this connection
	 */
	void requested(int count) {
		int max = this.services.limits().maxRequestsPerConnection();
		if (max > 0 && count >= max) {
			drain();
		}
	}

	/** Something was flushed. */
	void flushed() {
		if (!this.timers.isArmed(Kind.WRITE) && pending() > 0) {
			isTaking(this.written);
			this.timers.arm(Kind.WRITE, this.timeouts.write().toNanos());
		}
	}

	private long pending() {
		return OutputProgress.pending(this.channel);
	}

	// Whether the client has taken anything since this was asked before.
	private boolean isTaking(OutputProgress progress) {
		return progress.look(handler().writer().completed());
	}

	private void askLater() {
		this.receivedMark = this.session.counts().received();
		this.timers.arm(Kind.PING, this.pingNanos);
	}

	private void expired(Kind kind) {
		switch (kind) {
			case HEADER -> {
				this.services.observer().timedOut(kind.id());
				drain();
			}
			case IDLE -> {
				if (!this.services.connections().isDraining()) {
					this.services.observer().timedOut(kind.id());
				}
				drain();
			}
			case WRITE -> writePassed();
			case HALF_CLOSED -> halfClosedPassed();
			case PING -> pingPassed();
			case PONG -> pongPassed();
			case LINGER -> close("The connection has ended");
		}
	}

	private void writePassed() {
		if (pending() == 0) {
			return;
		}
		if (isTaking(this.written)) {
			this.timers.arm(Kind.WRITE, this.timeouts.write().toNanos());
			return;
		}
		this.services.observer().timedOut(Kind.WRITE.id());
		this.channel.config().setOption(ChannelOption.SO_LINGER, 0);
		close("The client does not take its response");
	}

	private void halfClosedPassed() {
		if (isTaking(this.answered)) {
			this.timers.arm(Kind.HALF_CLOSED, this.timeouts.halfClosed().toNanos());
			return;
		}
		this.services.observer().timedOut(Kind.HALF_CLOSED.id());
		if (lost()) {
			this.services.observer().clientAborted();
		}
	}

	private void pingPassed() {
		if (this.session.counts().received() != this.receivedMark) {
			askLater();
		}
		else if (!isEnded()) {
			ping(ALIVE_PING, this.pingNanos);
		}
	}

	private void pongPassed() {
		if (this.state == State.WARNED) {
			leave();
		}
		else {
			this.services.observer().timedOut(Kind.IDLE.id());
			close("The client does not answer");
		}
	}

	private void ping(long data, long nanos) {
		handler().encoder().writePing(context(), false, data, context().newPromise());
		handler().flush(context());
		this.timers.arm(Kind.PONG, nanos);
	}

	/**
	 * A ping was answered.
	 * @param data what it has carried
	 */
	void pinged(long data) {
		if (data == WARNING_PING && this.state == State.WARNED) {
			this.timers.disarm(Kind.PONG);
			leave();
		}
		else if (data == ALIVE_PING && this.state != State.WARNED) {
			this.timers.disarm(Kind.PONG);
			if (this.session.isBusy()) {
				askLater();
			}
		}
	}

	// How it ends

	/**
	 * Take no more requests than those that are on their way, and close when they are
	 * answered.
	 */
	void drain() {
		if (this.state != State.OPEN) {
			return;
		}
		this.state = State.WARNED;
		goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR);
		ping(WARNING_PING, WARNING_NANOS);
	}

	private void leave() {
		this.state = State.LEAVING;
		goAway(handler().connection().remote().lastStreamCreated(), Http2Error.NO_ERROR);
		this.session.abandonAll();
		handler().flush(context());
		if (!this.session.isBusy()) {
			finish();
		}
	}

	/** The client has said that it will send no more requests. */
	void clientLeaves() {
		if (this.state == State.OPEN) {
			leave();
		}
	}

	// Not by way of the codec, which would close at once where the code is an error: the
	// client might never see it.
	private void goAway(int lastStream, Http2Error error) {
		try {
			handler().connection().goAwaySent(lastStream, error.code(), Unpooled.EMPTY_BUFFER);
		}
		catch (Http2Exception ex) {
			// It was said that a request would be answered that will not be.
			handler().onError(context(), true, ex);
		}
		handler().writer()
			.writeGoAway(context(), lastStream, error.code(), Unpooled.EMPTY_BUFFER, context().newPromise());
	}

	/**
	 * The client does not keep to the protocol, or we have failed.
	 * @param error what it is told
	 */
	void fail(Http2Error error) {
		if (isEnded()) {
			return;
		}
		int last = handler().connection().remote().lastStreamCreated();
		this.state = State.FINISHING;
		this.session.abortAll("The connection has failed: " + error);
		handler().writer().writeGoAway(context(), last, error.code(), Unpooled.EMPTY_BUFFER, context().newPromise());
		finishing();
	}

	private void finish() {
		if (!isEnded()) {
			this.state = State.FINISHING;
			finishing();
		}
	}

	private void finishing() {
		for (Kind kind : Kind.VALUES) {
			if (kind != Kind.WRITE) {
				this.timers.disarm(kind);
			}
		}
		handler().writer().handOn(context());
		context().write(Unpooled.EMPTY_BUFFER).addListener((sent) -> finished(sent.isSuccess()));
		handler().flush(context());
	}

	private void finished(boolean sent) {
		settle();
		if (sent && !this.inputClosed && this.state == State.FINISHING
				&& OutputClosing.close(this.channel, this.encrypted)) {
			this.state = State.LINGERING;
			this.timers.arm(Kind.LINGER, LINGER_NANOS);
		}
		else {
			close("The connection has ended");
		}
	}

	/** The client has closed its side: no request will come, and no window update. */
	void inputClosed() {
		if (this.inputClosed) {
			return;
		}
		this.inputClosed = true;
		if (this.state == State.LINGERING || !this.session.isBusy()) {
			close("The client has closed the connection");
			return;
		}
		if (!isEnded()) {
			this.state = State.LEAVING;
			this.session.abortUnfinished();
			if (!this.session.isBusy()) {
				finish();
			}
			else if (!isEnded()) {
				isTaking(this.answered);
				this.timers.arm(Kind.HALF_CLOSED, this.timeouts.halfClosed().toNanos());
			}
		}
	}

	/**
	 * The connection is lost.
	 * @return whether nobody had closed it
	 */
	boolean lost() {
		boolean midway = !isEnded();
		close("The client has closed the connection");
		return midway;
	}

	/**
	 * Close the socket, whatever is in flight.
	 * @param why what applications are told
	 */
	void close(String why) {
		if (this.state == State.CLOSED) {
			return;
		}
		this.state = State.CLOSED;
		this.timers.stop();
		this.session.abortAll(why);
		this.channel.close();
	}

	/** Nothing more is answered, and everything is sent or lost. */
	void settle() {
		if (!this.settled) {
			this.settled = true;
			this.services.connections().settled();
		}
	}

	private enum State {

		OPEN, WARNED, LEAVING, FINISHING, LINGERING, CLOSED

	}

}
