package io.millrace.core.http2;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Objects;

import io.millrace.core.connection.MalformedMessageException;
import io.millrace.core.connection.ResponseContent;
import io.millrace.core.connection.SentResponse;
import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.FileRegions;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream with its request and response (RFC 9113 §5, §8.1). For the event loop only
 * where {@link ExchangeStream} does not say otherwise.
 *
 * <pre>
 *  request  ── head ──▶ BODY ── END_STREAM, reset or refused ──▶ ended
 *  response ── none ──▶ head ──▶ content ──▶ queued whole ──▶ sent
 * </pre>
 */
final class RequestStream implements ExchangeStream, SentResponse {

	// As much may wait in memory for the client, however large its windows are.
	private static final int HIGH_WATERMARK = 64 * 1024;

	private static final int LOW_WATERMARK = 32 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(RequestStream.class);

	private final Http2Session session;

	private final Http2Stream stream;

	private final ResponseContent content = new ResponseContent();

	private final StreamDeadlines deadlines;

	private final StreamBody body;

	// Null before the head, and after the end of the exchange.
	private @Nullable Exchange exchange;

	private volatile boolean writable = true;

	// More waits in memory than the high watermark, and was not under the low one since.
	private volatile boolean full;

	private int waiting;

	// Parts that the client has not taken, those that weigh nothing too.
	private int parts;

	private boolean started;

	// The last part is queued, or the stream was reset.
	private boolean queued;

	private boolean held;

	// The response is sent, and the client has not begun with its body.
	private boolean abandoned;

	/**
	 * A stream was opened by the client.
	 * @param session its connection
	 * @param stream the stream of the codec
	 */
	RequestStream(Http2Session session, Http2Stream stream) {
		this.session = session;
		this.stream = stream;
		this.body = new StreamBody(session, stream);
		this.deadlines = new StreamDeadlines(session.services().timeouts(), session.meter(), this.body);
	}

	int id() {
		return this.stream.id();
	}

	@Nullable Exchange exchange() {
		return this.exchange;
	}

	/**
	 * Whether a reset was written, be it not sent yet.
	 * @return whether nothing more may be written
	 */
	boolean isReset() {
		return this.stream.isResetSent();
	}

	StreamDeadlines deadlines() {
		return this.deadlines;
	}

	// What comes from the client

	/**
	 * The head of the request has come.
	 * @param begun its exchange
	 * @param ended whether the stream ended with it
	 */
	void begin(Exchange begun, boolean ended) {
		this.exchange = begun;
		this.body.begin(begun, ended);
		this.held = isHeld(begun);
		if (this.held) {
			this.deadlines.held();
			watch();
		}
		else {
			this.session.services().dispatcher().dispatch(begun);
		}
	}

	/**
	 * The head has come, and no application will see the request.
	 * @param unknown stands for it, {@code null} where nothing does yet
	 * @param ended whether the stream ended with it
	 */
	void unserved(@Nullable Exchange unknown, boolean ended) {
		this.exchange = unknown;
		this.body.skip(ended);
	}

	boolean isRequestEnded() {
		return this.body.isEnded();
	}

	private boolean isHeld(Exchange waiting) {
		return !this.body.isEnded() && !isEnoughHere() && !this.body.isContinueAwaited()
				&& this.session.services().dispatcher().isHeld(waiting);
	}

	// While a request is held nothing is given back: soon the client has no window to
	// send
	// what is missing.
	private boolean isEnoughHere() {
		return this.body.isPaused() || this.body.received() >= (this.session.initialWindowSize() + 1L) / 2;
	}

	// Whoever sends slowly takes no thread from others before there is something to do.
	private void release() {
		Exchange waiting = this.exchange;
		if (this.held && waiting != null && !isHeld(waiting)) {
			this.held = false;
			this.deadlines.released();
			this.session.services().dispatcher().dispatch(waiting);
		}
	}

	/**
	 * Content has come.
	 * @param data the bytes, which stay the codec's
	 * @param padding how many bytes of padding came with it
	 * @param ended whether the stream ended with it
	 * @return how many bytes nobody will ask for
	 * @throws MalformedMessageException where the content is not as long as its
	 * Content-Length says
	 */
	int received(ByteBuf data, int padding, boolean ended) throws MalformedMessageException {
		try {
			int returned = this.body.received(data, padding, ended);
			if (ended) {
				this.deadlines.bodyEnded();
			}
			else if (this.abandoned) {
				abandon();
			}
			release();
			return returned;
		}
		catch (ProtocolException ex) {
			refuseBody(ex);
			return data.readableBytes() + padding;
		}
	}

