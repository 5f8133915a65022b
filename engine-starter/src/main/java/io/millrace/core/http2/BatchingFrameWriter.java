package io.millrace.core.http2;

import io.millrace.core.connection.ConnectionCounts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Collects the heads and small bodies of many streams in one buffer, which goes to the
 * socket with the next flush, or when something follows that is not collected: so many
 * responses are one write. What was collected counts as written. For its event loop only.
 */
final class BatchingFrameWriter extends DefaultHttp2FrameWriter {

	private static final int FRAME_HEADER = 9;

	private static final int BATCH = 16 * 1024;

	// Larger content is passed on as it is.
	private static final int COPY_LIMIT = 4096;

	private final Http2HeadersEncoder encoder;

	private final ConnectionCounts counts;

	private final ChannelFutureListener completion = this::completed;

	private @Nullable ByteBuf batch;

	private long completed;

	/**
	 * Create a writer.
	 * @param encoder encodes field sections
	 * @param counts what the connection has carried
	 */
	BatchingFrameWriter(Http2HeadersEncoder encoder, ConnectionCounts counts) {
		super(encoder);
		this.encoder = encoder;
		this.counts = counts;
	}

	/**
	 * Hand on what was collected, to be flushed.
	 * @param context writes
	 */
	void handOn(ChannelHandlerContext context) {
		ByteBuf collected = this.batch;
		if (collected != null) {
			this.batch = null;
			// Who does not read must not keep a large buffer with each small answer.
			boolean copied = collected.readableBytes() <= COPY_LIMIT && OutputProgress.pending(context.channel()) > 0;
			write(context, copied ? copy(context, collected) : collected);
		}
	}

	private static ByteBuf copy(ChannelHandlerContext context, ByteBuf collected) {
		try {
			return context.alloc().directBuffer(collected.readableBytes()).writeBytes(collected);
		}
		finally {
			collected.release();
		}
	}

	private void write(ChannelHandlerContext context, ByteBuf bytes) {
		context.write(bytes, context.newPromise().addListener(this.completion));
	}

	private void completed(ChannelFuture write) {
		if (write.isSuccess()) {
			this.completed++;
		}
		else if (write.channel().isRegistered()) {
			write.channel().pipeline().fireExceptionCaught(write.cause());
		}
	}

	/**
	 * How many writes of heads and content the socket has taken.
	 * @return the number so far
	 */
	long completed() {
		return this.completed;
	}

	/**
	 * Whether something was collected.
	 * @return whether there is something to {@linkplain #handOn hand on}
	 */
	boolean hasCollected() {
		return this.batch != null;
	}

	private ByteBuf batch(ChannelHandlerContext context, int size) {
		ByteBuf current = this.batch;
		if (current != null && current.writableBytes() < size) {
			handOn(context);
			current = null;
		}
		if (current == null) {
			current = context.alloc().directBuffer(Math.max(BATCH, size), Integer.MAX_VALUE);
			this.batch = current;
		}
		return current;
	}

	private static void writeFrameHeader(ByteBuf out, int length, byte type, int flags, int streamId) {
		out.writeMedium(length);
		out.writeByte(type);
		out.writeByte(flags);
		out.writeInt(streamId);
	}

	@Override
	public ChannelFuture writeHeaders(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding,
			boolean ended, ChannelPromise promise) {
		ByteBuf out = batch(context, COPY_LIMIT);
		int start = out.writerIndex();
		try {
			out.writeZero(FRAME_HEADER);
			this.encoder.encodeHeaders(streamId, headers, out);
			finishHeaders(out, start, streamId, ended);
		}
		catch (Throwable ex) {
			out.writerIndex(start);
			return promise.setFailure(ex);
		}
		this.counts.sent(out.writerIndex() - start);
		return promise.setSuccess();
	}

