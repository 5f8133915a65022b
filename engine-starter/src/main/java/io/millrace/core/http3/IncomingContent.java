package io.millrace.core.http3;

import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ReceivedBody;
import io.millrace.core.http.RequestHead;
import io.netty.buffer.ByteBuf;

/**
 * The content of a request that is being received, and whether more of it is wanted. That
 * it is as long as its Content-Length says is seen to by the codec. Owned by the event
 * loop.
 */
final class IncomingContent {

	private final long maxSize;

	private long received;

	private boolean paused;

	private boolean broken;

	private boolean ended;

	private boolean continueAwaited;

	IncomingContent(long maxSize) {
		this.maxSize = maxSize;
	}

	/**
	 * A head has come.
	 * @param head the head
	 * @throws ProtocolException where its content is too large
	 */
	void start(RequestHead head) throws ProtocolException {
		this.continueAwaited = head.expectsContinue();
		checkSize(head.framing().length());
	}

	private void checkSize(long size) throws ProtocolException {
		if (this.maxSize > 0 && size > this.maxSize) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 413, "The request body is too large");
		}
	}

	/**
	 * Hand on what has come.
	 * @param part the bytes, released here or by the receiver
	 * @param receiver who gets them
	 * @throws ProtocolException where the content is too large
	 */
	void receive(ByteBuf part, ReceivedBody receiver) throws ProtocolException {
		this.continueAwaited = false;
		int size = part.readableBytes();
		this.received += size;
		if (this.broken || size == 0) {
			part.release();
			return;
		}
		try {
			checkSize(this.received);
		}
		catch (ProtocolException ex) {
			part.release();
			throw ex;
		}
		this.paused = !receiver.offer(part);
	}

	/** Nothing more comes. */
	void end() {
		this.ended = true;
	}

	boolean isEnded() {
		return this.ended;
	}

	long received() {
		return this.received;
	}

	/** The consumer asks for it, or has room again. */
	void resume() {
		this.paused = false;
	}

	/** What comes is thrown away. */
	void breakOff() {
		this.broken = true;
	}

	/**
	 * Whether more should be read.
	 * @return {@code false} where nobody wants it, or there is none
	 */
	boolean isAwaited() {
		return !this.ended && !this.paused && !this.broken;
	}

	/**
	 * The client is told that it may send the content, for which it may be waiting (RFC
	 * 9110 §10.1.1).
	 * @return whether it is waiting: {@code true} once at most
	 */
	boolean takeContinue() {
		boolean awaited = this.continueAwaited;
		this.continueAwaited = false;
		return awaited;
	}

	boolean isContinueAwaited() {
		return this.continueAwaited;
	}

}
