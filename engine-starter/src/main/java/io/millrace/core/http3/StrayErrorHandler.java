package io.millrace.core.http3;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of what is wrong on the streams that carry no request: the control stream and
 * those of QPACK. The codec closes the connection for it.
 */
final class StrayErrorHandler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(StrayErrorHandler.class);

	private final Http3Connection connection;

	StrayErrorHandler(Http3Connection connection) {
		this.connection = connection;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		logger.debug("A connection is closed for what came on one of its own streams", cause);
		if (cause instanceof Http3Exception refusal && refusal.errorCode() != Http3ErrorCode.H3_NO_ERROR) {
			this.connection.failed(refusal.errorCode());
		}
	}

}
