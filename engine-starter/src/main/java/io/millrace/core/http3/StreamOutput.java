package io.millrace.core.http3;

import io.millrace.core.connection.ConnectionCounts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamFrame;

/**
 * Hands to QUIC what was written to a stream since the last flush, at once: otherwise
 * every frame would be a packet. First in the pipeline of a stream, behind the codec's
 * back. Knows how much of it QUIC has not taken.
 */
final class StreamOutput extends ChannelOutboundHandlerAdapter {

	// Within a piece nobody sees how far QUIC has got.
	private static final int PIECE = 64 * 1024;

	private final ConnectionCounts counts;

	private final CoalescingBufferQueue queue;

	// Pieces that QUIC has to take, and those that it has taken.
	private int pending;

	private long taken;

	private boolean ending;

	private boolean ended;

	StreamOutput(Channel channel, ConnectionCounts counts) {
		this.counts = counts;
		this.queue = new CoalescingBufferQueue(channel);
	}

	/** The next flush is the last one. */
	void end() {
		this.ending = true;
	}

	/**
	 * Whether something was written and not flushed.
	 * @return whether a flush has something to do
	 */
	boolean needsFlush() {
		return !this.queue.isEmpty() || (this.ending && !this.ended);
	}

	/**
	 * Whether something that was flushed was not taken yet.
	 * @return whether the client has to make room
	 */
	boolean isUnsent() {
		return this.pending > 0;
	}

	/**
	 * How far QUIC has got.
	 * @return a number that is another one as soon as it has taken anything
	 */
	long mark() {
		return this.taken;
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof ByteBuf bytes) {
			this.queue.add(bytes, promise);
		}
		else {
			context.write(message, promise);
		}
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		while (needsFlush()) {
			ChannelPromise promise = context.newPromise();
			ByteBuf piece = this.queue.remove(PIECE, promise);
			this.counts.sent(piece.readableBytes());
			this.ended = this.ending && this.queue.isEmpty();
			QuicStreamFrame frame = new DefaultQuicStreamFrame(piece, this.ended);
			this.pending++;
			promise.addListener(this::taken);
			context.write(frame, promise);
		}
		context.flush();
	}

	private void taken(io.netty.util.concurrent.Future<? super Void> written) {
		this.pending--;
		this.taken++;
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (!this.queue.isEmpty()) {
			this.queue.releaseAndFailAll(context, new java.nio.channels.ClosedChannelException());
		}
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (!this.queue.isEmpty()) {
			this.queue.releaseAndFailAll(context, new java.nio.channels.ClosedChannelException());
		}
		context.close(promise);
	}

}
