package io.millrace.core.http;

import java.io.IOException;
import java.util.ArrayDeque;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The request body with the two ends it has: the stream offers on the event loop, the
 * consumer reads on any thread. The monitor is held for a few instructions only and
 * nothing is called under it.
 */
public final class ReceivedBody implements RequestBody {

	/** The stream stops reading above this many unread bytes. */
	public static final int HIGH_WATERMARK = 64 * 1024;

	private static final int LOW_WATERMARK = 16 * 1024;

	private final Exchange exchange;

	// Guarded by this.
	private @Nullable ArrayDeque<ByteBuf> parts;

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
			this.unread -= (part != null) ? part.readableBytes() : 0;
			readOn = wantsMore();
		}
		if (readOn) {
			readOn();
		}
		return part;
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
		ExchangeStream stream = this.exchange.stream();
		if (stream.executor().inEventLoop()) {
			stream.readBody(this.exchange);
		}
		else {
			stream.executor().execute(() -> stream.readBody(this.exchange));
		}
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
			this.parts.add(part);
			this.unread += part.readableBytes();
			this.paused = this.unread >= HIGH_WATERMARK;
			told = this.waiting;
			this.waiting = null;
		}
		if (told != null) {
			told.run();
		}
		return hasRoom();
	}

	// Asked after the consumer was told: it may have made room at once.
	private synchronized boolean hasRoom() {
		return !this.paused;
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
			told.run();
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
			this.unread = 0;
			told = this.waiting;
			this.waiting = null;
		}
		release(left);
		if (told != null) {
			told.run();
		}
	}

	/**
	 * Nobody will read any more: release what is here and what comes. Called when the
	 * response has ended.
	 */
	public void discard() {
		ArrayDeque<ByteBuf> left;
		synchronized (this) {
			left = this.parts;
			this.parts = null;
			this.unread = 0;
		}
		release(left);
		if (!isComplete()) {
			fail(new IOException("The exchange has ended before its request body was read"));
		}
	}

	/**
	 * Whether the stream has seen the end of the body.
	 * @return whether it is whole
	 */
	public synchronized boolean isComplete() {
		return this.complete;
	}

	/**
	 * Whether the consumer has asked for the body at least once.
	 * @return whether it is wanted
	 */
	public synchronized boolean isWanted() {
		return this.wanted;
	}

	private static void release(@Nullable ArrayDeque<ByteBuf> parts) {
		if (parts != null) {
			parts.forEach(ByteBuf::release);
		}
	}

}
