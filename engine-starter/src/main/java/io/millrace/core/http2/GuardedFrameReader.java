package io.millrace.core.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the frames that come before anybody acts on them, and drops those of streams
 * that the server has reset or refused.
 */
final class GuardedFrameReader implements Http2FrameReader {

	private final Http2FrameReader reader;

	private final Http2Connection connection;

	private final FloodGuard guard;

	private final DroppedStreams dropped;

	private @Nullable Http2FrameListener listener;

	private @Nullable Http2FrameListener guarded;

	// How many streams the client has opened.
	private int opened;

	/**
	 * Create a reader.
	 * @param reader reads the frames
	 * @param connection the connection
	 * @param guard counts what asks for nothing
	 * @param dropped the streams whose frames are dropped
	 */
	GuardedFrameReader(Http2FrameReader reader, Http2Connection connection, FloodGuard guard, DroppedStreams dropped) {
		this.reader = reader;
		this.connection = connection;
		this.guard = guard;
		this.dropped = dropped;
	}

	@Override
	public void readFrame(ChannelHandlerContext context, ByteBuf input, Http2FrameListener listener)
			throws Http2Exception {
		Http2FrameListener receiver = this.guarded;
		if (receiver == null || listener != this.listener) {
			// Another one after the preface.
			receiver = new Guarded(listener);
			this.listener = listener;
			this.guarded = receiver;
		}
		this.reader.readFrame(context, input, receiver);
	}

	@Override
	public Configuration configuration() {
		return this.reader.configuration();
	}

	@Override
	public void close() {
		this.reader.close();
	}

	private boolean isDropped(int streamId) {
		Http2Stream stream = this.connection.stream(streamId);
		if (stream != null) {
			return stream.isResetSent();
		}
		return this.dropped.contains(streamId)
				|| (this.connection.goAwaySent() && streamId > this.connection.remote().lastStreamKnownByPeer()
						&& this.connection.remote().isValidStreamId(streamId));
	}

	// RFC 9113 §5.1 and §5.1.1, where the codec is more lenient.
	private void checkState(int streamId) throws Http2Exception {
		Http2Stream stream = this.connection.stream(streamId);
		if (stream != null) {
			if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
				throw Http2Exception.streamError(streamId, Http2Error.STREAM_CLOSED, "The request has ended");
			}
		}
		else if (streamId > this.connection.remote().lastStreamCreated()) {
			this.opened++;
		}
		else if (this.connection.remote().isValidStreamId(streamId)) {
			// A stream that was left out was never there.
			boolean all = this.opened == (this.connection.remote().lastStreamCreated() + 1) / 2;
			throw Http2Exception.connectionError(all ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR,
					"A stream is opened again, or out of order");
		}
	}

	// RFC 9113 §6.9.2: no window may become larger than there are numbers for.
	private void checkWindows(@Nullable Integer initial) throws Http2Exception {
		if (initial == null || this.connection.numActiveStreams() == 0) {
			return;
		}
		Http2RemoteFlowController flow = this.connection.remote().flowController();
		long more = (long) initial - flow.initialWindowSize();
		if (more <= 0) {
			return;
		}
		Http2Stream over = this.connection
			.forEachActiveStream((stream) -> flow.windowSize(stream) + more <= Integer.MAX_VALUE);
		if (over != null) {
			throw Http2Exception.connectionError(Http2Error.FLOW_CONTROL_ERROR,
					"The window of a stream becomes too large");
		}
	}

	/** Stands before the listener. */
	private final class Guarded extends Http2FrameListenerDecorator {

		Guarded(Http2FrameListener listener) {
			super(listener);
		}

		@Override
		public int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean ended)
				throws Http2Exception {
			if (data.isReadable()) {
				GuardedFrameReader.this.guard.content();
			}
			else if (!ended) {
				GuardedFrameReader.this.guard.overhead();
			}
			if (isDropped(streamId)) {
				// Its bytes were sent on account of the connection all the same.
				GuardedFrameReader.this.connection.local()
					.flowController()
					.receiveFlowControlledFrame(null, data, padding, ended);
				return data.readableBytes() + padding;
			}
			return super.onDataRead(context, streamId, data, padding, ended);
		}

		@Override
		public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int padding,
				boolean ended) throws Http2Exception {
			if (isDropped(streamId)) {
				GuardedFrameReader.this.guard.overhead();
				return;
			}
			checkState(streamId);
			super.onHeadersRead(context, streamId, headers, padding, ended);
		}

		@Override
		public void onHeadersRead(ChannelHandlerContext context, int streamId, Http2Headers headers, int dependency,
				short weight, boolean exclusive, int padding, boolean ended) throws Http2Exception {
			// What priorities say is not heeded (RFC 9113 §5.3.2).
			onHeadersRead(context, streamId, headers, padding, ended);
		}

		@Override
		public void onPriorityRead(ChannelHandlerContext context, int streamId, int dependency, short weight,
				boolean exclusive) throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			super.onPriorityRead(context, streamId, dependency, weight, exclusive);
		}

		@Override
		public void onRstStreamRead(ChannelHandlerContext context, int streamId, long code) throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			if (!isDropped(streamId)) {
				super.onRstStreamRead(context, streamId, code);
			}
		}

		@Override
		public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			checkWindows(settings.initialWindowSize());
			super.onSettingsRead(context, settings);
		}

		@Override
		public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			super.onPingRead(context, data);
		}

		@Override
		public void onPingAckRead(ChannelHandlerContext context, long data) throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			super.onPingAckRead(context, data);
		}

		@Override
		public void onSettingsAckRead(ChannelHandlerContext context) throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			super.onSettingsAckRead(context);
		}

		@Override
		public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int increment)
				throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			if (streamId == 0 || !isDropped(streamId)) {
				super.onWindowUpdateRead(context, streamId, increment);
			}
		}

		@Override
		public void onUnknownFrame(ChannelHandlerContext context, byte type, int streamId, Http2Flags flags,
				ByteBuf payload) throws Http2Exception {
			GuardedFrameReader.this.guard.overhead();
			super.onUnknownFrame(context, type, streamId, flags, payload);
		}

	}

}
