package io.millrace.core.http2;

import io.millrace.core.connection.HandedOver;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import org.jspecify.annotations.Nullable;

/**
 * Has a connection go on with HTTP/2.
 */
public final class Http2Takeover {

	// CVE-2026-33871: so many frames of one head may be almost empty.
	private static final int MAX_SMALL_CONTINUATIONS = 16;

	private static final int MAX_CONSECUTIVE_EMPTY_DATA = 2;

	// CVE-2023-44487: so many requests may be taken back in some seconds.
	private static final int MAX_RESETS = 200;

	private static final int RESET_SECONDS = 30;

	private static final float UPDATE_RATIO = 0.5f;

	private static final int LEAST_CONNECTION_WINDOW = 1024 * 1024;

	private Http2Takeover() {
	}

	/**
	 * Put a handler that speaks HTTP/2 into the place of another one. Called by the event
	 * loop.
	 * @param context the handler that is replaced
	 * @param services what all HTTP/2 connections share
	 * @param inherited what the connection was until now
	 * @param request the request that has asked for it, {@code null} where none has
	 * @param insecure whether HTTP/2 may not be spoken with what TLS has negotiated
	 * @throws Http2Exception where the settings of that request are none
	 */
	public static void takeOver(ChannelHandlerContext context, Http2Services services, HandedOver inherited,
			@Nullable UpgradedRequest request, boolean insecure) throws Http2Exception {
		Http2Handler handler = handler(context, services, inherited);
		context.pipeline().replace(context.handler(), null, handler);
		if (insecure) {
			handler.refuse(Http2Error.INADEQUATE_SECURITY);
		}
		else if (request != null) {
			handler.upgrade(request);
		}
	}

	/**
	 * Hand on what has come for HTTP/2 already.
	 * @param pipeline the pipeline
	 * @param bytes the bytes, released by the codec
	 */
	public static void receive(ChannelPipeline pipeline, ByteBuf bytes) {
		Http2Handler handler = pipeline.get(Http2Handler.class);
		if (handler == null) {
			bytes.release();
			return;
		}
		try {
			handler.channelRead(handler.context(), bytes);
			handler.channelReadComplete(handler.context());
		}
		catch (Exception ex) {
			handler.exceptionCaught(handler.context(), ex);
		}
	}

	private static Http2Handler handler(ChannelHandlerContext context, Http2Services services, HandedOver inherited) {
		Http2Options options = services.options();
		int maxHeaderSize = services.shared().limits().maxHeaderSize();
		DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
		// Not only when the client has acknowledged it (CVE-2026-47244).
		connection.remote().maxActiveStreams(options.maxConcurrentStreams());
		Http2Session session = new Http2Session(services, context.channel(), inherited, connection);
		SessionFrames frames = new SessionFrames(session, connection);
		connection.addListener(frames);
		connection.remote()
			.flowController(new DefaultHttp2RemoteFlowController(connection,
					new UniformStreamByteDistributor(connection), frames));
		// One slow stream must not starve the others: each has a window of its own.
		connection.local().flowController(new DefaultHttp2LocalFlowController(connection, UPDATE_RATIO, true));
		BatchingFrameWriter writer = new BatchingFrameWriter(
				new DefaultHttp2HeadersEncoder(SensitiveFields::isSensitive, true), inherited.counts());
		DefaultHttp2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
		Http2FrameReader reader = new GuardedFrameReader(
				new DefaultHttp2FrameReader(new FieldsDecoder(session.fields(), maxHeaderSize),
						MAX_SMALL_CONTINUATIONS),
				connection, session.guard(), session.dropped());
		DefaultHttp2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(connection, encoder, reader,
				Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false);
		Http2Settings settings = new Http2Settings().maxConcurrentStreams(options.maxConcurrentStreams())
			.initialWindowSize(options.initialWindowSize())
			.maxFrameSize(options.maxFrameSize())
			.maxHeaderListSize(maxHeaderSize);
		int window = Math.max(LEAST_CONNECTION_WINDOW, options.initialWindowSize());
		return new Builder(session, writer, window).build(decoder, encoder, frames, settings);
	}

	/** Puts the codec's own guards around it. */
	private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Handler, Builder> {

		private final Http2Session session;

		private final BatchingFrameWriter writer;

		private final int window;

		Builder(Http2Session session, BatchingFrameWriter writer, int window) {
			this.session = session;
			this.writer = writer;
			this.window = window;
		}

		Http2Handler build(DefaultHttp2ConnectionDecoder decoder, DefaultHttp2ConnectionEncoder encoder,
				SessionFrames frames, Http2Settings settings) {
			decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_CONSECUTIVE_EMPTY_DATA);
			decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS);
			initialSettings(settings);
			frameListener(frames);
			codec(decoder, encoder);
			return build();
		}

		@Override
		protected Http2Handler build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder,
				Http2Settings settings) {
			return new Http2Handler(decoder, encoder, settings, this.session, this.writer, this.window);
		}

	}

}
