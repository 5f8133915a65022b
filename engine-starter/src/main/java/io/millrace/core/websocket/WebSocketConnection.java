package io.millrace.core.websocket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.RequestBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket connection (RFC 6455) on an exchange that has switched protocols.
 * <p>
 * What comes is read by one thread at a time, whichever the executor takes: the event
 * loop or a worker. It reads until one message is whole that nobody has requested yet;
 * then nothing is read until somebody does, and what the client sends more stays with it
 * but for some 64 KB. Pings are answered and a close is seen as long as that is not so.
 * <p>
 * Any thread may send. Where something compresses or is fragmented, messages leave in the
 * order of the calls.
 */
public final class WebSocketConnection {

	private static final Logger logger = LoggerFactory.getLogger(WebSocketConnection.class);

	private static final AtomicIntegerFieldUpdater<WebSocketConnection> SIGNALS = AtomicIntegerFieldUpdater
		.newUpdater(WebSocketConnection.class, "signals");

	private static final AtomicLongFieldUpdater<WebSocketConnection> REQUESTED = AtomicLongFieldUpdater
		.newUpdater(WebSocketConnection.class, "requested");

	// How often something is read or told before other connections have their turn: some
	// 64 messages.
	private static final int TURNS = 128;

	private final Exchange exchange;

	private final RequestBody body;

	private final WebSocketReceiver receiver;

	private final Executor executor;

	private final MessageLimits limits;

	private final MessageReader reader;

	private final MessageSender sender;

	private final WritableListeners listeners;

	// 0 for ever.
	private final long sendNanos;

	private final @Nullable Heartbeat heartbeat;

	// One until it is started: nothing is told before.
	private volatile int signals = 1;

	private volatile long requested;

	// Whether the engine was asked to tell of news, and has not yet.
	private volatile boolean awaited;

	// Whether messages are thrown away that still come.
	private volatile boolean discarding;

	// What follows belongs to whoever reads.
	private @Nullable ByteBuf current;

	private int turns;

	private volatile @Nullable Incoming held;

	private volatile boolean finished;

	/**
	 * Create a connection. {@link #start} makes it read.
	 * @param exchange the exchange, which has been told to
	 * {@linkplain Exchange#upgrade(String) switch}
	 * @param body what the client sends from then on
	 * @param handshake what was agreed on
	 * @param partial whether the receiver wants messages in pieces, as they come
	 * @param executor runs what reads and tells the receiver; in the calling thread, or
	 * in any other, it sees to it itself that there is one at a time
	 * @param receiver is told what comes
	 */
	public WebSocketConnection(Exchange exchange, RequestBody body, WebSocketHandshake handshake, boolean partial,
			Executor executor, WebSocketReceiver receiver) {
		this.exchange = exchange;
		this.body = body;
		this.receiver = receiver;
		this.executor = executor;
		WebSocketOptions options = handshake.options();
		PerMessageDeflate deflate = handshake.deflate();
		this.sendNanos = options.timeouts().send().toNanos();
		this.limits = new MessageLimits(options.maxMessageSize());
		this.reader = new MessageReader(this.limits, options.maxFrameSize(), partial,
				(deflate != null) ? deflate.inflater() : null);
		this.heartbeat = Heartbeat.of(this, exchange.stream().executor(), options);
		this.listeners = new WritableListeners(exchange.responseBody());
		this.sender = new MessageSender(this, exchange, options.timeouts().close(), deflate);
		exchange.onDrain(() -> this.sender.inLoop(() -> close(CloseReason.GOING_AWAY, "The server stops")));
	}

	/**
	 * Read from now on. To be called once, when the head that switches protocols was
	 * written. Before, the receiver is told nothing, not even that the connection was
	 * closed.
	 */
	public void start() {
		this.exchange.onEnd((outcome) -> signal());
		if (this.heartbeat != null) {
			this.heartbeat.start();
		}
		this.executor.execute(this::run);
	}

	/**
	 * Take that many messages more; pongs count as messages. Any thread may call.
	 * @param count 1 or more, {@link Long#MAX_VALUE} for all
	 */
	public void request(long count) {
		REQUESTED.accumulateAndGet(this, count, (known, more) -> (known + more < 0) ? Long.MAX_VALUE : known + more);
		signal();
	}

	/**
	 * Throw away all messages that still come. Any thread may call.
	 */
	public void discard() {
		this.discarding = true;
		signal();
	}

	/**
	 * How large messages may be, changed from now on.
	 * @param text bytes of a text, 1 or more
	 * @param binary bytes of another message, 1 or more
	 */
	public void limit(int text, int binary) {
		this.limits.text(text);
		this.limits.binary(binary);
	}

	/**
	 * How large a text may be.
	 * @return bytes
	 */
	public int textLimit() {
		return this.limits.text();
	}

	/**
	 * How large a message may be that is no text.
	 * @return bytes
	 */
	public int binaryLimit() {
		return this.limits.binary();
	}

	// What comes

	private void signal() {
		if (SIGNALS.getAndIncrement(this) == 0) {
			this.executor.execute(this::run);
		}
	}

