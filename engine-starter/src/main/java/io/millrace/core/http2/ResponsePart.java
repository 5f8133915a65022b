package io.millrace.core.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;

/**
 * A part of a response that waits for its turn: for the windows of the client, and for
 * the socket. For the event loop only.
 */
abstract class ResponsePart implements FlowControlled {

	private final RequestStream stream;

	private final boolean last;

	/**
	 * Create a part.
	 * @param stream whose part it is
	 * @param last whether the stream ends with it
	 */
	ResponsePart(RequestStream stream, boolean last) {
		this.stream = stream;
		this.last = last;
	}

	RequestStream stream() {
		return this.stream;
	}

	boolean isLast() {
		return this.last;
	}

	/**
	 * How much memory it takes while it waits.
	 * @return bytes
	 */
	int weight() {
		return 0;
	}

	/** It will not be sent, or not all of it. */
	abstract void release();

	/**
	 * Write what is allowed.
	 * @param context has the allocator
	 * @param allowedBytes how many bytes may be written
	 */
	abstract void send(ChannelHandlerContext context, int allowedBytes);

	@Override
	public final void write(ChannelHandlerContext context, int allowedBytes) {
		if (this.stream.isReset()) {
			// The flow control looks for nothing else: it gives up all parts of the
			// stream.
			throw new StreamResetException();
		}
		send(context, allowedBytes);
	}

	@Override
	public void error(ChannelHandlerContext context, Throwable cause) {
		release();
		this.stream.partDone();
		this.stream.writeFailed(cause);
	}

	@Override
	public void writeComplete() {
		this.stream.partDone();
		if (this.last) {
			this.stream.responseSent();
		}
	}

	@Override
	public boolean merge(ChannelHandlerContext context, FlowControlled next) {
		return false;
	}

	/** The stream was reset, and is not closed yet. */
	private static final class StreamResetException extends IllegalStateException {

		@Override
		public Throwable fillInStackTrace() {
			return this;
		}

	}

}
