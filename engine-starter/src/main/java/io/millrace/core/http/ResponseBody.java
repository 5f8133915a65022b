package io.millrace.core.http;

import java.nio.channels.FileChannel;
import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
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

	// Guarded by this: parts that the loop has not taken yet, and what they weigh.
	private final ArrayDeque<Part> queue = new ArrayDeque<>(2);

	private long queued;

	private boolean draining;

	private boolean begun;

	private boolean lastSeen;

	// Changed by the event loop.
	private volatile @Nullable Runnable waiting;

	// Of the event loop.
	private boolean throttled;

	ResponseBody(Exchange exchange) {
		this.exchange = exchange;
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
		enqueue(new Part(data, null, 0, (data != null) ? data.readableBytes() : 0, last));
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
		enqueue(new Part(null, file, position, length, last));
	}

	private void enqueue(Part part) {
		boolean committed = this.exchange.commit();
		EventExecutor loop = this.exchange.stream().executor();
		boolean inLoop = loop.inEventLoop();
		boolean refused;
		boolean direct = false;
		boolean whole = false;
		boolean schedule = false;
		synchronized (this) {
			refused = this.lastSeen;
			if (committed && !refused) {
				this.lastSeen = part.last;
				whole = !this.begun && part.isWhole() && !inLoop;
				this.begun = true;
				direct = inLoop && !this.draining;
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
			if (!part.last) {
				this.exchange.stream().flushSoon();
			}
		}
		else if (schedule || (whole && !respond(part))) {
			this.exchange.execute(this::drain, this::releaseAll);
		}
	}

	private boolean respond(Part part) {
		if (this.exchange.mayEndOnWorker() && this.exchange.stream().respond(this.exchange, part.data)) {
			return true;
		}
		synchronized (this) {
			add(part);
		}
		return false;
	}

	// Guarded by this. Returns whether the loop has to be told.
	private boolean add(Part part) {
		this.queue.add(part);
		this.queued += part.weight();
		boolean first = !this.draining;
		this.draining = true;
		return first;
	}

	private void drain() {
		Part part;
		while ((part = next()) != null) {
			part.writeTo(this.exchange);
		}
		this.exchange.stream().flush();
		tellWritable();
	}

	private void releaseAll() {
		Part part;
		while ((part = next()) != null) {
			part.release();
		}
	}

	private synchronized @Nullable Part next() {
		Part part = this.queue.poll();
		this.draining = (part != null);
		if (part == null) {
			return null;
		}
		this.queued -= part.weight();
		Part end = this.queue.peek();
		// Who flushes the body and then ends the response has mostly done both by now:
		// then it is one write with a Content-Length after all.
		if (end != null && end.isBareEnd() && this.exchange.response().trailers() == null) {
			this.queue.remove();
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
		if (this.waiting != null) {
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

	/** One write on its way to the loop: bytes, a file region, or neither. */
	private record Part(@Nullable ByteBuf data, @Nullable FileChannel file, long position, long length, boolean last) {

		// A region of a file takes no memory while it waits.
		long weight() {
			return (this.data != null) ? this.length : 0;
		}

		boolean isWhole() {
			return this.last && this.file == null;
		}

		boolean isBareEnd() {
			return this.last && this.data == null && this.file == null;
		}

		Part asLast() {
			return new Part(this.data, this.file, this.position, this.length, true);
		}

		void writeTo(Exchange exchange) {
			if (exchange.outcome() != null) {
				release();
				return;
			}
			try {
				if (this.file != null) {
					exchange.stream().writeFile(exchange, this.file, this.position, this.length, this.last);
				}
				else {
					exchange.stream().write(exchange, this.data, this.last);
				}
			}
			catch (RuntimeException ex) {
				// A buffer that was released already, for example.
				logger.error("A part of a response could not be written", ex);
				exchange.stream().reset(exchange);
			}
		}

		void release() {
			ReferenceCountUtil.release(this.data);
			if (this.file != null) {
				FileRegions.close(this.file);
			}
		}

	}

}
