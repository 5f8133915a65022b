package io.millrace.servlet;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.http.Exchange;
import io.netty.buffer.ByteBuf;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response (Servlet 6.1 §5): collected in one pooled buffer, so that head
 * and body of an ordinary response are one write; parts only where it overflows or is
 * flushed. Blocks while the client takes nothing, unless there is a
 * {@link WriteListener}.
 *
 * <pre>
 *   OPEN ⇄ SUSPENDED    sendError, sendRedirect and forward suspend, the error dispatch reopens
 *     └───────┴──▶ CLOSED   closed: who writes is told
 *             └──▶ ENDED    all of the Content-Length was written, or the request has ended
 * </pre>
 *
 * Written by one thread at a time. The monitor guards the buffer against threads that
 * write after the end of the response; nobody waits while holding it.
 */
final class ExchangeOutputStream extends ServletOutputStream {

	private static final int DEFAULT_CAPACITY = 8 * 1024;

	private static final int LEAST = 256;

	// A part that is written through is copied once; this bounds how much at a time.
	private static final int LARGEST_PART = 64 * 1024;

	private static final int TEXT_PIECE = 2048;

	private final Exchange exchange;

	private final ExchangeServletResponse response;

	private final ServletCycle cycle;

	// All guarded by this.
	private @Nullable ByteBuf buffer;

	private int capacity = DEFAULT_CAPACITY;

	private long declared = -1;

	private long accepted;

	private State state = State.OPEN;

	private boolean forwarded;

	// Written under the monitor, read without it.
	private volatile boolean committed;

	private volatile boolean writable;

	private @Nullable WriteListener listener;

	private boolean unready;

	private boolean errorTold;

	ExchangeOutputStream(Exchange exchange, ExchangeServletResponse response, ServletCycle cycle) {
		this.exchange = exchange;
		this.response = response;
		this.cycle = cycle;
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
					send(take(), false);
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
		if (bytes.hasArray()) {
			write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
			bytes.position(bytes.limit());
			return;
		}
		byte[] piece = new byte[Math.min(bytes.remaining(), LARGEST_PART)];
		while (bytes.hasRemaining()) {
			int count = Math.min(bytes.remaining(), piece.length);
			bytes.get(piece, 0, count);
			write(piece, 0, count);
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
			send(take(), false);
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
		this.exchange.responseBody().write(data, last);
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
		boolean sent = false;
		synchronized (this) {
			ByteBuf known = this.buffer;
			if (this.state == State.OPEN && (!this.committed || (known != null && known.isReadable()))) {
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
		return this.committed || this.state != State.OPEN;
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

	private void awaitWritable() throws IOException {
		if (this.listener == null && !this.exchange.stream().executor().inEventLoop()) {
			while (!this.exchange.responseBody().isWritable() && this.exchange.outcome() == null) {
				park();
			}
		}
		if (this.exchange.outcome() == Exchange.Outcome.ABORTED) {
			throw new ClientAbortException(null);
		}
	}

	private void park() throws InterruptedIOException {
		Thread thread = Thread.currentThread();
		this.writable = false;
		this.exchange.responseBody().onWritable(() -> {
			this.writable = true;
			LockSupport.unpark(thread);
		});
		while (!this.writable) {
			LockSupport.park(this);
			if (thread.isInterrupted()) {
				throw new InterruptedIOException("Interrupted while waiting for the client to take the response");
			}
		}
	}

	private void requireReady() {
		if (this.unready) {
			throw new IllegalStateException("Nothing can be written now: isReady() has said so");
		}
	}

	@Override
	public boolean isReady() {
		if (this.exchange.responseBody().isWritable() || this.exchange.outcome() != null) {
			return true;
		}
		if (this.listener != null && !this.unready) {
			this.unready = true;
			this.exchange.responseBody().onWritable(this.cycle::writable);
		}
		return false;
	}

	@Override
	public void setWriteListener(WriteListener listener) {
		if (listener == null) {
			throw new NullPointerException("The write listener is null");
		}
		if (this.listener != null) {
			throw new IllegalStateException("There is a write listener already");
		}
		this.cycle.requireAsync("A write listener");
		this.listener = listener;
		this.cycle.writable();
	}

	/**
	 * Tell the listener that it can write. Called by the cycle on a container thread.
	 * @throws IOException by the listener
	 */
	void callListener() throws IOException {
		WriteListener listener = this.listener;
		if (listener == null || this.errorTold) {
			return;
		}
		this.unready = false;
		try {
			if (this.exchange.outcome() == Exchange.Outcome.ABORTED) {
				throw new ClientAbortException(null);
			}
			listener.onWritePossible();
		}
		catch (IOException | RuntimeException ex) {
			tellError(ex);
			throw ex;
		}
	}

	/**
	 * Tell the listener, once, that nothing can be written any more.
	 * @param cause why
	 */
	void tellError(Throwable cause) {
		if (this.listener != null && !this.errorTold) {
			this.errorTold = true;
			this.listener.onError(cause);
		}
	}

	private enum State {

		OPEN, SUSPENDED, CLOSED, ENDED

	}

}