	// Where the response is on its way already the client sees its end cut off instead.
	private void refuseBody(ProtocolException refusal) {
		Exchange current = this.exchange;
		if (current == null) {
			return;
		}
		if (current.takeOver()) {
			refuse(current, refusal);
		}
		else {
			this.session.countError(refusal.kind());
			this.body.breakOff();
			current.receivedBody().fail(refusal);
			this.deadlines.bodyEnded();
		}
	}

	/**
	 * Trailers have come, with which the stream ended.
	 * @param trailers the fields
	 * @throws MalformedMessageException where the content is not as long as its
	 * Content-Length says
	 */
	void ended(HttpHeaders trailers) throws MalformedMessageException {
		this.body.end(trailers);
		this.deadlines.bodyEnded();
		release();
	}

	/** The client has reset the stream, or the connection is lost. */
	void aborted(String why) {
		this.queued = true;
		this.deadlines.stop();
		Exchange cut = this.exchange;
		if (cut != null) {
			this.exchange = null;
			cut.abort(new IOException(why));
			this.session.services().reports().aborted(cut, this);
		}
	}

	void writabilityChanged(boolean now) {
		if (this.writable != now) {
			this.writable = now;
			tellWritable();
		}
	}

	private void tellWritable() {
		Exchange current = this.exchange;
		if (isWritable() && current != null) {
			current.responseBody().tellWritable();
		}
	}

	// What an exchange asks for

	@Override
	public EventExecutor executor() {
		return this.session.executor();
	}

	@Override
	public ByteBufAllocator allocator() {
		return this.session.allocator();
	}

	@Override
	public ConnectionInfo connection() {
		return this.session.info();
	}

	@Override
	public String requestId() {
		return Integer.toString(id());
	}

	@Override
	public boolean isWritable() {
		return this.writable && !this.full;
	}

	@Override
	public void write(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		if (exchange != this.exchange || this.queued || isReset()) {
			ReferenceCountUtil.release(data);
			return;
		}
		int size = (data != null) ? data.readableBytes() : 0;
		boolean bare = start(exchange, size, last);
		long allowed = this.content.allowed(size, exchange);
		if (data != null && allowed > 0) {
			data.writerIndex(data.readerIndex() + (int) allowed);
			end(exchange, data, last);
		}
		else {
			ReferenceCountUtil.release(data);
			if (!bare) {
				end(exchange, null, last);
			}
		}
	}

