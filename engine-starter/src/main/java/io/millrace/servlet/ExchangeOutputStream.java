package io.millrace.servlet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

import io.millrace.core.http.Exchange;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response (Servlet 6.1 §5): collected in one pooled buffer, so that head
 * and body of an ordinary response are one write; parts only where it overflows or is
 * flushed.
 *
 * <pre>
 *   UPGRADING  the response will have no body, unless an error takes that back
 *     │  ▲
 *   OPEN ⇄ SUSPENDED    sendError, sendRedirect and forward suspend, the error dispatch reopens
 *     └───────┴──▶ CLOSED   closed: who writes is told
 *             └──▶ ENDED    all of the Content-Length was written, or the request has ended
 * </pre>
 *
 * Written by one thread at a time. The monitor guards the buffer against threads that
 * write after the end of the response; nobody waits while holding it.
 */
final class ExchangeOutputStream extends ListeningOutputStream {

	private static final int DEFAULT_CAPACITY = 8 * 1024;

	private static final int LEAST = 256;

	// A part that is written through is copied once; this bounds how much at a time.
	private static final int LARGEST_PART = 64 * 1024;

	private static final int TEXT_PIECE = 2048;

	private final Exchange exchange;

	private final ExchangeServletResponse response;

	// All guarded by this.
	private @Nullable ByteBuf buffer;

	private int capacity = DEFAULT_CAPACITY;

	private long declared = -1;

	private long accepted;

	private State state = State.OPEN;

	private boolean forwarded;

	// Written under the monitor, read without it.
	private volatile boolean committed;

	ExchangeOutputStream(Exchange exchange, ExchangeServletResponse response, ServletCycle cycle) {
		super(exchange, cycle);
		this.exchange = exchange;
		this.response = response;
	}

	@Override
	public void write(int octet) throws IOException {
		requireReady();
		boolean sent = false;
		synchronized (this) {
			if (isAccepting()) {
				ByteBuf target = buffer(1);
				target.writeByte(octet);
				sent = accept(1);
			}
		}
		if (sent) {
			awaitWritable();
		}
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		requireReady();
		accept(bytes, offset, length);
	}

