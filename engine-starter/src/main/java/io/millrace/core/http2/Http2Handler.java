package io.millrace.core.http2;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of the pipeline of an HTTP/2 connection: the codec of its frames, and
 * what happens to its socket.
 */
final class Http2Handler extends Http2ConnectionHandler {

	private static final Logger logger = LoggerFactory.getLogger(Http2Handler.class);

	// So much may wait for a client that does not read, before nothing more is read.
	private static final long MAX_PENDING = 256 * 1024;

	private final Http2Session session;

	private final BatchingFrameWriter writer;

	private final int connectionWindow;

	private @Nullable ChannelHandlerContext context;

	private boolean reading;

	private boolean suspended;

	private boolean flushing;

	private boolean flushAgain;

	/**
	 * Create the handler of one connection.
	 * @param decoder the decoder
	 * @param encoder the encoder
	 * @param settings what the client is told
	 * @param session the connection
	 * @param writer writes the frames of the encoder
	 * @param connectionWindow how many bytes of all request bodies together a client may
	 * send before the first are returned
	 */
	Http2Handler(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings,
			Http2Session session, BatchingFrameWriter writer, int connectionWindow) {
		super(decoder, encoder, settings, true, false);
		this.session = session;
		this.writer = writer;
		this.connectionWindow = connectionWindow;
	}

	ChannelHandlerContext context() {
		return Objects.requireNonNull(this.context);
	}

	BatchingFrameWriter writer() {
		return this.writer;
	}

	/**
	 * Whether a flush follows anyway.
	 * @return whether the loop is reading from the socket
	 */
	boolean isReading() {
		return this.reading;
	}

	/**
	 * What to do with a field section that was encoded.
	 * @return ends the connection where it could not be: then the tables of both sides
	 * differ
	 */
	ChannelFutureListener encoding() {
		return (encoded) -> {
			if (!encoded.isSuccess() && !this.session.closing().isEnded()) {
				logger.error("A head could not be encoded", encoded.cause());
				this.session.closing().fail(Http2Error.INTERNAL_ERROR);
			}
		};
	}

	@Override
	public void handlerAdded(ChannelHandlerContext added) throws Exception {
		this.context = added;
		super.handlerAdded(added);
		this.session.opened(this);
		Http2Stream all = connection().connectionStream();
		int missing = this.connectionWindow - decoder().flowController().windowSize(all);
		if (missing > 0) {
			decoder().flowController().incrementWindowSize(all, missing);
		}
		flush(added);
	}

	/**
	 * Answer the request that has asked for this protocol.
	 * @param request the request
	 * @throws Http2Exception where its settings are none
	 */
	void upgrade(UpgradedRequest request) throws Http2Exception {
		onHttpServerUpgrade(UpgradeSettings.parse(request.settings()));
		Http2Stream stream = connection().stream(Http2CodecUtil.HTTP_UPGRADE_STREAM_ID);
		this.session.upgraded(stream, request.head());
		flush(context());
	}

	/**
	 * Speak HTTP/2 no further than to say why not.
	 * @param error why not
	 */
	void refuse(Http2Error error) {
		this.session.countError(Http2Session.kind(error));
		this.session.closing().fail(error);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
		this.reading = true;
		this.session.counts().received(((ByteBuf) message).readableBytes());
		super.channelRead(ctx, message);
		if (!ctx.channel().isWritable()) {
			// Not only when all has been read: the client may send without an end.
			flush(ctx);
		}
	}

	@Override
	protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
		if (this.session.closing().isEnded()) {
			in.skipBytes(in.readableBytes());
		}
		else {
			super.decode(ctx, in, out);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
		this.reading = false;
		if (this.suspended) {
			// The codec would go on reading.
			discardSomeReadBytes();
			flush(ctx);
		}
		else {
			super.channelReadComplete(ctx);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
		super.channelWritabilityChanged(ctx);
		settleReading(ctx.channel());
	}

	// Content waits for windows and for the socket, but heads and the answers to frames
	// such as PING do not: as many are written as are asked for.
	private void settleReading(Channel channel) {
		boolean suspend = !channel.isWritable() && (this.suspended || OutputProgress.pending(channel) > MAX_PENDING);
		if (suspend != this.suspended) {
			this.suspended = suspend;
			channel.config().setAutoRead(!suspend);
		}
	}

	@Override
	public void flush(ChannelHandlerContext ctx) {
		if (this.flushing) {
			this.flushAgain = true;
			return;
		}
		this.flushing = true;
		try {
			do {
				this.flushAgain = false;
				encoder().flowController().writePendingBytes();
				this.writer.handOn(ctx);
				ctx.flush();
			}
			while (this.flushAgain);
		}
		catch (Http2Exception ex) {
			onError(ctx, true, ex);
		}
		finally {
			this.flushing = false;
		}
		this.session.closing().flushed();
		settleReading(ctx.channel());
	}

	// RFC 9113 §5.1: nothing may follow a reset. What its windows have room for goes
	// before,
	// and the rest is given up.
	@Override
	public ChannelFuture resetStream(ChannelHandlerContext ctx, int streamId, long code, ChannelPromise promise) {
		Http2Stream stream = connection().stream(streamId);
		if (stream != null && !stream.isResetSent() && encoder().flowController().hasFlowControlled(stream)) {
			try {
				encoder().flowController().writePendingBytes();
			}
			catch (Http2Exception ex) {
				onError(ctx, true, ex);
			}
			if (connection().stream(streamId) == null) {
				// That was all, and has closed it.
				return promise.setSuccess();
			}
		}
		return super.resetStream(ctx, streamId, code, promise);
	}

	@Override
	protected void onConnectionError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
			@Nullable Http2Exception known) {
		if (this.session.closing().isEnded()) {
			return;
		}
		if (known == null || known.error() == Http2Error.INTERNAL_ERROR) {
			if (cause instanceof IOException || cause.getCause() instanceof IOException) {
				logger.trace("A connection was lost", cause);
				this.session.closed();
				return;
			}
			logger.error("A connection is closed because of a defect", cause);
			this.session.closing().fail(Http2Error.INTERNAL_ERROR);
			return;
		}
		logger.trace("A client does not keep to the protocol", cause);
		this.session.countError(Http2Session.kind(known.error()));
		this.session.closing().fail(known.error());
	}

	@Override
	protected void onStreamError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
			Http2Exception.StreamException known) {
		if (this.session.closing().isEnded()) {
			return;
		}
		logger.trace("A client does not keep to the protocol in a stream", cause);
		try {
			if (known instanceof Http2Exception.HeaderListSizeException size && size.duringDecode()) {
				headersTooLarge(known.streamId());
			}
			else if (outbound) {
				this.session.resetStream(known.streamId(), known.error());
			}
			else {
				this.session.streamError(known.streamId(), known.error());
			}
		}
		catch (Http2Exception ex) {
			onError(ctx, false, ex);
		}
	}

	private void headersTooLarge(int streamId) throws Http2Exception {
		Http2Stream stream = connection().stream(streamId);
		if (stream == null) {
			stream = connection().remote().createStream(streamId, false);
			stream.headersReceived(false);
		}
		this.session.headersTooLarge(stream);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
			this.session.closing().inputClosed();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		onError(ctx, false, cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) throws Exception {
		this.session.closed();
		super.channelInactive(ctx);
		this.session.ended();
	}

}