	// A block that is larger than a frame may be is cut into frames, from its end on.
	private void finishHeaders(ByteBuf out, int start, int streamId, boolean ended) {
		int block = start + FRAME_HEADER;
		int length = out.writerIndex() - block;
		int max = maxFrameSize();
		int end = ended ? Http2Flags.END_STREAM : 0;
		if (length <= max) {
			setFrameHeader(out, start, length, Http2FrameTypes.HEADERS, end | Http2Flags.END_HEADERS, streamId);
			return;
		}
		byte[] rest = new byte[length - max];
		out.getBytes(block + max, rest);
		out.writerIndex(block + max);
		setFrameHeader(out, start, max, Http2FrameTypes.HEADERS, end, streamId);
		for (int at = 0; at < rest.length; at += max) {
			int size = Math.min(max, rest.length - at);
			int flags = (at + size == rest.length) ? Http2Flags.END_HEADERS : 0;
			writeFrameHeader(out, size, Http2FrameTypes.CONTINUATION, flags, streamId);
			out.writeBytes(rest, at, size);
		}
	}

	private static void setFrameHeader(ByteBuf out, int start, int length, byte type, int flags, int streamId) {
		out.setMedium(start, length);
		out.setByte(start + 3, type);
		out.setByte(start + 4, flags);
		out.setInt(start + 5, streamId);
	}

	/**
	 * Write one DATA frame.
	 * @param context writes
	 * @param streamId the stream
	 * @param data the content, not more than {@link #maxFrameSize()}; released here or by
	 * the socket
	 * @param ended whether the stream ends with it
	 */
	void writeData(ChannelHandlerContext context, int streamId, ByteBuf data, boolean ended) {
		int size = data.readableBytes();
		boolean copied = size <= COPY_LIMIT;
		ByteBuf out = batch(context, FRAME_HEADER + (copied ? size : 0));
		writeFrameHeader(out, size, Http2FrameTypes.DATA, ended ? Http2Flags.END_STREAM : 0, streamId);
		this.counts.sent(FRAME_HEADER + size);
		if (copied) {
			out.writeBytes(data, data.readerIndex(), size);
			data.release();
		}
		else {
			handOn(context);
			write(context, data);
		}
	}

	@Override
	public ChannelFuture writeRstStream(ChannelHandlerContext context, int streamId, long code,
			ChannelPromise promise) {
		sends(context, 4);
		return super.writeRstStream(context, streamId, code, promise);
	}

	@Override
	public ChannelFuture writeSettings(ChannelHandlerContext context, Http2Settings settings, ChannelPromise promise) {
		sends(context, 6 * settings.size());
		return super.writeSettings(context, settings, promise);
	}

	@Override
	public ChannelFuture writeSettingsAck(ChannelHandlerContext context, ChannelPromise promise) {
		sends(context, 0);
		return super.writeSettingsAck(context, promise);
	}

	@Override
	public ChannelFuture writePing(ChannelHandlerContext context, boolean ack, long data, ChannelPromise promise) {
		sends(context, 8);
		return super.writePing(context, ack, data, promise);
	}

	@Override
	public ChannelFuture writeGoAway(ChannelHandlerContext context, int lastStreamId, long code, ByteBuf debug,
			ChannelPromise promise) {
		sends(context, 8 + debug.readableBytes());
		return super.writeGoAway(context, lastStreamId, code, debug, promise);
	}

	@Override
	public ChannelFuture writeWindowUpdate(ChannelHandlerContext context, int streamId, int increment,
			ChannelPromise promise) {
		sends(context, 4);
		return super.writeWindowUpdate(context, streamId, increment, promise);
	}

	// A frame that is not collected: what was comes first.
	private void sends(ChannelHandlerContext context, int size) {
		handOn(context);
		this.counts.sent(FRAME_HEADER + size);
	}

	@Override
	public void close() {
		ByteBuf collected = this.batch;
		if (collected != null) {
			this.batch = null;
			collected.release();
		}
		super.close();
	}

}
