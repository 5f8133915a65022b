package io.millrace.core.http1;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Objects;

import javax.net.ssl.SSLSession;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.connection.OpenConnection;
import io.millrace.core.connection.RequestReports;
import io.millrace.core.connection.SocketInfo;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeObservation;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ReceivedBody;
import io.millrace.core.http.RefusalAnswer;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http1.ConnectionPhase.State;
import io.millrace.core.connection.ConnectionTimers.Kind;
import io.millrace.core.http1.ResponseEncoder.Persistence;
import io.millrace.core.http2.UpgradedRequest;
import io.millrace.core.observe.ConnectionSnapshot;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection: next head, run the exchange, write its response, next. Owned by
 * the event loop, and by a worker while it writes a response, see {@link Loan}; so are
 * all of its parts.
 *
 * <pre>
 *          ┌─────────────── response and request body ended ◀────────┐
 *          ▼                                                         │
 *  ──▶ READING_HEAD ── head ──▶ EXCHANGE ── response ended ──▶ DRAINING_BODY
 *          │                       │                                 │
 *          └────── refused, lost, or the connection is not kept ─────┘
 *                                  ▼
 *                                ENDED, see {@link Closing}
 * </pre>
 */
final class Http1Connection implements OpenConnection {

	private static final Logger logger = LoggerFactory.getLogger(Http1Connection.class);

	private final Http1Services services;

	private final HeadParser parser;

	private final Inbound inbound = new Inbound();

	private final IncomingBody body;

	private final Channel channel;

	private final Loan loan;

	private final Http1Stream stream;

	private final Sender sender;

	private final ResponseWriter writer;

	private final Refusals refusals;

	private final ConnectionCounts counts;

	private final RequestReports reports;

	private final Deadlines deadlines;

	private final Closing closing;

	private final DirectResponse direct;

	private final ConnectionPhase phase;

	private final ReadInterest interest;

	// Null where the server does not speak HTTP/2.
	private final @Nullable Http2Handover handover;

	// The request that has asked for HTTP/2.
	private @Nullable UpgradedRequest upgraded;

	private @Nullable Exchange exchange;

	// What is handed to a worker when the loop has finished its turn.
	private @Nullable Exchange leaving;

	// The exchange waits for its body and was not dispatched.
	private boolean held;

	private boolean lendable;

	private boolean inputClosed;

	private boolean advancing;

	/**
	 * Create a connection.
	 * @param services what all connections share
	 * @param channel its socket
	 * @param loan says who owns it
	 * @param handover has it go on with HTTP/2, {@code null} where it cannot
	 * @param encrypted whether what is written is encrypted on its way to the socket
	 */
	Http1Connection(Http1Services services, Channel channel, Loan loan, @Nullable Http2Handover handover,
			boolean encrypted) {
		this.services = services;
		this.channel = channel;
		this.loan = loan;
		this.handover = handover;
		this.parser = new HeadParser(services.options());
		this.body = new IncomingBody(services.options());
		this.counts = new ConnectionCounts(services.observer().listener());
		this.sender = new Sender(channel, this.counts, encrypted);
		this.writer = new ResponseWriter(services.encoder(), channel.alloc(), this.sender::write);
		this.refusals = new Refusals(services, this.writer, channel.alloc());
		this.reports = services.reports();
		this.deadlines = new Deadlines(channel.eventLoop(), services.timeouts(), this.sender, this.body, this.inbound,
				this::expired, loan::whenBack);
		this.phase = new ConnectionPhase(services.meter(channel.eventLoop()), this.counts, this.parser, this.body,
				this.deadlines);
		this.interest = new ReadInterest(channel, this.sender, this.body, this.inbound);
		this.closing = new Closing(this.sender, this.deadlines, services);
		boolean direct = services.dispatcher().mayLend() && !encrypted;
		this.direct = new DirectResponse(this, direct ? DirectSocket.of(channel) : null, this.writer, this.sender,
				this.counts, loan);
		this.stream = new Http1Stream(this, channel, loan, this.direct);
	}

	// What happens to the socket

	void opened() {
		this.services.connections().opened(this);
		this.deadlines.headExpected();
		if (isDraining()) {
			drain();
		}
	}

	/**
	 * The handshake has ended well.
	 * @param session the TLS session
	 */
	void secured(SSLSession session) {
		this.stream.connection().secured(session);
	}

	void received(ByteBuf bytes) {
		this.counts.received(bytes.readableBytes());
		if (this.body.isBroken() || this.phase.state() == State.ENDED) {
			bytes.release();
			return;
		}
		this.inbound.add(this.channel.alloc(), bytes);
		advance();
	}

