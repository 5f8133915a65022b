package io.millrace.core.http3;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Objects;

import io.millrace.core.connection.ConnectionTimers.Kind;
import io.millrace.core.connection.MalformedMessageException;
import io.millrace.core.connection.RequestFields;
import io.millrace.core.connection.RequestReports;
import io.millrace.core.connection.SocketInfo;
import io.millrace.core.http.Dispatcher;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.FileRegions;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RefusalAnswer;
import io.millrace.core.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request stream (RFC 9114 §4.1): one request and its response. Owned by the event
 * loop.
 *
 * <pre>
 *   AWAITING_HEAD ── head ──▶ EXCHANGE ── response written, refused, lost ──▶ ENDED
 *         └────────────── malformed, refused, lost ────────────────────────────┘
 * </pre>
 *
 * After its end the stream stays until QUIC has taken what was written.
 */
final class Http3Stream implements ExchangeStream {

	private static final Logger logger = LoggerFactory.getLogger(Http3Stream.class);

	private final Http3Connection connection;

	private final QuicStreamChannel channel;

	private final SocketInfo info;

	private final StreamBytes bytes;

	private final Http3Response response;

	private final IncomingContent content;

	private final StreamDeadlines deadlines;

	private final Dispatcher dispatcher;

	private final RequestReports reports;

	// Any thread may ask.
	private volatile State state = State.AWAITING_HEAD;

	// A head that has come: whether content follows is not known yet.
	private @Nullable Http3Headers head;

	private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

	// Written by the event loop; any thread may look.
	private volatile @Nullable Exchange exchange;

	private boolean held;

	private boolean dispatched;

	private boolean flushScheduled;

	// Whether the client was told of an end of the response.
	private boolean finished;

	/**
	 * A stream has been opened by the client.
	 * @param connection its connection
	 * @param channel the stream
	 * @param bytes what goes through it
	 */
	Http3Stream(Http3Connection connection, QuicStreamChannel channel, StreamBytes bytes) {
		Http3Services services = connection.services();
		this.connection = connection;
		this.channel = channel;
		this.bytes = bytes;
		this.info = connection.info();
		this.dispatcher = services.shared().dispatcher();
		this.reports = services.shared().reports();
		this.content = new IncomingContent(services.shared().limits().maxBodySize());
		this.response = new Http3Response(channel, services.shared().responseFields(), connection::isKept,
				this::responseEnded);
		this.deadlines = new StreamDeadlines(channel.eventLoop(), services.shared().timeouts(), this.content, bytes,
				this::expired);
	}

	// What comes

	void opened() {
		if (this.connection.opened(this, this.channel.streamId())) {
			this.deadlines.headExpected();
			this.channel.read();
		}
		else {
			// RFC 9114 §5.2: nothing was done for it, so it may be sent again elsewhere.
			abandon(Http3ErrorCode.H3_REQUEST_REJECTED);
		}
	}

	void fieldsReceived(Http3Headers section) {
		if (this.head != null) {
			// Trailers, and no content before them.
			begin(false);
		}
		else if (this.state == State.AWAITING_HEAD) {
			this.head = section;
			return;
		}
		if (this.state == State.EXCHANGE) {
			try {
				this.trailers = fields(section).toTrailers();
			}
			catch (MalformedMessageException ex) {
				malformed(Http3ErrorCode.H3_MESSAGE_ERROR);
			}
		}
	}

	void contentReceived(ByteBuf part) {
		begin(false);
		Exchange receiver = this.exchange;
		if (receiver == null) {
			part.release();
			return;
		}
		try {
			this.content.receive(part, receiver.receivedBody());
		}
		catch (ProtocolException ex) {
			refuseContent(receiver, ex);
		}
	}

	/** Everything was looked at that has come so far. */
	void readComplete() {
		if (this.channel.isInputShutdown()) {
			// The end has come with it, and is told next.
			return;
		}
		begin(false);
		dispatch();
		readOn();
	}