	private void run() {
		// The loop has only what it has read itself, and goes back to the others then.
		this.turns = isOnLoop() ? Integer.MAX_VALUE : TURNS;
		int seen = 1;
		while (seen != 0) {
			if (isDone()) {
				seen = SIGNALS.addAndGet(this, -seen);
			}
			else if (isHandedOver()) {
				return;
			}
		}
	}

	// The signals stay, so that nobody else begins meanwhile.
	private boolean isHandedOver() {
		this.turns = TURNS;
		try {
			this.executor.execute(this::run);
			return true;
		}
		catch (RejectedExecutionException ex) {
			// The server stops.
			return false;
		}
	}

	private boolean isDone() {
		try {
			return advance();
		}
		catch (Throwable ex) {
			logger.error("A WebSocket connection is closed because of a defect", ex);
			fail(ex);
			return true;
		}
	}

	private void fail(Throwable defect) {
		CloseReason reason = new CloseReason(CloseReason.SERVER_ERROR, "");
		try {
			this.sender.close(reason);
		}
		catch (Throwable ex) {
			// Where there is no memory, there may be none for goodbye either.
			this.exchange.fail(ex);
		}
		finish(reason, new IOException(defect));
	}

	// False where it is the turn of others, and there may be more to do.
	private boolean advance() {
		while (!this.finished) {
			if (this.exchange.outcome() != null) {
				finish(CloseReason.LOST, new IOException("The client has gone without closing its WebSocket"));
				return true;
			}
			if (this.turns-- == 0) {
				return false;
			}
			Incoming waiting = this.held;
			if (waiting != null) {
				if (!isWanted()) {
					return true;
				}
				this.held = null;
				deliver(waiting);
			}
			else if (!readOn()) {
				return true;
			}
		}
		return true;
	}

	// Whether what is held may be told, or thrown away.
	private boolean isWanted() {
		if (isDiscarding()) {
			return true;
		}
		long known = this.requested;
		if (known > 0 && known < Long.MAX_VALUE) {
			REQUESTED.decrementAndGet(this);
		}
		return known > 0;
	}

	private boolean isDiscarding() {
		return this.discarding || this.sender.isClosing();
	}

	private boolean readOn() {
		try {
			ByteBuf in = this.current;
			if (in == null) {
				in = this.body.read();
				if (in == null) {
					return awaitMore();
				}
				this.current = in;
				if (this.heartbeat != null) {
					this.heartbeat.received();
				}
			}
			Incoming whole = this.reader.read(in);
			if (!in.isReadable()) {
				this.current = null;
				in.release();
			}
			if (whole != null) {
				take(whole);
			}
			return true;
		}
		catch (WebSocketViolation ex) {
			violated(ex);
		}
		catch (IOException ex) {
			finish(CloseReason.LOST, ex);
		}
		return false;
	}

	private boolean awaitMore() {
		if (this.body.isEnded()) {
			finish(CloseReason.LOST, new IOException("The client has gone without closing its WebSocket"));
			return false;
		}
		if (!this.awaited) {
			this.awaited = true;
			this.body.demand(() -> {
				this.awaited = false;
				signal();
			});
		}
		return false;
	}

	private void take(Incoming whole) throws WebSocketViolation {
		switch (whole.opcode()) {
			case PING -> this.sender.pong(whole.payload());
			case CLOSE -> closed(ClosePayload.parse(whole.payload()));
			default -> this.held = whole;
		}
	}

	private void deliver(Incoming message) {
		if (isDiscarding()) {
			return;
		}
		try {
			switch (message.opcode()) {
				case TEXT -> this.receiver.text(message.payload(), message.last());
				case BINARY -> this.receiver.binary(message.payload(), message.last());
				default -> this.receiver.pong(message.payload());
			}
		}
		catch (Throwable ex) {
			logger.error("The receiver of a WebSocket message failed", ex);
			close(CloseReason.SERVER_ERROR, "");
		}
	}

	// RFC 6455 §5.5.1: answered with the same code. We close the connection first
	// (§7.1.1).
	private void closed(CloseReason theirs) {
		CloseReason ours = this.sender.reason();
		this.sender.close(new CloseReason(theirs.code(), ""));
		finish((ours != null) ? ours : theirs, null);
	}

	private void violated(WebSocketViolation violation) {
		this.exchange.violated(ProtocolException.Kind.WEBSOCKET);
		this.sender.close(violation.reason());
		finish(violation.reason(), null);
	}

	private void finish(CloseReason reason, @Nullable IOException cause) {
		if (this.finished) {
			return;
		}
		this.finished = true;
		this.held = null;
		ByteBuf left = this.current;
		if (left != null) {
			this.current = null;
			left.release();
		}
		this.reader.end();
		if (this.heartbeat != null) {
			this.heartbeat.stop();
		}
		CloseReason ours = this.sender.reason();
		this.sender.end();
		this.listeners.end();
		try {
			this.receiver.closed((cause != null && ours != null) ? ours : reason, (ours != null) ? null : cause);
		}
		catch (Throwable ex) {
			logger.error("The receiver of a closed WebSocket connection failed", ex);
		}
	}