	void writabilityChanged() {
		if (this.sender.isWritable()) {
			if (this.exchange != null) {
				this.exchange.responseBody().tellWritable();
			}
			advance();
		}
	}

	// The client may be waiting for its response, or be gone: the socket does not tell.
	void inputClosed() {
		if (!this.inputClosed) {
			this.inputClosed = true;
			advance();
			if (this.phase.state() == State.EXCHANGE) {
				this.deadlines.halfClosed();
			}
			this.closing.inputClosed();
		}
	}

	// RFC 8446 §6.1: the client, which may still wait for an answer; or our own side.
	void saidGoodbye() {
		if (this.phase.state() != State.ENDED) {
			inputClosed();
		}
	}

	void failed(Throwable cause) {
		if (cause instanceof IOException) {
			logger.trace("A connection was lost", cause);
			// Before the first request there is no response that could be unsent.
			boolean unsent = this.counts.requests() > 0 && (this.sender.isUnsent() || this.sender.isClosed());
			lost(unsent && !this.closing.isLingering());
		}
		else {
			logger.error("A connection is closed because of a defect", cause);
			close("The server has failed");
		}
	}

	void closed() {
		lost(false);
		this.inbound.clear();
		this.closing.settle();
		this.services.connections().closed(this);
	}

	// The loop

	private void advance() {
		if (this.advancing) {
			return;
		}
		this.advancing = true;
		try {
			while (step()) {
				// the next one
			}
		}
		catch (ProtocolException ex) {
			refuse(ex, ex.kind().id());
		}
		finally {
			this.advancing = false;
		}
		this.inbound.trim();
		this.interest.settle(this.phase.state());
		flush();
		Exchange lent = this.leaving;
		if (lent != null) {
			// Nothing may follow: the connection may be a worker's now.
			this.leaving = null;
			this.services.dispatcher().dispatch(lent);
		}
		else if (this.upgraded != null) {
			handOver(this.upgraded);
		}
	}

	private void handOver(UpgradedRequest request) {
		this.upgraded = null;
		ByteBuf bytes = this.inbound.bytes();
		ByteBuf rest = bytes.isReadable() ? bytes.readRetainedSlice(bytes.readableBytes()) : null;
		this.inbound.clear();
		if (this.handover != null) {
			this.handover.handOver(this, request, rest);
		}
	}

	/** Nothing more is said in HTTP/1.1: the connection goes on with another protocol. */
	void leave() {
		this.phase.enter(State.ENDED);
		this.deadlines.stop();
		this.interest.settle(this.phase.state());
	}

	/**
	 * The connection.
	 * @return what a handler may know of it
	 */
	SocketInfo info() {
		return this.stream.connection();
	}

	private boolean step() throws ProtocolException {
		return switch (this.phase.state()) {
			case READING_HEAD -> nextRequest();
			case EXCHANGE -> receiveBody();
			case DRAINING_BODY -> drainBody();
			case ENDED -> false;
		};
	}

	private boolean nextRequest() throws ProtocolException {
		if (!this.sender.isWritable()) {
			// First the client has to take its responses.
			return false;
		}
		boolean started = this.parser.isStarted();
		RequestHead head = this.inbound.isEmpty() ? null : this.parser.parse(this.inbound.bytes());
		if (head != null) {
			this.deadlines.headComplete();
			start(head);
			return true;
		}
		if (this.inputClosed) {
			if (this.parser.isStarted()) {
				this.closing.clientAborted();
			}
			finish(false);
		}
		else if (this.parser.isStarted() && !started) {
			this.phase.headBegins();
			this.deadlines.headExpected();
		}
		return false;
	}

	private void start(RequestHead head) throws ProtocolException {
		this.counts.request();
		if (this.handover != null && !isDraining()) {
			this.upgraded = this.handover.asked(head);
			if (this.upgraded != null) {
				this.sender.writeSwitching();
				leave();
				return;
			}
		}
		if (!startBody(head)) {
			return;
		}
		RefusalAnswer refusal = this.services.dispatcher().refusal(head);
		if (refusal != null) {
			turnAway(head, refusal);
			return;
		}
		this.writer.reset();
		Exchange started = new Exchange(this.stream, head, this.services.dispatcher().services());
		this.exchange = started;
		this.phase.enter(State.EXCHANGE);
		this.held = false;
		this.reports.started(started);
		while (receiveBody()) {
			// what came with the head is there before the handler asks
		}
		if (this.exchange == started) {
			if (this.inputClosed) {
				this.deadlines.halfClosed();
			}
			this.lendable = this.direct.isPossible() && this.body.isEnded() && this.inbound.isEmpty()
					&& !this.inputClosed;
			this.held = isHeld(started);
			if (this.held) {
				this.deadlines.held();
			}
			else if (this.lendable) {
				this.leaving = started;
			}
			else {
				this.services.dispatcher().dispatch(started);
			}
		}
	}

