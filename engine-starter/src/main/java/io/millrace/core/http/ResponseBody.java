package io.millrace.core.http;

import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The response on its way out, and the one place where other threads re-enter the event
 * loop. The first write commits the {@link ResponseHead}. One thread writes at a time; it
 * need not always be the same.
 */
public final class ResponseBody {

	private static final Logger logger = LoggerFactory.getLogger(ResponseBody.class);

	private static final int HIGH_WATERMARK = 64 * 1024;

	private final Exchange exchange;

	// null where nothing is compressed.
	private final @Nullable ResponseCoder coder;

	// Guarded by this: parts that the loop has not taken yet, and what they weigh.
	private final ArrayDeque<ResponsePart> queue = new ArrayDeque<>(2);

	private long queued;

	private boolean draining;

	private boolean begun;

	private boolean lastSeen;

	// Changed by the event loop.
	private volatile @Nullable Runnable waiting;

	// Of the event loop.
	private boolean throttled;

	// Of the event loop: a long part that is to be compressed waits for the peer.
	private boolean paused;

	ResponseBody(Exchange exchange, @Nullable ResponseCompression compression) {
		this.exchange = exchange;
		this.coder = (compression != null) ? new ResponseCoder(exchange, compression) : null;
	}

	/**
	 * Write a part of the body. Never blocks: a caller that has much to write asks
	 * {@link #isWritable()} between its parts. On the event loop the bytes are handed to
	 * the socket at the end of the current turn, from other threads as soon as the loop
	 * takes them; a worker may hand a small whole response to the socket itself. After
	 * the exchange was aborted the bytes are released and nothing happens.
	 * @param data the bytes, released by this method in any case, or {@code null} for
	 * none
	 * @param last whether the response ends here; with the first write this makes the
	 * engine add a Content-Length
	 * @throws IllegalStateException after the last write
	 */
	public void write(@Nullable ByteBuf data, boolean last) {
		enqueue(ResponsePart.of(data, last, false));
	}

	/**
	 * Write a part of the body that more is to follow soon. The same as {@link #write}
	 * unless the response is compressed: then some of it may stay with the compressor
	 * until it has more, or until the next {@link #write}, be it of nothing.
	 * @param data the bytes, released by this method in any case
	 * @throws IllegalStateException after the last write
	 */
	public void writeAhead(@Nullable ByteBuf data) {
		enqueue(ResponsePart.of(data, false, true));
	}

	/**
	 * Whether something that was written {@linkplain #writeAhead ahead} needs another
	 * write to be sent.
	 * @return whether it may be held back
	 */
	public boolean isHolding() {
		return this.coder != null && this.coder.isHolding();
	}

	/**
	 * Write a region of a file without copying it where the transport can.
	 * @param file the file, closed by the engine in any case
	 * @param position where the region starts, 0 or more
	 * @param length its length in bytes, 0 or more
	 * @param last whether the response ends here
	 * @throws IllegalStateException after the last write
	 */
	public void writeFile(FileChannel file, long position, long length, boolean last) {
		if (position < 0 || length < 0) {
			FileRegions.close(file);
			throw new IllegalArgumentException("There is no region of " + length + " bytes at " + position);
		}
		enqueue(ResponsePart.of(file, position, length, last));
	}

	private void enqueue(ResponsePart written) {
		boolean committed = this.exchange.commit();
		EventExecutor loop = this.exchange.stream().executor();
		boolean inLoop = loop.inEventLoop();
		ResponsePart part = (this.coder != null && committed) ? this.coder.code(written, inLoop) : written;
		if (part == null) {
			return;
		}
		boolean refused;
		boolean direct = false;
		boolean whole = false;
		boolean schedule = false;
		synchronized (this) {
			refused = this.lastSeen;
			if (committed && !refused) {
				this.lastSeen = part.last();
				whole = !this.begun && part.isWhole() && !inLoop;
				this.begun = true;
				direct = inLoop && !this.draining && !part.raw();
				if (!direct && !whole) {
					schedule = add(part);
				}
			}
		}
		if (!committed || refused) {
			part.release();
			if (committed) {
				throw new IllegalStateException("The response has ended already");
			}
		}
		else if (direct) {
			part.writeTo(this.exchange);
			if (!part.last()) {
				this.exchange.stream().flushSoon();
			}
		}
		else if (schedule && inLoop && part.raw()) {
			nextTurn();
		}
		else if (schedule || (whole && !respond(part))) {
			this.exchange.execute(this::drain, this::releaseAll);
		}
	}