	// What goes. Any thread may call.

	/**
	 * Send a message, or a piece of one. Never blocks.
	 * @param text whether it is a text
	 * @param payload what is sent, in UTF-8 for a text; released by this method in any
	 * case
	 * @param last whether the message ends here; the pieces of one are sent one after the
	 * other, with no other message between them
	 * @return {@code false} where the connection is closed
	 */
	public boolean send(boolean text, ByteBuf payload, boolean last) {
		if (this.heartbeat != null) {
			this.heartbeat.sent();
		}
		return this.sender.message(text ? Opcode.TEXT : Opcode.BINARY, payload, last);
	}

	/**
	 * Send a ping.
	 * @param payload what the client answers with, 125 bytes at most, released in any
	 * case
	 * @return {@code false} where the connection is closed
	 */
	public boolean ping(ByteBuf payload) {
		return this.sender.control(Opcode.PING, payload);
	}

	/**
	 * Send a pong that nobody has asked for; who has asked gets one by itself.
	 * @param payload what is said, 125 bytes at most, released in any case
	 * @return {@code false} where the connection is closed
	 */
	public boolean pong(ByteBuf payload) {
		return this.sender.control(Opcode.PONG, payload);
	}

	/**
	 * Say goodbye, and close the connection when the client has answered, or after a
	 * while. What it sends meanwhile is thrown away.
	 * @param code why (RFC 6455 §7.4); one that may not be sent says nothing
	 * @param text what is said beside it, cut where it is longer than fits
	 * @return {@code false} where the connection was closed already
	 */
	public boolean close(int code, String text) {
		boolean first = this.sender.close(new CloseReason(code, text));
		if (first) {
			this.sender.awaitAnswer();
			signal();
		}
		return first;
	}

	/**
	 * Whether messages can be sent and received.
	 * @return {@code false} as soon as one side has said goodbye
	 */
	public boolean isOpen() {
		return !this.sender.isClosing() && this.exchange.outcome() == null;
	}

	/**
	 * Whether more should be sent now.
	 * @return {@code false} while more than some 64 KB wait for the client
	 */
	public boolean isWritable() {
		return this.exchange.responseBody().isWritable() || this.finished;
	}

	/**
	 * Be told once when more should be sent, or when the connection has ended.
	 * @param listener told by any thread, must not block
	 */
	public void onWritable(Runnable listener) {
		this.listeners.add(listener);
	}

	/**
	 * Whether the calling thread is the event loop of the connection, which cannot wait
	 * for its client.
	 * @return whether it is
	 */
	public boolean isOnLoop() {
		return this.exchange.stream().executor().inEventLoop();
	}

	/**
	 * Wait while the client takes nothing. On the event loop it returns at once: waiting
	 * there would be for ever. A client that reads a trickle is cut in the end, as no
	 * other timeout sees it.
	 * @throws IOException where the thread is interrupted, or the client takes too long
	 */
	public void awaitWritable() throws IOException {
		if (isOnLoop()) {
			return;
		}
		long begun = System.nanoTime();
		while (!isWritable() && this.exchange.outcome() == null) {
			Waiting waiting = new Waiting(Thread.currentThread());
			this.listeners.add(waiting);
			if (!waiting.park(begun, this.sendNanos)) {
				IOException slow = new IOException("The client takes too long to take a message");
				this.exchange.silent();
				this.exchange.fail(slow);
				throw slow;
			}
		}
	}

	/**
	 * Whether the client cannot be heard, since the application is at work or has
	 * requested no more.
	 * @return whether it has to be trusted to be there
	 */
	boolean isDeaf() {
		return this.held != null || this.signals != 0;
	}

	// Nothing was sent in either direction for too long. Called by the event loop.
	void silent() {
		this.exchange.silent();
		close(CloseReason.GOING_AWAY, "Nothing was said for too long");
	}

	// The client did not answer. Called by the event loop.
	void gone() {
		this.exchange.silent();
		this.exchange.fail(new IOException("The client does not answer"));
	}

	void keepAlive() {
		this.sender.control(Opcode.PING, Unpooled.EMPTY_BUFFER);
	}

	void whenWritable(Runnable listener) {
		this.listeners.add(listener);
	}

	/** A thread that waits for the client. */
	private static final class Waiting implements Runnable {

		private final Thread thread;

		private volatile boolean told;

		Waiting(Thread thread) {
			this.thread = thread;
		}

		@Override
		public void run() {
			this.told = true;
			LockSupport.unpark(this.thread);
		}

		// False where the time is over.
		boolean park(long begun, long nanos) throws InterruptedIOException {
			while (!this.told) {
				if (nanos == 0) {
					LockSupport.park(this);
				}
				else {
					long left = nanos - (System.nanoTime() - begun);
					if (left <= 0) {
						return false;
					}
					LockSupport.parkNanos(this, left);
				}
				if (this.thread.isInterrupted()) {
					throw new InterruptedIOException("Interrupted while waiting for the client to take a message");
				}
			}
			return true;
		}

	}

}