	private boolean startBody(RequestHead head) {
		try {
			this.body.start(head);
			return true;
		}
		catch (ProtocolException ex) {
			Exchange refused = new Exchange(this.stream, head, this.services.dispatcher().services());
			this.reports.started(refused);
			refuseUnserved(refused, ex, ex.kind().id());
			return false;
		}
	}

	// Without an exchange: nobody will see it, and refusing has to cost much less than
	// serving.
	private void turnAway(RequestHead head, RefusalAnswer refusal) {
		boolean keepAlive = mayKeepAlive(head);
		this.sender.write(this.services.refusalEncoder().encode(refusal, head, keepAlive, this.channel.alloc()));
		this.reports.turnedAway(this.stream, head, refusal, this.services.refusalEncoder().contentSize(refusal, head),
				keepAlive);
		next(head, keepAlive);
	}

	private boolean isHeld(Exchange waiting) {
		return !this.body.isEnded() && !this.body.isPaused() && !this.body.isContinueAwaited()
				&& this.services.dispatcher().isHeld(waiting);
	}

	// Whoever sends slowly takes no thread from others before there is something to do.
	private void release(Exchange waiting) {
		if (this.held && !isHeld(waiting)) {
			this.held = false;
			this.deadlines.released();
			this.services.dispatcher().dispatch(waiting);
		}
	}

	private boolean receiveBody() throws ProtocolException {
		Exchange receiver = this.exchange;
		if (receiver == null || this.body.isEnded()) {
			return false;
		}
		if (this.body.isUpgraded()) {
			return receiveUpgraded(Objects.requireNonNull(receiver.upgradedBody()));
		}
		boolean more = this.body.receive(this.inbound.bytes(), receiver.receivedBody());
		if (more || this.body.isEnded()) {
			release(receiver);
		}
		if (this.body.isEnded()) {
			this.deadlines.bodyEnded();
		}
		else if (!more && this.inputClosed && this.body.isAwaited()) {
			lost(false);
		}
		// What came may have made the application end the response.
		return more || this.exchange != receiver;
	}

	private boolean receiveUpgraded(ReceivedBody receiver) throws ProtocolException {
		boolean more = this.body.receiveUpgraded(this.inbound.bytes(), receiver);
		if (!more && this.inputClosed && this.body.isAwaited()) {
			this.body.endUpgraded(receiver);
		}
		return more;
	}

	private boolean drainBody() throws ProtocolException {
		boolean more = this.body.drain(this.inbound.bytes());
		if (this.body.isEnded()) {
			this.deadlines.bodyEnded();
			idle();
			return true;
		}
		if (!more && this.inputClosed || this.body.isTooMuchToDrain()) {
			finish(true);
		}
		return more;
	}

	private void idle() {
		this.phase.idle();
		this.deadlines.idle();
	}

	// What an exchange asks of its stream

	/**
	 * Whether nothing but the response to an exchange is waited for, which then a worker
	 * may write.
	 * @param waiting the exchange
	 * @return whether the connection may be lent
	 */
	boolean isLendable(Exchange waiting) {
		// Something may have come while the exchange waited to be dispatched.
		return this.lendable && waiting == this.exchange && this.inbound.isEmpty() && !this.inputClosed;
	}

	/**
	 * Whether the connection will be kept after a response that was not begun yet.
	 * @param answered whose response it is
	 * @return whether it will, for all that is known
	 */
	boolean isKept(Exchange answered) {
		return answered == this.exchange && mayKeepAlive(answered.request());
	}

	/**
	 * Be ready for the next request, of which nothing has come yet.
	 * @param answered the exchange whose response is written
	 */
	void answered(Exchange answered) {
		this.deadlines.responseEnded();
		exchangeEnded(answered);
		idle();
	}

	void write(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		if (exchange != this.exchange) {
			ReferenceCountUtil.release(data);
			return;
		}
		boolean whole = last && !this.writer.isStarted();
		boolean mayKeepAlive = start(exchange);
		// Within a step of ours more may follow, for the same flush.
		if (!whole || this.advancing || !this.direct.send(exchange, data, mayKeepAlive)) {
			this.writer.write(exchange, data, last, mayKeepAlive);
		}
		written(last);
	}