	private void accept(byte[] bytes, int offset, int length) throws IOException {
		int at = offset;
		int end = offset + length;
		while (at < end) {
			boolean sent;
			synchronized (this) {
				if (!isAccepting()) {
					return;
				}
				ByteBuf known = this.buffer;
				int buffered = (known != null) ? known.readableBytes() : 0;
				if (buffered > 0 && buffered + (end - at) > this.capacity) {
					sendAhead(take());
					sent = true;
				}
				else {
					int count = Math.min(end - at, LARGEST_PART);
					buffer(count).writeBytes(bytes, at, count);
					at += count;
					sent = accept(count);
				}
			}
			if (sent) {
				awaitWritable();
			}
		}
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		Objects.requireNonNull(bytes, "The buffer is null");
		requireReady();
		if (bytes.hasArray()) {
			accept(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
			bytes.position(bytes.limit());
			return;
		}
		byte[] piece = new byte[Math.min(bytes.remaining(), LARGEST_PART)];
		while (bytes.hasRemaining()) {
			int count = Math.min(bytes.remaining(), piece.length);
			bytes.get(piece, 0, count);
			accept(piece, 0, count);
		}
	}

	/**
	 * Write text.
	 * @param encoder encodes it
	 * @param text the text
	 * @param start where it starts
	 * @param end where it ends
	 * @throws IOException where the client has gone
	 */
	void write(TextEncoder encoder, CharSequence text, int start, int end) throws IOException {
		requireReady();
		int at = start;
		while (at < end) {
			int pieceEnd = Math.min(end, at + TEXT_PIECE);
			boolean sent;
			synchronized (this) {
				if (!isAccepting()) {
					return;
				}
				ByteBuf target = buffer(pieceEnd - at);
				int before = target.writerIndex();
				encoder.encode(target, text, at, pieceEnd);
				sent = accept(target.writerIndex() - before);
			}
			at = pieceEnd;
			if (sent) {
				awaitWritable();
			}
		}
	}

	// Guarded by this. What comes when the application has no say any more is dropped.
	private boolean isAccepting() throws IOException {
		if (this.state == State.CLOSED) {
			throw new IOException("The response was closed, and nothing can be written to it any more");
		}
		return this.state == State.OPEN;
	}

	/**
	 * Write what the encoder still has.
	 * @param encoder whose text has ended
	 */
	synchronized void finish(TextEncoder encoder) {
		if (this.state == State.OPEN && encoder.hasRest()) {
			ByteBuf target = buffer(LEAST);
			int before = target.writerIndex();
			encoder.finish(target);
			accept(target.writerIndex() - before);
		}
	}

	// Guarded by this.
	private ByteBuf buffer(int needed) {
		ByteBuf known = this.buffer;
		if (known == null) {
			known = this.exchange.allocator().buffer(Math.max(needed, LEAST));
			this.buffer = known;
		}
		return known;
	}

	// Guarded by this.
	private @Nullable ByteBuf take() {
		ByteBuf taken = this.buffer;
		this.buffer = null;
		return taken;
	}

	/**
	 * Count what was put into the buffer and send it where it has to be sent. What is
	 * beyond the Content-Length is dropped.
	 * @return whether something was sent
	 */
	// Guarded by this.
	private boolean accept(int count) {
		ByteBuf known = buffer(0);
		this.accepted += count;
		if (this.declared >= 0 && this.accepted >= this.declared) {
			known.writerIndex(known.writerIndex() - (int) (this.accepted - this.declared));
			// §5.7: the response is closed when all of its content is there.
			end(State.ENDED);
			return true;
		}
		if (known.readableBytes() > this.capacity) {
			sendAhead(take());
			return true;
		}
		return false;
	}

	/**
	 * Hand over a part. The first one fixes the head.
	 * @param data the bytes, released in any case
	 * @param last whether the response ends here
	 */
	// Guarded by this.
	private void send(@Nullable ByteBuf data, boolean last) {
		prepareHead(data);
		this.exchange.responseBody().write(data, last);
	}

	// Guarded by this. The buffer is full, and nobody has asked to send it.
	private void sendAhead(@Nullable ByteBuf data) {
		prepareHead(data);
		this.exchange.responseBody().writeAhead(data);
	}

	// Guarded by this. Releases what cannot be sent then.
	private void prepareHead(@Nullable ByteBuf data) {
		boolean prepared = false;
		try {
			if (!this.committed) {
				this.response.prepareHead();
				this.committed = true;
			}
			prepared = true;
		}
		finally {
			if (!prepared && data != null) {
				data.release();
			}
		}
	}

	// Guarded by this.
	private void end(State end) {
		this.state = end;
		ByteBuf data = take();
		if (this.response.hasTrailers()) {
			// Trailer fields need a body of parts, and are asked for when it is whole.
			send(data, false);
			this.response.prepareTrailers();
			this.exchange.responseBody().write(null, true);
		}
		else {
			send(data, true);
		}
	}

	@Override
	public void flush() throws IOException {
		requireReady();
		flushBuffer();
	}

	/**
	 * Send what is in the buffer, and the head if it was not sent.
	 * @throws IOException where the client has gone
	 */
	void flushBuffer() throws IOException {
		boolean sent = false;
		synchronized (this) {
			ByteBuf known = this.buffer;
			if (this.state == State.OPEN && (!this.committed || (known != null && known.isReadable())
					|| this.exchange.responseBody().isHolding())) {
				send(take(), false);
				sent = true;
			}
		}
		if (sent) {
			awaitWritable();
		}
	}

	@Override
	public synchronized void close() throws IOException {
		if (this.state == State.OPEN && this.forwarded) {
			this.state = State.SUSPENDED;
		}
		else if (this.state == State.OPEN) {
			end(State.CLOSED);
		}
	}

	/**
	 * A forward has returned and closes the wrappers of the response: then this is only
	 * suspended, because an error further out still gets its page.
	 * @param forwarded whether that is what happens
	 */
	synchronized void forwarded(boolean forwarded) {
		this.forwarded = forwarded;
	}

	/**
	 * Whether nothing has been written.
	 * @return whether there is nothing in the buffer, and nothing was sent
	 */
	synchronized boolean isUntouched() {
		return !this.committed && this.accepted == 0;
	}

	/** The container ends the response, whatever state it is in. */
	synchronized void complete() {
		if (!isClosed()) {
			end(State.ENDED);
		}
	}

	/** Release what was not sent; nothing is accepted any more. */
	synchronized void abandon() {
		this.state = State.ENDED;
		ByteBuf left = take();
		if (left != null) {
			left.release();
		}
	}

	synchronized void suspend() {
		if (this.state == State.OPEN) {
			this.state = State.SUSPENDED;
		}
	}

	/** Nothing that is written counts: the protocol will be switched. */
	synchronized void upgrade() {
		if (this.state == State.OPEN) {
			this.state = State.UPGRADING;
		}
	}

	/** The protocol will not be switched. */
	synchronized void keepHttp() {
		if (this.state == State.UPGRADING) {
			this.state = State.OPEN;
		}
	}

	synchronized boolean isUpgrading() {
		return this.state == State.UPGRADING;
	}

	synchronized void reopen() {
		if (this.state == State.SUSPENDED) {
			this.state = State.OPEN;
		}
	}

	/**
	 * Whether the application can change nothing any more.
	 * @return whether the head was sent, or an error or redirect is on its way
	 */
	boolean isCommitted() {
		return this.committed || (this.state != State.OPEN && this.state != State.UPGRADING);
	}

	/**
	 * Whether the head was sent.
	 * @return whether it was
	 */
	boolean isSent() {
		return this.committed;
	}

	synchronized boolean isClosed() {
		return this.state == State.CLOSED || this.state == State.ENDED;
	}

	/**
	 * Say how long the body is.
	 * @param length the number of bytes, -1 for unknown; the response is closed if there
	 * are that many already (§5.7)
	 */
	synchronized void declare(long length) {
		this.declared = length;
		if (length > 0 && this.accepted >= length && this.state == State.OPEN) {
			accept(0);
		}
	}

	synchronized int capacity() {
		return this.capacity;
	}

	synchronized void capacity(int size) {
		if (!isUntouched()) {
			throw new IllegalStateException("The buffer size cannot be set after something was written");
		}
		// At least what was asked for (§5.1): a smaller one would commit too early for
		// many an error page.
		this.capacity = Math.max(this.capacity, size);
	}

	/** Forget what is in the buffer. Nothing must have been sent. */
	synchronized void resetBuffer() {
		if (this.committed) {
			throw new IllegalStateException("The response has been committed already");
		}
		this.accepted = 0;
		if (this.buffer != null) {
			this.buffer.clear();
		}
	}

	private enum State {

		OPEN, UPGRADING, SUSPENDED, CLOSED, ENDED

	}

}
