package io.millrace.core.http3;

import java.nio.channels.ClosedChannelException;

import io.millrace.core.connection.ConnectionCounts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import org.jspecify.annotations.Nullable;

/**
 * What goes through a request stream, between the codec and QUIC. What is written goes on
 * with the next flush, as much as there is at once: otherwise every frame would be a
 * packet. What QUIC does not take any more is told as an exception. For the event loop
 * only.
 */
final class StreamBytes extends ChannelDuplexHandler {

	// Within a piece nobody sees how far QUIC has got.
	private static final int PIECE = 64 * 1024;

	private final ConnectionCounts counts;

	private final CoalescingBufferQueue queue;

	// Pieces that QUIC has to take, and those that it has taken or given up.
	private int pending;

	private long taken;

	private @Nullable Runnable whenEnded;

	private boolean ended;

	StreamBytes(Channel channel, ConnectionCounts counts) {
		this.counts = counts;
		this.queue = new CoalescingBufferQueue(channel);
	}

	/**
	 * The next flush ends the stream.
	 * @param whenEnded called when QUIC has taken everything, or never will
	 */
	void end(Runnable whenEnded) {
		this.whenEnded = whenEnded;
	}

	/**
	 * Whether something was written and not flushed.
	 * @return whether a flush has something to do
	 */
	boolean needsFlush() {
		return !this.queue.isEmpty() || (this.whenEnded != null && !this.ended);
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
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes) {
			this.counts.received(bytes.readableBytes());
		}
		context.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof ByteBuf bytes) {
			this.queue.add(bytes, promise);
			if (this.queue.readableBytes() >= PIECE) {
				// Otherwise nobody would see that the client does not take it.
				flush(context);
			}
		}
		else {
			context.write(message, promise);
		}
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		while (needsFlush()) {
			ChannelPromise promise = context.newPromise();
			ByteBuf piece = flat(this.queue.remove(PIECE, promise), context.alloc());
			this.counts.sent(piece.readableBytes());
			this.ended = this.whenEnded != null && this.queue.isEmpty();
			this.pending++;
			promise.addListener((written) -> {
				if (!written.isSuccess()) {
					context.fireExceptionCaught(written.cause());
				}
				taken();
			});
			context.write(new DefaultQuicStreamFrame(piece, this.ended), promise);
			if (!promise.isDone() && this.pending == 1 && context.channel().bytesBeforeUnwritable() > 0) {
				// There is room, and it was not taken: QUIC has forgotten the stream,
				// since the client wants no more of it. Netty 4.2.18 waits for ever.
				context.fireExceptionCaught(new ChannelOutputShutdownException("The client wants no more"));
			}
		}
		context.flush();
	}

	// Of several buffers QUIC would not tell that the client wants no more (netty 4.2.18,
	// QuicheQuicChannel#streamSend), and a copy it makes anyway.
	private static ByteBuf flat(ByteBuf piece, ByteBufAllocator allocator) {
		if (piece.nioBufferCount() == 1 && piece.isDirect()) {
			return piece;
		}
		ByteBuf copy = allocator.directBuffer(Math.max(piece.readableBytes(), 1)).writeBytes(piece);
		piece.release();
		return copy;
	}

	private void taken() {
		this.pending--;
		this.taken++;
		if (this.ended && this.pending == 0 && this.whenEnded != null) {
			this.whenEnded.run();
		}
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		clear(context);
		context.close(promise);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		clear(context);
		context.fireChannelInactive();
	}

	private void clear(ChannelHandlerContext context) {
		if (!this.queue.isEmpty()) {
			this.queue.releaseAndFailAll(context, new ClosedChannelException());
		}
	}

}
