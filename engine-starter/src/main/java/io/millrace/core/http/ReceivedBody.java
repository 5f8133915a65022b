package io.millrace.core.http;

import java.io.IOException;
import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request body with the two ends it has: the stream offers on the event loop, the
 * consumer reads on any thread. The monitor is held for a few instructions only and
 * nothing is called under it.
 */
public final class ReceivedBody implements RequestBody {

	private static final Logger logger = LoggerFactory.getLogger(ReceivedBody.class);

	/** The stream stops reading above this many unread bytes. */
	public static final int HIGH_WATERMARK = 64 * 1024;

	private static final int LOW_WATERMARK = 16 * 1024;

	// What a part takes besides its bytes, about.
	private static final int PART_OVERHEAD = 256;

	// Smaller parts are put together while nobody reads them.
	private static final int SMALL_PART = 1024;

	private static final int JOINED_PARTS = 4 * 1024;

	private final Exchange exchange;

	// Guarded by this.
	private @Nullable ArrayDeque<ByteBuf> parts;

	// The last part, where it is one that others are put together in.
	private @Nullable ByteBuf joined;

	// Bytes and overhead of the parts.
	private int unread;

	private boolean wanted;

	private boolean paused;

	private boolean complete;

	private @Nullable IOException failure;

	private @Nullable Runnable waiting;

	private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

	private long received;

	ReceivedBody(Exchange exchange, boolean complete) {
		this.exchange = exchange;
		this.complete = complete;
	}

	@Override
	public @Nullable ByteBuf read() throws IOException {
		boolean readOn;
		ByteBuf part;
		synchronized (this) {
			if (this.failure != null) {
				throw this.failure;
			}
			part = (this.parts != null) ? this.parts.poll() : null;
			if (this.parts != null && this.parts.isEmpty()) {
				this.joined = null;
			}
			this.unread -= (part != null) ? weight(part) : 0;
			readOn = wantsMore();
		}
		if (readOn) {
			readOn();
		}
		return part;
	}

	private static int weight(ByteBuf part) {
		return part.readableBytes() + PART_OVERHEAD;
	}

	// Guarded by this.
	private boolean wantsMore() {
		boolean readOn = !this.complete && this.unread < LOW_WATERMARK && (this.paused || !this.wanted);
		if (readOn) {
			this.paused = false;
			this.wanted = true;
		}
		return readOn;
	}

	private void readOn() {
		this.exchange.execute(() -> this.exchange.stream().readBody(this.exchange), Exchange.NOTHING);
	}

	@Override
	public synchronized boolean isEnded() {
		return this.complete && this.failure == null && (this.parts == null || this.parts.isEmpty());
	}

	@Override
	public void demand(Runnable available) {
		boolean news;
		boolean readOn = false;
		synchronized (this) {
			if (this.waiting != null) {
				throw new IllegalStateException("Somebody is waiting for this body already");
			}
			news = hasNews();
			if (!news) {
				this.waiting = available;
				readOn = wantsMore();
			}
		}
		if (news) {
			available.run();
		}
		else if (readOn) {
			readOn();
		}
	}

	// Guarded by this.
	private boolean hasNews() {
		return this.complete || this.failure != null || (this.parts != null && !this.parts.isEmpty());
	}

	@Override
	public synchronized HttpHeaders trailers() {
		return this.trailers;
	}

	@Override
	public synchronized long received() {
		return this.received;
	}

	/**
	 * Bytes have come. Called by the stream on the event loop.
	 * @param part the bytes, released by the consumer, or here where nobody wants them
	 * @return whether to go on reading; otherwise {@link ExchangeStream#readBody} is
	 * called when there is room again
	 */
	public boolean offer(ByteBuf part) {
		Runnable told;
		synchronized (this) {
			this.received += part.readableBytes();
			if (this.failure != null) {
				part.release();
				return true;
			}
			if (this.parts == null) {
				this.parts = new ArrayDeque<>(2);
			}
			add(this.parts, part);
			this.paused = this.unread >= HIGH_WATERMARK;
			told = this.waiting;
			this.waiting = null;
		}
		if (told != null) {
			tell(told);
		}
		return hasRoom();
	}

	// Guarded by this.
	private void add(ArrayDeque<ByteBuf> unreadParts, ByteBuf part) {
		int size = part.readableBytes();
		if (unreadParts.isEmpty() || size > SMALL_PART) {
			unreadParts.add(part);
			this.joined = null;
			this.unread += weight(part);
			return;
		}
		ByteBuf last = this.joined;
		if (last == null || last.maxWritableBytes() < size) {
			last = part.alloc().buffer(size, JOINED_PARTS);
			this.joined = last;
			unreadParts.add(last);
			this.unread += PART_OVERHEAD;
		}
		last.writeBytes(part);
		part.release();
		this.unread += size;
	}

	// Asked after the consumer was told: it may have made room at once.
	private synchronized boolean hasRoom() {
		return !this.paused;
	}

	private static void tell(Runnable told) {
		try {
			told.run();
		}
		catch (Throwable ex) {
			logger.error("The consumer of a request body failed", ex);
		}
	}

	/**
	 * The body is whole. Called by the stream on the event loop.
	 * @param trailers the trailer fields
	 */
	public void end(HttpHeaders trailers) {
		Runnable told;
		synchronized (this) {
			this.trailers = trailers;
			this.complete = true;
			told = this.waiting;
			this.waiting = null;
		}
		if (told != null) {
			tell(told);
		}
	}

	/**
	 * The body will never be whole. What was not read is released. Called by the stream
	 * on the event loop; later calls do nothing.
	 * @param cause what the consumer is told
	 */
	public void fail(IOException cause) {
		Runnable told;
		ArrayDeque<ByteBuf> left;
		synchronized (this) {
			if (this.failure != null) {
				return;
			}
			this.failure = cause;
			left = this.parts;
			this.parts = null;
			this.joined = null;
			this.unread = 0;
			told = this.waiting;
			this.waiting = null;
		}
		release(left);
		if (told != null) {
			tell(told);
		}
	}

	/**
	 * Nobody will read any more: release what is here and what comes. Called when the
	 * response has ended.
	 */
	public void discard() {
		synchronized (this) {
			if (this.complete && (this.parts == null || this.parts.isEmpty())) {
				return;
			}
		}
		// Half a body must not look like a whole one to somebody who comes late.
		fail(new IOException("The exchange has ended before its request body was read"));
	}

	private static void release(@Nullable ArrayDeque<ByteBuf> parts) {
		if (parts != null) {
			parts.forEach(ByteBuf::release);
		}
	}

}
