package io.millrace.core.websocket;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ResponseBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames, in one order for all threads, until a close frame was sent:
 *
 * <pre>
 *   OPEN ── close ──▶ CLOSING: nothing more is sent, the client's close is waited for
 *    └────── end ───────┴──▶ ENDED
 * </pre>
 *
 * The monitor orders what is sent; nobody waits while holding it.
 */
final class MessageSender {

	// Up to it a payload is copied behind its header, for one buffer instead of two.
	private static final int COPY_LIMIT = 4096;

	private static final int MAX_HEADER = 10;

	private static final int MAX_CONTROL = 125;

	private final WebSocketConnection connection;

	private final Exchange exchange;

	private final ResponseBody out;

	private final long closeNanos;

	// Guarded by this, as is what follows.
	private final @Nullable MessageDeflater deflater;

	private volatile State state = State.OPEN;

	private boolean fragmented;

	// Only the last ping need be answered (RFC 6455 §5.5.3).
	private byte @Nullable [] pong;

	private volatile @Nullable CloseReason reason;

	private @Nullable Future<?> timer;

	MessageSender(WebSocketConnection connection, Exchange exchange, Duration closeTimeout,
			@Nullable PerMessageDeflate deflate) {
		this.connection = connection;
		this.exchange = exchange;
		this.out = exchange.responseBody();
		this.closeNanos = closeTimeout.toNanos();
		this.deflater = (deflate != null) ? deflate.deflater() : null;
	}

	boolean isClosing() {
		return this.state != State.OPEN;
	}

	/** What we said when we said goodbye, {@code null} where we have not. */
	@Nullable CloseReason reason() {
		return this.reason;
	}

	boolean message(Opcode opcode, ByteBuf payload, boolean last) {
		synchronized (this) {
			// A client that has gone is told to whoever reads, who may be sending.
			if (this.state == State.OPEN && this.exchange.outcome() == null) {
				boolean whole = last && !this.fragmented;
				ByteBuf compressed = whole ? compress(payload) : null;
				frame(this.fragmented ? Opcode.CONTINUATION : opcode, (compressed != null) ? compressed : payload, last,
						compressed != null);
				this.fragmented = !last;
				if (compressed == null) {
					return true;
				}
				payload.release();
				return true;
			}
		}
		payload.release();
		return false;
	}

	private @Nullable ByteBuf compress(ByteBuf payload) {
		MessageDeflater known = this.deflater;
		int size = payload.readableBytes();
		boolean worth = size >= MessageDeflater.MIN_SIZE
				&& (size <= MessageDeflater.MAX_SIZE_ON_LOOP || !this.connection.isOnLoop());
		return (known != null && worth) ? known.deflate(payload, this.exchange.allocator()) : null;
	}

	boolean control(Opcode opcode, ByteBuf payload) {
		if (payload.readableBytes() > MAX_CONTROL) {
			int size = payload.readableBytes();
			payload.release();
			throw new IllegalArgumentException("A control frame has 125 bytes at most, and this one " + size);
		}
		synchronized (this) {
			if (this.state == State.OPEN) {
				frame(opcode, payload, true, false);
				return true;
			}
		}
		payload.release();
		return false;
	}

	/**
	 * Answer a ping. A client that pings and does not read gets one answer when it does.
	 * @param payload what it said
	 */
	void pong(byte[] payload) {
		if (this.connection.isWritable()) {
			control(Opcode.PONG, Unpooled.wrappedBuffer(payload));
			return;
		}
		boolean first;
		synchronized (this) {
			first = this.pong == null;
			this.pong = payload;
		}
		if (first) {
			this.connection.whenWritable(this::pongNow);
		}
	}

	private void pongNow() {
		byte[] payload;
		synchronized (this) {
			payload = this.pong;
			this.pong = null;
		}
		if (payload != null) {
			control(Opcode.PONG, Unpooled.wrappedBuffer(payload));
		}
	}

	/**
	 * Say goodbye.
	 * @param said why
	 * @return {@code false} where that was done already
	 */
	synchronized boolean close(CloseReason said) {
		if (this.state != State.OPEN) {
			return false;
		}
		this.reason = said;
		frame(Opcode.CLOSE, ClosePayload.of(said, this.exchange.allocator()), true, false);
		this.state = State.CLOSING;
		return true;
	}

	/** The client has some time to say goodbye too. */
	void awaitAnswer() {
		synchronized (this) {
			if (this.state == State.CLOSING && this.closeNanos > 0
					&& !this.exchange.stream().executor().isShuttingDown()) {
				this.timer = this.exchange.stream()
					.executor()
					.schedule(this::unanswered, this.closeNanos, TimeUnit.NANOSECONDS);
			}
		}
	}

	private void unanswered() {
		this.exchange.fail(new java.io.IOException("The client has not answered a close"));
	}

	/** Close the connection when everything is sent. */
	void end() {
		Future<?> scheduled;
		synchronized (this) {
			if (this.state == State.ENDED) {
				return;
			}
			this.state = State.ENDED;
			if (this.deflater != null) {
				this.deflater.end();
			}
			scheduled = this.timer;
			this.timer = null;
		}
		// Whoever is told of the end is told without our monitor.
		if (!this.out.isEnded()) {
			this.out.write(null, true);
		}
		if (scheduled != null) {
			scheduled.cancel(false);
		}
	}

	/**
	 * Do something on the event loop, later.
	 * @param task what to do
	 */
	void inLoop(Runnable task) {
		try {
			this.exchange.stream().executor().execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended, and has closed all its sockets before.
		}
	}

	// Guarded by this. The payload is released.
	private void frame(Opcode opcode, ByteBuf payload, boolean last, boolean compressed) {
		int size = payload.readableBytes();
		boolean copied = size <= COPY_LIMIT;
		ByteBuf frame = this.exchange.allocator().directBuffer(MAX_HEADER + (copied ? size : 0));
		frame.writeByte(opcode.code() | (last ? 0x80 : 0) | (compressed ? 0x40 : 0));
		if (size < 126) {
			frame.writeByte(size);
		}
		else if (size <= 0xFFFF) {
			frame.writeByte(126).writeShort(size);
		}
		else {
			frame.writeByte(127).writeLong(size);
		}
		if (copied) {
			frame.writeBytes(payload);
			payload.release();
			this.out.write(frame, false);
		}
		else {
			this.out.write(frame, false);
			this.out.write(payload, false);
		}
	}

	private enum State {

		OPEN, CLOSING, ENDED

	}

}
