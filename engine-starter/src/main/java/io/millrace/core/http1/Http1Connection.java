package io.millrace.core.http1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

import javax.net.ssl.SSLSession;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.FileRegions;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RequestTarget;
import io.millrace.core.http1.ConnectionTimers.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 connection: next head, run the exchange, write its response, next. The last
 * handler of the pipeline, and the only class that has its context. Everything but what
 * {@link ExchangeStream} and {@link ConnectionInfo} say is owned by the event loop.
 *
 * <pre>
 *          ┌─────────────── response and request body ended ◀────────┐
 *          ▼                                                         │
 *  ──▶ READING_HEAD ── head ──▶ EXCHANGE ── response ended ──▶ DRAINING_BODY
 *          │                       │                                 │
 *          └────── refused, or the connection is not kept ───────────┘
 *                                  ▼
 *                    LINGERING ── peer closed, or 2 s ──▶ CLOSED
 * </pre>
 */
public final class Http1Connection extends ChannelInboundHandlerAdapter implements ExchangeStream, ConnectionInfo {

	private static final Logger logger = LoggerFactory.getLogger(Http1Connection.class);

	// How much is read ahead while a response is under way: the bound of pipelining.
	private static final int READ_AHEAD = 64 * 1024;

	private static final int JOIN_ROOM = 1024;

	private static final long LINGER_NANOS = 2_000_000_000L;

	// While draining, a connection that was in use just now gets this long to send the
	// request that may be on its way already.
	private static final long DRAIN_QUIET_NANOS = 500_000_000L;

	private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

