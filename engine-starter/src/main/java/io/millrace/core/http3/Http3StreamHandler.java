package io.millrace.core.http3;

import java.io.IOException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.quic.QuicException;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a request stream's pipeline: brings to the stream what happens to
 * it.
 */
final class Http3StreamHandler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(Http3StreamHandler.class);

	private final Http3Stream stream;

	Http3StreamHandler(Http3Stream stream) {
		this.stream = stream;
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		this.stream.opened();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof Http3DataFrame data) {
			this.stream.contentReceived(data.content());
		}
		else if (message instanceof Http3HeadersFrame fields) {
			this.stream.fieldsReceived(fields.headers());
		}
		else {
			// RFC 9114 §9: what is not known is not looked at.
			ReferenceCountUtil.release(message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		this.stream.readComplete();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			this.stream.inputClosed();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		this.stream.writabilityChanged();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.stream.closed();
	}

	// What concerns the stream only the codec has told the client already.
	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (cause instanceof Http3Exception refusal) {
			logger.debug("A request stream is not as it should be", cause);
			this.stream.malformed(refusal.errorCode());
		}
		else if (cause instanceof Http3HeadersValidationException
				|| (cause instanceof IllegalArgumentException && this.stream.isHeadAwaited())) {
			logger.debug("The header of a request is malformed", cause);
			this.stream.malformed(Http3ErrorCode.H3_MESSAGE_ERROR);
		}
		else if (cause instanceof AssertionError) {
			// Netty 4.2.18 asserts what a client has said (QpackDecoder): where
			// assertions
			// are on, that is told instead of the error.
			logger.debug("The header of a request cannot be decoded", cause);
			this.stream.undecodable();
		}
		else if (cause instanceof QuicException || cause instanceof IOException) {
			logger.trace("A stream was lost", cause);
			this.stream.lost(Http3ErrorCode.H3_REQUEST_CANCELLED);
		}
		else {
			logger.error("A stream is closed because of a defect", cause);
			this.stream.lost(Http3ErrorCode.H3_INTERNAL_ERROR);
		}
	}

}