	void inputClosed() {
		this.content.end();
		this.deadlines.contentEnded();
		if (this.state == State.AWAITING_HEAD && this.head == null) {
			malformed(Http3ErrorCode.H3_REQUEST_INCOMPLETE);
			return;
		}
		begin(true);
		Exchange receiver = this.exchange;
		if (receiver != null) {
			receiver.receivedBody().end(this.trailers);
			dispatch();
		}
	}

	private void readOn() {
		if (this.state != State.ENDED && this.content.isAwaited()) {
			this.channel.read();
		}
	}

	private RequestFields fields(Http3Headers section) {
		RequestFields fields = this.connection.fields();
		fields.begin();
		for (Map.Entry<CharSequence, CharSequence> field : section) {
			fields.add(field.getKey(), field.getValue());
		}
		return fields;
	}

	private void begin(boolean ended) {
		Http3Headers section = this.head;
		if (section == null || this.state != State.AWAITING_HEAD) {
			return;
		}
		this.head = null;
		this.deadlines.headComplete();
		RequestHead request = RequestHead.UNKNOWN;
		try {
			checkSize(section);
			request = fields(section).toHead(ended);
			start(request);
		}
		catch (MalformedMessageException ex) {
			malformed(Http3ErrorCode.H3_MESSAGE_ERROR);
		}
		catch (ProtocolException ex) {
			refuseUnserved(request, ex, ex.kind().id());
		}
	}