	private static final ByteBuf CONTINUE = Unpooled.unreleasableBuffer(
			Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII).asReadOnly());

	private final Http1Services services;

	private final HeadParser parser;

	private @Nullable ChannelHandlerContext context;

	private @Nullable ConnectionTimers timers;

	private @Nullable ResponseWriter writer;

	private volatile InetSocketAddress remoteAddress = NOWHERE;

	private volatile InetSocketAddress localAddress = NOWHERE;

	private State state = State.READING_HEAD;

	private ByteBuf inbound = Unpooled.EMPTY_BUFFER;

	private @Nullable Exchange exchange;

	private @Nullable BodyDecoder decoder;

	private boolean bodyPaused;

	private long bodyWantedSince;

	private long drainedFrom;

	private boolean awaitingContinue;

	private boolean inputClosed;

	private boolean reading = true;

	private boolean draining;

	private long lastUsed = System.nanoTime();

	private boolean advancing;

	private boolean flushPending;

	private boolean flushScheduled;

	private long bytesQueued;

	private long bytesSeenFlushed;

	/**
	 * Create the handler of one connection.
	 * @param services what all connections share
	 */
	public Http1Connection(Http1Services services) {
		this.services = services;
		this.parser = new HeadParser(services.options());
	}

	// Events of the pipeline

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
		this.timers = new ConnectionTimers(ctx.executor(), this::timedOut);
		this.writer = new ResponseWriter(this.services.encoder(), ctx.alloc(), this::send);
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		// A socket that is closed does not know them any more.
		this.remoteAddress = known(ctx.channel().remoteAddress());
		this.localAddress = known(ctx.channel().localAddress());
		this.services.observer().connectionOpened();
		this.services.connections().add(this);
		timers().arm(Kind.HEADER, this.services.timeouts().header());
		if (this.services.connections().isDraining()) {
			drainInLoop();
		}
	}

	private static InetSocketAddress known(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress inet) ? inet : NOWHERE;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		if (this.state == State.LINGERING || this.state == State.CLOSED) {
			bytes.release();
			return;
		}
		this.inbound = this.inbound.isReadable() ? joined(ctx.alloc(), this.inbound, bytes) : bytes;
		advance();
	}

	private static ByteBuf joined(ByteBufAllocator allocator, ByteBuf first, ByteBuf second) {
		int size = first.readableBytes() + second.readableBytes();
		try {
			if (first.refCnt() == 1 && first.maxWritableBytes() >= second.readableBytes() && !first.isReadOnly()
					&& first.isWritable(second.readableBytes())) {
				return first.retain().writeBytes(second);
			}
			return allocator.directBuffer(size + JOIN_ROOM).writeBytes(first).writeBytes(second);
		}
		finally {
			first.release();
			second.release();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (ctx.channel().isWritable()) {
			if (this.exchange != null) {
				this.exchange.responseBody().tellWritable();
			}
			advance();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof ChannelInputShutdownEvent && !this.inputClosed) {
			this.inputClosed = true;
			advance();
			clientClosedItsSide();
		}
	}

	// The client may be waiting for its response, or be gone: the socket does not tell.
	private void clientClosedItsSide() {
		switch (this.state) {
			case READING_HEAD, DRAINING_BODY, LINGERING -> closeWhenSent();
			case EXCHANGE -> {
				if (this.decoder != null && !this.decoder.isEnded()) {
					close();
				}
				else {
					timers().arm(Kind.HALF_CLOSED, this.services.timeouts().halfClosed());
				}
			}
			case CLOSED -> {
			}
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		boolean inExchange = (this.exchange != null);
		this.state = State.CLOSED;
		timers().stop();
		this.inbound.release();
		this.inbound = Unpooled.EMPTY_BUFFER;
		abortExchange();
		this.services.connections().remove(this);
		if (inExchange) {
			this.services.observer().clientAborted();
		}
		this.services.observer().connectionClosed();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof IOException) {
			logger.trace("Connection {} was lost", id(), cause);
		}
		else {
			logger.error("Connection {} is closed because of a defect", id(), cause);
		}
		close();
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
			refuse(ex);
		}
		finally {
			this.advancing = false;
		}
		if (!this.inbound.isReadable()) {
			this.inbound.release();
			this.inbound = Unpooled.EMPTY_BUFFER;
		}
		settleReading();
		flush();
	}

	private boolean step() throws ProtocolException {
		return switch (this.state) {
			case READING_HEAD -> nextRequest();
			case EXCHANGE -> receiveBody();
			case DRAINING_BODY -> drainBody();
			case LINGERING, CLOSED -> false;
		};
	}

	private boolean nextRequest() throws ProtocolException {
		if (!this.inbound.isReadable() || !context().channel().isWritable()) {
			return false;
		}
		RequestHead head = this.parser.parse(this.inbound);
		if (head == null) {
			if (this.parser.isStarted() && !timers().isArmed(Kind.HEADER)) {
				timers().disarm(Kind.IDLE);
				timers().arm(Kind.HEADER, this.services.timeouts().header());
			}
			return false;
		}
		timers().disarm(Kind.HEADER);
		timers().disarm(Kind.IDLE);
		start(head);
		return true;
	}

	private void start(RequestHead head) throws ProtocolException {
		if (head.method().equals("CONNECT")) {
			throw new ProtocolException(ProtocolException.Kind.UNSUPPORTED, 501, "This server is no tunnel");
		}
		this.decoder = head.framing().hasBody() ? new BodyDecoder(head.framing(), this.services.options()) : null;
		this.bodyPaused = false;
		this.bodyWantedSince = 0;
		this.awaitingContinue = head.expectsContinue();
		writer().reset();
		Exchange started = new Exchange(this, head, this.services.dispatcher().services());
		this.exchange = started;
		this.state = State.EXCHANGE;
		this.services.observer().exchangeStarted();
		while (receiveBody()) {
			// what came with the head is there before the handler asks
		}
		if (head.target().form() == RequestTarget.Form.ASTERISK) {
			answerAsterisk(started);
		}
		else {
			this.services.dispatcher().dispatch(started);
		}
	}

	// RFC 9110 §9.3.7: OPTIONS * is about the server, of which no application knows.
	private static void answerAsterisk(Exchange exchange) {
		exchange.response().headers().set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
		exchange.responseBody().write(null, true);
	}

	private boolean receiveBody() throws ProtocolException {
		BodyDecoder body = this.decoder;
		Exchange receiver = this.exchange;
		if (body == null || receiver == null || body.isEnded() || this.bodyPaused) {
			return false;
		}
		ByteBuf part = body.decode(this.inbound);
		if (part != null) {
			this.awaitingContinue = false;
			this.bodyPaused = !receiver.receivedBody().offer(part);
		}
		if (body.isEnded() && this.state == State.EXCHANGE) {
			timers().disarm(Kind.BODY);
			receiver.receivedBody().end(body.trailers());
		}
		return part != null;
	}

	private boolean drainBody() throws ProtocolException {
		BodyDecoder body = Objects.requireNonNull(this.decoder);
		ByteBuf part = body.decode(this.inbound);
		if (part != null) {
			part.release();
		}
		if (body.isEnded()) {
			idle();
			return true;
		}
		if (body.received() - this.drainedFrom > this.services.options().maxDrainSize()) {
			linger();
		}
		return part != null;
	}

	private void idle() {
		this.state = State.READING_HEAD;
		this.exchange = null;
		this.decoder = null;
		this.lastUsed = System.nanoTime();
		timers().disarm(Kind.BODY);
		if (this.draining) {
			timers().arm(Kind.IDLE, DRAIN_QUIET_NANOS);
		}
		else {
			timers().arm(Kind.IDLE, this.services.timeouts().idle());
		}
		if (this.inputClosed && !this.inbound.isReadable()) {
			closeWhenSent();
		}
	}

	// Reading goes on while somebody has room for what comes, and always far enough to
	// see that the client goes away.
	private void settleReading() {
		boolean wanted = switch (this.state) {
			case READING_HEAD -> context().channel().isWritable() || this.inbound.readableBytes() < READ_AHEAD;
			case EXCHANGE -> (this.decoder == null || this.decoder.isEnded())
					? this.inbound.readableBytes() < READ_AHEAD : !this.bodyPaused;
			case DRAINING_BODY, LINGERING, CLOSED -> true;
		};
		if (wanted != this.reading) {
			this.reading = wanted;
			context().channel().config().setAutoRead(wanted);
		}
	}

	// What an exchange asks of its stream

	@Override
	public EventExecutor executor() {
		return context().executor();
	}

	@Override
	public ByteBufAllocator allocator() {
		return context().alloc();
	}

	@Override
	public ConnectionInfo connection() {
		return this;
	}

	@Override
	public boolean isWritable() {
		return context().channel().isWritable();
	}

	@Override
	public void write(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		if (exchange != this.exchange) {
			ReferenceCountUtil.release(data);
			return;
		}
		writer().write(exchange, data, last, mayKeepAlive(exchange.request()));
		written(last);
	}

	@Override
	public void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) {
		if (exchange != this.exchange) {
			FileRegions.close(file);
			return;
		}
		writer().writeRegion(exchange, new DefaultFileRegion(file, position, length), length, last,
				mayKeepAlive(exchange.request()));
		written(last);
	}

	private void written(boolean last) {
		if (this.inputClosed) {
			timers().arm(Kind.HALF_CLOSED, this.services.timeouts().halfClosed());
		}
		if (last) {
			responseEnded();
		}
	}

	private boolean mayKeepAlive(RequestHead request) {
		if (this.draining || this.inputClosed || this.awaitingContinue) {
			return false;
		}
		if (request.framing().kind() == BodyFraming.Kind.LENGTH && this.decoder != null
				&& this.decoder.remaining() > this.services.options().maxDrainSize()) {
			return false;
		}
		if (request.version() == ProtocolVersion.HTTP_1_1) {
			return !request.headers().containsValue("Connection", "close", true);
		}
		return request.headers().containsValue("Connection", "keep-alive", true);
	}

	private void responseEnded() {
		Exchange ended = Objects.requireNonNull(this.exchange);
		this.exchange = null;
		timers().disarm(Kind.HALF_CLOSED);
		ended.complete();
		this.services.observer().exchangeEnded(true);
		boolean bodyEnded = (this.decoder == null || this.decoder.isEnded());
		if (!writer().isKeepAlive()) {
			if (bodyEnded && !this.inbound.isReadable()) {
				closeWhenSent();
			}
			else {
				linger();
			}
		}
		else if (bodyEnded) {
			idle();
		}
		else {
			this.state = State.DRAINING_BODY;
			this.drainedFrom = Objects.requireNonNull(this.decoder).received();
			timers().arm(Kind.BODY, this.services.timeouts().bodyGrace());
		}
		advance();
	}

	@Override
	public void readBody(Exchange exchange) {
		if (exchange != this.exchange || this.decoder == null || this.decoder.isEnded()) {
			return;
		}
		this.bodyPaused = false;
		if (this.awaitingContinue) {
			this.awaitingContinue = false;
			if (!writer().isStarted()) {
				send(CONTINUE.duplicate());
				flush();
			}
		}
		this.bodyWantedSince = System.nanoTime() - bodyRateNanos(this.decoder.received());
		timers().arm(Kind.BODY, this.services.timeouts().bodyGrace());
		advance();
	}

	@Override
	public void refuse(Exchange exchange, ProtocolException refusal) {
		if (exchange != this.exchange) {
			return;
		}
		count(refusal);
		if (!exchange.takeOver()) {
			close();
			return;
		}
		this.exchange = null;
		exchange.receivedBody().fail(refusal);
		answer(exchange, refusal);
		exchange.complete();
		this.services.observer().exchangeEnded(true);
	}

	// A refusal of bytes that are no request yet, or of the body of one.
	private void refuse(ProtocolException refusal) {
		if (this.exchange != null) {
			refuse(this.exchange, refusal);
		}
		else if (this.state == State.READING_HEAD) {
			count(refusal);
			writer().reset();
			answer(new Exchange(this, RequestHead.UNKNOWN, this.services.dispatcher().services()), refusal);
		}
		else {
			linger();
		}
	}

	private void count(ProtocolException refusal) {
		this.services.observer().protocolError(refusal.kind().name().toLowerCase(Locale.ROOT));
	}

	private void answer(Exchange refused, ProtocolException refusal) {
		ErrorResponder errors = this.services.dispatcher().services().errors();
		errors.describe(refused.response(), refusal.status());
		writer().write(refused, errors.body(allocator(), refusal.status(), refusal.getMessage()), true, false);
		linger();
	}

	@Override
	public void reset(Exchange exchange) {
		if (exchange == this.exchange) {
			close();
		}
	}

	// Sending and closing

	private void send(Object message) {
		ChannelHandlerContext ctx = context();
		this.bytesQueued += (message instanceof ByteBuf bytes) ? bytes.readableBytes() : 1;
		this.flushPending = true;
		ctx.write(message, ctx.voidPromise());
	}

	@Override
	public void flush() {
		if (!this.flushPending || this.advancing) {
			return;
		}
		this.flushPending = false;
		context().flush();
		if (!timers().isArmed(Kind.WRITE) && pendingBytes() > 0) {
			this.bytesSeenFlushed = this.bytesQueued - pendingBytes();
			timers().arm(Kind.WRITE, this.services.timeouts().write());
		}
	}

	@Override
	public void flushSoon() {
		if (this.flushPending && !this.flushScheduled && !this.advancing) {
			this.flushScheduled = true;
			executor().execute(() -> {
				this.flushScheduled = false;
				flush();
			});
		}
	}

	private long pendingBytes() {
		ChannelOutboundBuffer buffer = context().channel().unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	private void closeWhenSent() {
		this.state = State.CLOSED;
		timers().disarm(Kind.IDLE);
		context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
		this.flushPending = false;
	}

	// A close with unread bytes would be a reset, which may overtake the response on its
	// way to the client (RFC 9112 §9.6): so only our side is closed, and what still comes
	// is read away for a while.
	private void linger() {
		this.state = State.LINGERING;
		this.flushPending = false;
		this.inbound.release();
		this.inbound = Unpooled.EMPTY_BUFFER;
		timers().disarm(Kind.BODY);
		timers().disarm(Kind.HEADER);
		timers().disarm(Kind.IDLE);
		timers().arm(Kind.LINGER, LINGER_NANOS);
		this.services.connections().remove(this);
		context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) (sent) -> {
			if (sent.channel() instanceof DuplexChannel channel && !this.inputClosed) {
				channel.shutdownOutput();
			}
			else {
				sent.channel().close();
			}
		});
	}

	/** Close the socket, whatever is in flight. Any thread may call. */
	void close() {
		context().close();
	}

	private void abortExchange() {
		Exchange aborted = this.exchange;
		if (aborted != null) {
			this.exchange = null;
			aborted.abort(new IOException("The client has closed the connection"));
			this.services.observer().exchangeEnded(false);
		}
	}

	/** Close when nothing is in flight. Any thread may call. */
	void drain() {
		executor().execute(this::drainInLoop);
	}

	private void drainInLoop() {
		this.draining = true;
		if (this.state == State.READING_HEAD && !this.parser.isStarted()) {
			long quiet = System.nanoTime() - this.lastUsed;
			if (quiet >= DRAIN_QUIET_NANOS) {
				closeWhenSent();
			}
			else {
				timers().disarm(Kind.HEADER);
				timers().arm(Kind.IDLE, DRAIN_QUIET_NANOS - quiet);
			}
		}
	}

	private void timedOut(Kind kind) {
		switch (kind) {
			case HEADER -> headerTimedOut();
			case BODY -> bodyTimedOut();
			case WRITE -> writeTimedOut();
			case IDLE, HALF_CLOSED -> {
				this.services.observer().timedOut(kind.id());
				close();
			}
			case LINGER -> close();
		}
	}

	private void headerTimedOut() {
		this.services.observer().timedOut(Kind.HEADER.id());
		if (this.parser.isStarted()) {
			refuse(new ProtocolException(ProtocolException.Kind.TIMEOUT, 408, "The request head did not come in time"));
		}
		else {
			close();
		}
	}

	private void bodyTimedOut() {
		if (this.state == State.DRAINING_BODY) {
			linger();
			return;
		}
		if (this.exchange == null || this.decoder == null || this.bodyPaused) {
			return;
		}
		// The moment at which the bytes that came will have been too few.
		long allowed = this.bodyWantedSince + this.services.timeouts().bodyGrace().toNanos()
				+ bodyRateNanos(this.decoder.received()) - System.nanoTime();
		if (allowed > 0) {
			timers().arm(Kind.BODY, allowed);
		}
		else if (this.services.timeouts().minBodyRate() > 0) {
			this.services.observer().timedOut(Kind.BODY.id());
			refuse(this.exchange,
					new ProtocolException(ProtocolException.Kind.TIMEOUT, 408, "The request body comes too slowly"));
		}
	}

	private long bodyRateNanos(long bytes) {
		long rate = this.services.timeouts().minBodyRate();
		return (rate > 0) ? (long) (bytes * 1e9 / rate) : 0;
	}

	private void writeTimedOut() {
		long pending = pendingBytes();
		if (pending == 0) {
			return;
		}
		long flushed = this.bytesQueued - pending;
		if (flushed > this.bytesSeenFlushed) {
			this.bytesSeenFlushed = flushed;
			timers().arm(Kind.WRITE, this.services.timeouts().write());
			return;
		}
		this.services.observer().timedOut(Kind.WRITE.id());
		close();
	}

	// What a handler may know

	@Override
	public String id() {
		return context().channel().id().asShortText();
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public InetSocketAddress localAddress() {
		return this.localAddress;
	}

	@Override
	public @Nullable SSLSession sslSession() {
		return null;
	}

	private ChannelHandlerContext context() {
		return Objects.requireNonNull(this.context);
	}

	private ConnectionTimers timers() {
		return Objects.requireNonNull(this.timers);
	}

	private ResponseWriter writer() {
		return Objects.requireNonNull(this.writer);
	}

	private enum State {

		READING_HEAD, EXCHANGE, DRAINING_BODY, LINGERING, CLOSED

	}

}
