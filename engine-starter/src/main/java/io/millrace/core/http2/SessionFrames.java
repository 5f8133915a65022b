package io.millrace.core.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings to a connection the frames that the codec has found right, and what becomes of
 * its streams.
 */
final class SessionFrames extends Http2EventAdapter implements Http2RemoteFlowController.Listener {

	private final Http2Session session;

	private final Http2Connection connection;

	SessionFrames(Http2Session session, Http2Connection connection) {
		this.session = session;
		this.connection = connection;
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int dependency,
			short weight, boolean exclusive, int padding, boolean ended) throws Http2Exception {
		Http2Stream stream = stream(streamId);
		if (stream != null) {
			this.session.headers(stream, ended);
		}
	}

	@Override
	public int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean ended)
			throws Http2Exception {
		Http2Stream stream = stream(streamId);
		return (stream != null) ? this.session.data(stream, data, padding, ended) : data.readableBytes() + padding;
	}

	@Override
	public void onRstStreamRead(ChannelHandlerContext context, int streamId, long code) {
		Http2Stream stream = stream(streamId);
		if (stream != null) {
			this.session.reset(stream);
		}
	}

	private @Nullable Http2Stream stream(int id) {
		return this.connection.stream(id);
	}

	@Override
	public void onGoAwayRead(ChannelHandlerContext context, int lastStreamId, long code, ByteBuf debug) {
		this.session.closing().clientLeaves();
	}

	@Override
	public void onPingAckRead(ChannelHandlerContext context, long data) {
		this.session.closing().pinged(data);
	}

	@Override
	public void onStreamClosed(Http2Stream stream) {
		this.session.closed(stream);
	}

	@Override
	public void writabilityChanged(Http2Stream stream) {
		Http2RemoteFlowController flow = this.connection.remote().flowController();
		this.session.writabilityChanged(stream, flow.isWritable(stream));
	}

}