	private boolean respond(ResponsePart part) {
		if (this.exchange.mayEndOnWorker() && this.exchange.stream().respond(this.exchange, part.data())) {
			return true;
		}
		synchronized (this) {
			add(part);
		}
		return false;
	}

	// Guarded by this. Returns whether the loop has to be told.
	private boolean add(ResponsePart part) {
		this.queue.add(part);
		this.queued += part.weight();
		boolean first = !this.draining;
		this.draining = true;
		return first;
	}

	private void drain() {
		ResponsePart part;
		while ((part = next()) != null) {
			if (!part.raw()) {
				part.writeTo(this.exchange);
			}
			else if (!writeRaw(part)) {
				return;
			}
		}
		this.exchange.stream().flush();
		tellWritable();
	}

	// A piece in a turn of the loop, so that others have theirs. Returns whether to go
	// on.
	private boolean writeRaw(ResponsePart part) {
		ResponseCoder worker = Objects.requireNonNull(this.coder);
		ResponsePart rest = worker.isTurnOver() ? part : worker.writePiece(part);
		if (rest == null) {
			return true;
		}
		synchronized (this) {
			this.queue.addFirst(rest);
			this.queued += rest.weight();
		}
		this.exchange.stream().flush();
		// What was written may have ended the exchange: nobody will tell any more.
		if (this.exchange.stream().isWritable() || this.exchange.outcome() != null) {
			nextTurn();
		}
		else {
			this.paused = true;
		}
		return false;
	}

	// By way of the timer: a task that follows a task may well be run before the sockets
	// are looked at.
	private void nextTurn() {
		try {
			this.exchange.stream().executor().schedule(this::drainInTurn, 0, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			releaseAll();
		}
	}

	private void drainInTurn() {
		if (this.coder != null) {
			this.coder.turnBegins();
		}
		drain();
	}

	private void releaseAll() {
		ResponsePart part;
		while ((part = next()) != null) {
			part.release();
		}
	}

	private synchronized @Nullable ResponsePart next() {
		ResponsePart part = this.queue.poll();
		this.draining = (part != null);
		if (part == null) {
			return null;
		}
		this.queued -= part.weight();
		ResponsePart end = this.queue.peek();
		// Who flushes the body and then ends the response has mostly done both by now:
		// then it is one write with a Content-Length after all. Where one of the two is
		// compressed already and the other is not, the end has to be as well.
		if (end != null && end.isBareEnd() && end.raw() == part.raw() && this.exchange.response().trailers() == null) {
			this.queue.remove();
			if (end.raw()) {
				Objects.requireNonNull(this.coder).joined();
			}
			return part.asLast();
		}
		return part;
	}

	/**
	 * Whether more should be written now. Any thread may ask.
	 * @return {@code false} while more than some 64 KB wait for the peer
	 */
	public boolean isWritable() {
		synchronized (this) {
			if (this.queued >= HIGH_WATERMARK) {
				return false;
			}
		}
		return this.exchange.stream().isWritable();
	}

	/**
	 * Ask to be told once when more should be written, or when the exchange has ended. At
	 * most one may be waiting; the newest replaces an older one.
	 * @param writable called by the event loop, must not block
	 */
	public void onWritable(Runnable writable) {
		EventExecutor loop = this.exchange.stream().executor();
		if (!loop.inEventLoop()) {
			this.exchange.execute(() -> onWritable(writable), writable);
			return;
		}
		this.waiting = writable;
		this.throttled |= !this.exchange.stream().isWritable();
		tellWritable();
	}

	/**
	 * The peer takes more again. Called by the stream on the event loop.
	 */
	public void tellWritable() {
		if (this.paused && (this.exchange.stream().isWritable() || this.exchange.outcome() != null)) {
			this.paused = false;
			drainInTurn();
		}
		Runnable told = this.waiting;
		if (told != null && (isWritable() || this.exchange.outcome() != null)) {
			this.waiting = null;
			try {
				told.run();
			}
			catch (Throwable ex) {
				logger.error("The producer of a response failed", ex);
			}
		}
	}

	/**
	 * Whether the response had to wait for its client. Asked when it has ended.
	 * @return whether it took longer for that
	 */
	boolean wasThrottled() {
		return this.throttled;
	}

	void exchangeEnded() {
		if (this.coder != null && this.coder.end()) {
			this.exchange.execute(this::tellWritable, this::releaseAll);
		}
		else if (this.waiting != null) {
			this.exchange.execute(this::tellWritable, Exchange.NOTHING);
		}
	}

	/**
	 * Whether the last part was written by the application.
	 * @return whether the response is whole from the application's side
	 */
	public synchronized boolean isEnded() {
		return this.lastSeen;
	}

}