	private void checkSize(Http3Headers section) throws ProtocolException {
		long size = 0;
		for (Map.Entry<CharSequence, CharSequence> field : section) {
			size += field.getKey().length() + field.getValue().length();
		}
		if (size > this.connection.services().shared().limits().maxHeaderSize()) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 431, "The header is too large");
		}
	}

	private void start(RequestHead request) throws ProtocolException {
		this.content.start(request);
		RefusalAnswer refusal = this.dispatcher.refusal(request);
		if (refusal != null) {
			turnAway(request, refusal);
			return;
		}
		Exchange started = new Exchange(this, request, this.dispatcher.services());
		this.exchange = started;
		this.state = State.EXCHANGE;
		this.connection.begun();
		this.reports.started(started);
		if (this.connection.isEarly() && !isSafe(request.method())) {
			tooEarly(started);
		}
	}

	// RFC 8470 §3: what came before the handshake has ended may have been sent by
	// somebody else, again.
	private static boolean isSafe(String method) {
		return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
	}

	private void tooEarly(Exchange early) {
		if (early.takeOver()) {
			ErrorResponder errors = this.dispatcher.services().errors();
			errors.describe(early.substituteHead(), 425);
			write(early, errors.body(allocator(), 425, "Send the request again when the handshake has ended."), true);
		}
	}

	private void dispatch() {
		Exchange waiting = this.exchange;
		if (waiting == null || this.dispatched) {
			return;
		}
		boolean hold = !this.content.isEnded() && this.content.isAwaited() && !this.content.isContinueAwaited()
				&& this.dispatcher.isHeld(waiting);
		if (!hold) {
			this.dispatched = true;
			this.held = false;
			this.deadlines.released();
			this.dispatcher.dispatch(waiting);
		}
		else if (!this.held) {
			this.held = true;
			this.deadlines.held();
		}
	}

	// What an exchange asks for

	@Override
	public EventExecutor executor() {
		return this.channel.eventLoop();
	}

	@Override
	public ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	@Override
	public SocketInfo connection() {
		return this.info;
	}

	@Override
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void write(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		if (exchange != this.exchange) {
			ReferenceCountUtil.release(data);
			return;
		}
		this.response.write(exchange, data, last);
		if (last) {
			flush();
		}
	}

	@Override
	public void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) {
		if (exchange != this.exchange) {
			FileRegions.close(file);
			return;
		}
		try {
			this.response.writeFile(exchange, file, position, length, last);
			flush();
		}
		catch (IOException ex) {
			logger.error("A file that was to be sent cannot be read", ex);
			reset(exchange);
		}
	}

	@Override
	public void flush() {
		if (this.bytes.needsFlush() && this.channel.isActive()) {
			this.channel.flush();
		}
		if (this.channel.isActive()) {
			this.deadlines.flushed(this.response.isStarted() && !this.finished && !this.channel.isWritable());
		}
	}

	@Override
	public void flushSoon() {
		if (!this.flushScheduled && this.bytes.needsFlush()) {
			this.flushScheduled = true;
			executor().execute(() -> {
				this.flushScheduled = false;
				flush();
			});
		}
	}

	@Override
	public void readBody(Exchange exchange) {
		if (exchange != this.exchange || this.content.isEnded()) {
			return;
		}
		this.content.resume();
		if (this.content.takeContinue() && !this.response.isStarted()) {
			this.response.writeContinue();
			flush();
		}
		this.deadlines.contentWanted();
		readOn();
	}

	@Override
	public void limit(Exchange exchange, long nanos) {
		if (exchange == this.exchange) {
			this.deadlines.responseExpected(nanos);
		}
	}

	@Override
	public void refuse(Exchange exchange, ProtocolException refusal) {
		if (exchange == this.exchange) {
			answer(exchange, refusal, refusal.kind().id());
		}
	}

	@Override
	public void reset(Exchange exchange) {
		if (exchange == this.exchange) {
			cut(Http3ErrorCode.H3_INTERNAL_ERROR, "The response could not be finished");
		}
	}

	// How it ends

	// Without an exchange: refusing has to cost much less than serving.
	private void turnAway(RequestHead request, RefusalAnswer refusal) {
		Exchange turned = new Exchange(this, request, this.dispatcher.services());
		ErrorResponder errors = this.dispatcher.services().errors();
		errors.describe(turned.response(), refusal);
		ByteBuf body = errors.body(allocator(), refusal.status(), refusal.reason().message());
		int size = request.method().equals("HEAD") ? 0 : body.readableBytes();
		this.reports.turnedAway(this, request, refusal, size, this.connection.isKept());
		this.response.write(turned, body, true);
		flush();
	}

	// Nobody but us will ever have the exchange.
	private void refuseUnserved(RequestHead request, ProtocolException refusal, String reason) {
		Exchange unserved = new Exchange(this, request, this.dispatcher.services());
		this.exchange = unserved;
		this.state = State.EXCHANGE;
		this.dispatched = true;
		this.connection.begun();
		this.reports.started(unserved);
		unserved.takeOver();
		answer(unserved, refusal, reason);
	}

	// What comes of the content is not right.
	private void refuseContent(Exchange receiver, ProtocolException refusal) {
		if (receiver.takeOver()) {
			answer(receiver, refusal, refusal.kind().id());
		}
		else {
			// The response is on its way already.
			this.connection.protocolError(refusal.kind());
			receiver.receivedBody().fail(refusal);
			stopReading();
		}
	}

	private void answer(Exchange refused, ProtocolException refusal, String reason) {
		this.connection.protocolError(refusal.kind());
		this.reports.refused(refused, reason);
		refused.receivedBody().fail(refusal);
		ErrorResponder errors = this.dispatcher.services().errors();
		errors.describe(refused.substituteHead(), refusal.status());
		write(refused, errors.body(allocator(), refusal.status(), refusal.getMessage()), true);
	}

	// The last part of the response was written.
	private void responseEnded(boolean whole) {
		Exchange answered = this.exchange;
		if (!whole) {
			cut(Http3ErrorCode.H3_INTERNAL_ERROR, "The response is not as long as its head says");
			return;
		}
		this.finished = true;
		this.state = State.ENDED;
		this.exchange = null;
		this.deadlines.responseEnded();
		this.bytes.end(this::close);
		stopReading();
		if (answered != null) {
			answered.complete();
			this.connection.ended();
			this.reports.completed(answered, this.response);
		}
	}

	// RFC 9114 §4.1: a response may be whole before its request is.
	private void stopReading() {
		if (!this.content.isEnded()) {
			this.content.breakOff();
			this.deadlines.contentEnded();
			this.connection.unfinished();
			this.channel.shutdownInput(Http3ErrorCode.H3_NO_ERROR.code());
		}
	}

	private void close() {
		this.channel.close();
	}

	/**
	 * Whether no head was looked at.
	 * @return whether what is wrong is wrong with a head
	 */
	boolean isHeadAwaited() {
		return this.state == State.AWAITING_HEAD;
	}

	/** What has come cannot be decoded, nor what may follow (RFC 9204 §2.2). */
	void undecodable() {
		this.connection.undecodable();
	}

	/**
	 * What has come is no request: nobody sees it (RFC 9114 §4.1.2).
	 * @param code what the client is told
	 */
	void malformed(Http3ErrorCode code) {
		this.connection.protocolError(ProtocolException.Kind.SYNTAX);
		cut(code, "The request is malformed");
	}

	/**
	 * Something was refused by QUIC, or has ended.
	 * @param code what the client is told
	 */
	void lost(Http3ErrorCode code) {
		if (this.exchange != null && !this.connection.isClosing()) {
			this.connection.services().shared().observer().clientAborted();
		}
		cut(code, "The client has closed the stream");
	}

	private void cut(Http3ErrorCode code, String why) {
		Exchange open = this.exchange;
		this.exchange = null;
		abandon(code);
		if (open != null) {
			open.abort(new IOException(why));
			this.connection.ended();
			this.reports.aborted(open, this.response);
		}
	}

	private void abandon(Http3ErrorCode code) {
		this.state = State.ENDED;
		this.deadlines.stop();
		this.response.discard();
		if (this.channel.isActive()) {
			if (!this.content.isEnded()) {
				this.content.breakOff();
				this.connection.unfinished();
			}
			this.channel.shutdown(code.code());
			this.channel.close();
		}
	}

	/** The stream is no more. */
	void closed() {
		if (this.exchange != null) {
			lost(Http3ErrorCode.H3_REQUEST_CANCELLED);
		}
		this.state = State.ENDED;
		this.deadlines.stop();
		this.response.discard();
		this.connection.closed(this);
	}

	void writabilityChanged() {
		if (this.channel.isWritable()) {
			this.deadlines.flushed(false);
			this.response.writable();
			Exchange writing = this.exchange;
			if (writing != null) {
				writing.responseBody().tellWritable();
			}
			flush();
		}
		else {
			this.deadlines.flushed(this.response.isStarted() && !this.finished);
		}
	}

	// The client has made us wait too long.
	private void expired(Kind kind) {
		if (kind.isCounted()) {
			this.connection.services().shared().observer().timedOut(kind.id());
		}
		switch (kind) {
			case HEADER ->
				refuseUnserved(RequestHead.UNKNOWN, tooSlow("The request head did not come in time"), kind.id());
			case BODY -> {
				Exchange waiting = this.exchange;
				if (waiting != null) {
					refuseContent(waiting, tooSlow("The request body comes too slowly"));
				}
			}
			case REQUEST -> this.dispatcher.expired(Objects.requireNonNull(this.exchange));
			case WRITE -> cut(Http3ErrorCode.H3_REQUEST_CANCELLED, "The client does not take its response");
			case HELD -> {
				dispatch();
				if (this.held) {
					this.deadlines.heldOn();
				}
			}
			default -> throw new IllegalStateException("A stream does not wait for " + kind);
		}
	}

	private static ProtocolException tooSlow(String message) {
		return new ProtocolException(ProtocolException.Kind.TIMEOUT, 408, message);
	}

	/**
	 * What is under way. Any thread may ask.
	 * @return the exchange, {@code null} for none
	 */
	@Nullable Exchange exchange() {
		return this.exchange;
	}

	/** The states. */
	private enum State {

		AWAITING_HEAD, EXCHANGE, ENDED

	}

}