	@Override
	public void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) {
		if (exchange != this.exchange || this.queued || isReset()) {
			FileRegions.close(file);
			return;
		}
		if (!FileRegions.exists(file, position, length)) {
			FileRegions.close(file);
			reset(exchange);
			return;
		}
		boolean bare = start(exchange, length, last);
		long allowed = this.content.allowed(length, exchange);
		if (allowed == 0) {
			FileRegions.close(file);
			if (!bare) {
				end(exchange, null, last);
			}
			return;
		}
		boolean closing = isClosing(exchange, last);
		FilePart.enqueue(this, file, position, allowed, closing);
		if (last && !closing) {
			end(exchange, null, true);
		}
		else if (last) {
			allQueued();
		}
	}

	// Whether the stream ends with the last part of the content.
	private boolean isClosing(Exchange exchange, boolean last) {
		return last && exchange.sentHead().trailers() == null && !this.content.isShort();
	}

	/**
	 * Write the head, if this is the first part.
	 * @return whether the stream has ended with it
	 */
	private boolean start(Exchange exchange, long size, boolean last) {
		if (this.started) {
			return false;
		}
		this.started = true;
		this.body.takeContinue();
		ResponseHead head = exchange.sentHead();
		long length = this.content.start(exchange, size, last);
		boolean none = this.content.framing().kind() == BodyFraming.Kind.NONE;
		boolean bare = last && (none || (size == 0 && head.trailers() == null && !this.content.isShort()));
		this.session.writeHead(id(), head, length, bare);
		if (bare) {
			allQueued();
			responseSent();
		}
		return bare;
	}

	private void end(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		boolean closing = isClosing(exchange, last);
		if (data != null || closing) {
			enqueue(new DataPart(this, data, closing));
		}
		if (last && !closing) {
			endOtherwise(exchange);
		}
		if (last) {
			allQueued();
		}
	}

	private void endOtherwise(Exchange exchange) {
		HttpHeaders trailers = exchange.sentHead().trailers();
		if (this.content.isCutShort(exchange)) {
			reset(exchange);
		}
		else {
			enqueue(new TrailersPart(this, Objects.requireNonNull(trailers)));
		}
	}

	private void allQueued() {
		this.queued = true;
		this.deadlines.responseEnded();
		// Nobody flushes the end of a response.
		this.session.flushSoon();
	}

	void enqueue(ResponsePart part) {
		this.deadlines.queued();
		this.parts++;
		this.waiting += part.weight();
		this.full |= this.waiting >= HIGH_WATERMARK;
		this.session.enqueue(this.stream, part);
		watch();
	}

	@Override
	public void flush() {
		this.session.flushSoon();
	}

	@Override
	public void flushSoon() {
		this.session.flushSoon();
	}

	@Override
	public void readBody(Exchange exchange) {
		if (exchange != this.exchange || this.body.isEnded()) {
			return;
		}
		if (this.body.takeContinue() && !this.started) {
			this.session.writeContinue(id());
		}
		this.body.resume();
		this.deadlines.bodyWanted();
		watch();
	}

	@Override
	public void limit(Exchange exchange, long nanos) {
		if (exchange == this.exchange) {
			this.deadlines.responseExpected(nanos);
			watch();
		}
	}

	private void watch() {
		this.session.timers().at(this.deadlines.next());
	}

	@Override
	public void refuse(Exchange exchange, ProtocolException refusal) {
		if (exchange == this.exchange) {
			this.session.countError(refusal.kind());
			this.session.answers().refuse(this, exchange, refusal);
		}
	}

	/**
	 * Answer with an error instead of the application.
	 * @param refused the exchange, which was taken over; its substitute head says what is
	 * wrong
	 * @param content what it says in words
	 */
	void answer(Exchange refused, ByteBuf content) {
		this.exchange = refused;
		this.held = false;
		this.body.breakOff();
		this.deadlines.bodyEnded();
		write(refused, content, true);
	}

	@Override
	public void reset(Exchange exchange) {
		if (exchange == this.exchange) {
			reset(Http2Error.INTERNAL_ERROR, "The response could not be finished");
		}
	}

	/**
	 * Reset the stream.
	 * @param error why, for the client
	 * @param why the same in words
	 */
	void reset(Http2Error error, String why) {
		aborted(why);
		this.session.resetStream(id(), error);
	}

	// What parts of the response tell

	int maxFrameSize() {
		return this.session.maxFrameSize();
	}

	/**
	 * Bytes of a part have left the memory of this stream.
	 * @param bytes how many
	 */
	void taken(int bytes) {
		this.waiting -= bytes;
		if (this.full && this.waiting <= LOW_WATERMARK) {
			this.full = false;
			tellWritable();
		}
	}

	/** A part was sent or given up. */
	void partDone() {
		// An application that pauses does not keep its client from taking anything.
		if (--this.parts == 0) {
			this.deadlines.sent();
		}
	}

	void writeData(ByteBuf data, boolean ended) {
		this.deadlines.progressed();
		this.session.writeData(id(), data, ended);
	}

	void writeTrailers(HttpHeaders trailers) {
		this.session.writeTrailers(id(), trailers);
	}

	/** Everything was handed to the socket. */
	void responseSent() {
		Exchange done = this.exchange;
		this.exchange = null;
		if (done != null) {
			done.complete();
			this.session.services().reports().completed(done, this);
		}
		boolean whole = this.body.isEnded();
		this.session.closeLocalSide(this.stream);
		if (!whole) {
			notNeeded();
		}
	}

	// RFC 9113 §8.1: the rest of the request is not needed. Who has not begun with it may
	// still end it, which costs nothing, and is not told that before it comes.
	private void notNeeded() {
		this.abandoned = true;
		if (this.body.received() > 0 || this.session.isGoingAway() || !this.deadlines.abandoned()) {
			abandon();
		}
		else {
			watch();
		}
	}

	/** Nothing is awaited of a client that has its response. */
	void abandon() {
		if (this.abandoned) {
			this.session.resetStream(id(), Http2Error.NO_ERROR);
		}
	}

	void writeFailed(Throwable cause) {
		if (this.exchange != null) {
			logger.debug("A part of a response could not be sent", cause);
			reset(Http2Error.INTERNAL_ERROR, "The response could not be finished");
		}
	}

	/**
	 * A deadline has passed.
	 * @param kind which
	 */
	void expired(StreamDeadlines.Kind kind) {
		Exchange late = this.exchange;
		if (kind == StreamDeadlines.Kind.HELD) {
			release();
			if (this.held) {
				this.deadlines.held();
			}
			return;
		}
		if (kind == StreamDeadlines.Kind.ABANDONED) {
			abandon();
			return;
		}
		this.session.services().observer().timedOut(kind.id());
		if (kind == StreamDeadlines.Kind.WRITE) {
			reset(Http2Error.ENHANCE_YOUR_CALM, "The client does not take its response");
		}
		else if (late != null && kind == StreamDeadlines.Kind.REQUEST) {
			this.session.services().dispatcher().expired(late);
		}
		else if (late != null) {
			refuseBody(StreamAnswers.tooSlow());
		}
	}

	@Override
	public boolean isStarted() {
		return this.started;
	}

	@Override
	public long contentSent() {
		return this.content.sent();
	}

	@Override
	public boolean isConnectionKept() {
		return !this.session.isGoingAway();
	}

}