	void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) {
		Region region = new Region(this.channel, this.counts, file, position, length);
		if (exchange != this.exchange) {
			region.close();
		}
		else if (!region.exists()) {
			region.close();
			reset(exchange);
		}
		else {
			this.writer.writeRegion(exchange, region, last, start(exchange));
			written(last);
		}
	}

	// Whether this is the first part, and the connection may be kept after it.
	private boolean start(Exchange exchange) {
		if (this.writer.isStarted()) {
			return false;
		}
		if (exchange.sentHead().isSwitching() && this.body.takeContinue()) {
			// RFC 9110 §7.8: in this order.
			this.sender.writeContinue();
		}
		return mayKeepAlive(exchange.request());
	}

	// RFC 9110 §7.8: nothing of HTTP comes after this head. What the client has sent
	// behind its request is here already, perhaps.
	private void switched() {
		this.body.upgrade();
		this.deadlines.upgraded();
		if (isDraining()) {
			drain();
		}
		advance();
	}

	private void written(boolean last) {
		if (this.inputClosed) {
			this.deadlines.halfClosed();
		}
		if (last) {
			responseEnded();
		}
		else if (this.writer.isSwitched() && !this.body.isUpgraded()) {
			switched();
		}
	}

	private boolean mayKeepAlive(RequestHead request) {
		boolean lastOne = isDraining() || isLastPermitted() || (this.inputClosed && this.inbound.isEmpty());
		return !lastOne && this.body.mayKeepAlive() && !Persistence.isUnwanted(request);
	}

	private boolean isLastPermitted() {
		int limit = this.services.options().maxRequestsPerConnection();
		return limit > 0 && this.counts.requests() >= limit;
	}

	void responseEnded() {
		Exchange ended = Objects.requireNonNull(this.exchange);
		this.deadlines.responseEnded();
		exchangeEnded(ended);
		next(ended.request(), this.writer.isKeepAlive());
		advance();
	}

	// The response to a request is written.
	private void next(RequestHead answered, boolean keepAlive) {
		this.body.startDrain();
		if (!keepAlive || this.body.isBroken() || this.body.isTooMuchToDrain()) {
			// A client that has said that it will send no more needs no care.
			finish(!this.body.isEnded() || !this.inbound.isEmpty() || !Persistence.isUnwanted(answered));
		}
		else if (this.body.isEnded()) {
			idle();
		}
		else {
			this.phase.enter(State.DRAINING_BODY);
			this.deadlines.bodyDrained();
		}
	}

	void readBody(Exchange exchange) {
		if (exchange != this.exchange || this.body.isEnded() || this.body.isBroken()) {
			return;
		}
		this.body.resume();
		if (this.body.takeContinue() && !this.writer.isStarted()) {
			this.sender.writeContinue();
			flush();
		}
		if (!this.body.isUpgraded()) {
			this.deadlines.bodyWanted();
		}
		advance();
	}

	void limit(Exchange exchange, long nanos) {
		if (exchange == this.exchange) {
			this.deadlines.responseExpected(nanos);
		}
	}

	void refuse(Exchange exchange, ProtocolException refusal) {
		refuse(exchange, refusal, refusal.kind().id());
	}

	private void refuse(Exchange exchange, ProtocolException refusal, String reason) {
		if (exchange == this.exchange) {
			this.refusals.count(refusal);
			this.reports.refused(exchange, reason);
			this.exchange = null;
			exchange.receivedBody().fail(refusal);
			this.refusals.answer(exchange, refusal);
			finish(true);
			exchangeEnded(exchange);
		}
	}

	private void exchangeEnded(Exchange ended) {
		this.exchange = null;
		ended.complete();
		this.reports.completed(ended, this.writer);
	}

	// A refusal of bytes that are no request yet, or of the body of one.
	private void refuse(ProtocolException refusal, String reason) {
		Exchange current = this.exchange;
		if (current != null && current.takeOver()) {
			refuse(current, refusal, reason);
			return;
		}
		if (current == null && this.phase.state() == State.READING_HEAD) {
			Exchange unknown = this.refusals.unknown(this.stream, this.inbound.bytes());
			resembles(this.reports.started(unknown));
			refuseUnserved(unknown, refusal, reason);
			return;
		}
		this.refusals.count(refusal);
		if (current != null && this.body.isUpgraded()) {
			reset(current);
		}
		else if (current != null) {
			this.body.breakOff();
			this.inbound.clear();
			this.deadlines.bodyEnded();
			current.receivedBody().fail(refusal);
		}
		else {
			finish(true);
		}
	}

	private void resembles(@Nullable ExchangeObservation observation) {
		RequestLine line = (observation != null) ? RequestLine.find(this.inbound.bytes()) : null;
		if (observation != null && line != null) {
			observation.resembles(line.method(), line.target());
		}
	}

	// Nobody but us will ever have the exchange.
	private void refuseUnserved(Exchange unserved, ProtocolException refusal, String reason) {
		this.refusals.count(refusal);
		this.reports.refused(unserved, reason);
		this.writer.reset();
		this.refusals.answer(unserved, refusal);
		finish(true);
		this.reports.completed(unserved, this.writer);
	}

	void reset(Exchange exchange) {
		if (exchange == this.exchange) {
			if (this.writer.endsWithConnection()) {
				closeByReset("The response could not be finished");
			}
			else {
				close("The response could not be finished");
			}
		}
	}

	void flush() {
		if (needsFlush()) {
			this.sender.flush();
			this.deadlines.flushed();
		}
	}

	boolean needsFlush() {
		return !this.advancing && this.sender.needsFlush();
	}

	// The end

	private void finish(boolean linger) {
		this.phase.enter(State.ENDED);
		this.inbound.clear();
		this.closing.finish(linger);
		this.interest.settle(this.phase.state());
		flush();
	}

	/**
	 * The client has gone. Where something was under way it has gone too early: that is
	 * its right, and not an error.
	 * @param unsent whether it has not taken all of an earlier response
	 */
	private void lost(boolean unsent) {
		boolean midway = this.exchange != null || (this.phase.state() == State.READING_HEAD && this.parser.isStarted());
		if (close("The client has closed the connection") && (midway || unsent)) {
			this.closing.clientAborted();
		}
	}

	private boolean close(String why) {
		this.phase.enter(State.ENDED);
		if (!this.closing.close()) {
			return false;
		}
		Exchange cut = this.exchange;
		if (cut != null) {
			this.exchange = null;
			cut.abort(new IOException(why));
			this.reports.aborted(cut, this.writer);
		}
		return true;
	}

	private void closeByReset(String why) {
		this.sender.closeByReset();
		close(why);
	}

	@Override
	public void closeNow() {
		executor().execute(() -> this.loan.whenBack(() -> close("The server has stopped")));
	}

	@Override
	public EventExecutor executor() {
		return this.channel.eventLoop();
	}

	private boolean isDraining() {
		return this.services.connections().isDraining();
	}

	@Override
	public void drain() {
		this.loan.whenBack(() -> {
			this.deadlines.drain(this.phase.state() == State.READING_HEAD && !this.parser.isStarted());
			Exchange open = this.exchange;
			if (open != null && this.body.isUpgraded() && !this.body.isEnded() && !open.drainUpgraded()) {
				// It may go on for ever: as if the client had closed its side, so that
				// the other protocol can say goodbye.
				this.body.endUpgraded(Objects.requireNonNull(open.upgradedBody()));
				this.deadlines.halfClosed();
			}
		});
	}

	// No byte has come that would have made us look.
	private void lookAgain() {
		Exchange waiting = this.exchange;
		if (waiting != null && this.held) {
			release(waiting);
			if (this.held) {
				this.deadlines.heldOn();
			}
		}
	}

	// The client has made us wait too long.
	private void expired(Kind kind) {
		if (kind.isCounted() && !(kind == Kind.IDLE && isDraining())) {
			this.services.observer().timedOut(kind.id());
		}
		switch (kind) {
			case HEADER -> {
				if (this.parser.isStarted()) {
					refuse(Refusals.tooSlow("The request head did not come in time"), kind.id());
				}
				else {
					finish(false);
				}
			}
			case REQUEST -> this.services.dispatcher().expired(Objects.requireNonNull(this.exchange));
			case BODY -> refuse(Refusals.tooSlow("The request body comes too slowly"), kind.id());
			case IDLE -> finish(false);
			case WRITE -> closeByReset("The client does not take its response");
			case HALF_CLOSED -> lost(false);
			case UPGRADED -> close("The connection was silent for too long");
			case HELD -> lookAgain();
			case LINGER -> close("The connection has ended");
		}
	}

	@Override
	public ConnectionCounts counts() {
		return this.counts;
	}

	@Override
	public ConnectionSnapshot read() {
		return this.phase.read(this.stream.connection(), this.exchange, this.held);
	}

}
