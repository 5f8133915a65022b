package io.millrace.core.http3;

import java.util.concurrent.TimeUnit;

import io.millrace.core.connection.ConnectionLife;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicPathEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.codec.quic.QuicTransportError;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first handler of a QUIC connection's pipeline: brings to an HTTP/3 connection what
 * happens to it. Until its client has shown that its address is its own, nobody hears of
 * the connection.
 */
final class Http3Handler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(Http3Handler.class);

	private final Http3Services services;

	private final QuicChannel channel;

	private final Http3Connection connection;

	private final ConnectionLife life;

	private @Nullable Future<?> handshakeTimeout;

	private boolean shaking;

	private boolean shaken;

	private boolean opened;

	private boolean refused;

	/**
	 * Create the handler of one connection.
	 * @param services what all connections share
	 * @param channel the connection, registered with its event loop
	 */
	Http3Handler(Http3Services services, QuicChannel channel) {
		this.services = services;
		this.channel = channel;
		this.connection = new Http3Connection(services, channel);
		this.life = new ConnectionLife(services.shared(), services.shared().meter(channel.eventLoop()));
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.shaking = true;
		boolean begin = this.services.handshakes().begin();
		if (!begin || this.services.shared().connections().isDraining()) {
			// The first packet has to be looked at before it can be answered.
			context.executor().execute(this::turnAway);
			return;
		}
		this.handshakeTimeout = context.executor()
			.schedule(this::turnAway, this.services.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
	}

	private void turnAway() {
		this.channel.close(false, (int) QuicTransportError.CONNECTION_REFUSED.code(), Unpooled.EMPTY_BUFFER);
	}

	// Called before anything else is done with the connection. Whether it may stay.
	private boolean open() {
		if (this.opened) {
			return !this.refused;
		}
		this.opened = true;
		this.connection.located();
		this.life.opened();
		this.connection.opened(this.channel.sslEngine());
		if (!this.services.gate().enter(this.channel, this.connection.info().remoteAddress())) {
			this.refused = true;
			this.channel.close(true, Http3ErrorCode.H3_EXCESSIVE_LOAD.code(), Unpooled.EMPTY_BUFFER);
		}
		return !this.refused;
	}

	private void handshakeEnded(boolean completed) {
		if (this.shaking) {
			this.shaking = false;
			this.services.handshakes().end();
			if (this.handshakeTimeout != null) {
				this.handshakeTimeout.cancel(false);
			}
		}
		if (!this.shaken) {
			this.shaken = true;
			this.life.handshakeEnded(completed);
		}
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		handshakeEnded(true);
		if (open()) {
			this.connection.handshakeEnded();
			context.fireChannelActive();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof QuicStreamChannel stream) {
			if (!open()) {
				return;
			}
			if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
				stream.pipeline().addLast(new StreamBytes(stream, this.connection.counts()));
			}
		}
		context.fireChannelRead(message);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
			handshakeEnded(false);
		}
		else if (event instanceof QuicPathEvent.PeerMigrated) {
			this.connection.located();
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (cause instanceof QuicException || cause instanceof java.io.IOException) {
			logger.trace("A QUIC connection is not as it should be", cause);
		}
		else {
			logger.error("A QUIC connection is closed because of a defect", cause);
			this.channel.close(true, Http3ErrorCode.H3_INTERNAL_ERROR.code(), Unpooled.EMPTY_BUFFER);
		}
	}

	@Override
	public void channelUnregistered(ChannelHandlerContext context) {
		handshakeEnded(false);
		if (this.opened) {
			this.connection.closed();
			this.life.closed(this.connection::read);
		}
		context.fireChannelUnregistered();
	}

	/**
	 * What makes the pipeline of a request stream, behind the codec.
	 * @return the handler
	 */
	ChannelHandler newRequestInitializer() {
		return new RequestInitializer(this.connection);
	}

	/**
	 * What hears of errors on the control stream.
	 * @return the handler
	 */
	ChannelHandler newErrorHandler() {
		return new StrayErrorHandler(this.connection);
	}

	/**
	 * What gives all other streams somebody who hears of errors.
	 * @return the handler, to stand behind the codec
	 */
	ChannelHandler newStreamHandler() {
		return new UnidirectionalStreams(this.connection);
	}

	/** Adds the end of a request stream's pipeline. */
	private static final class RequestInitializer extends ChannelInitializer<QuicStreamChannel> {

		private final Http3Connection connection;

		RequestInitializer(Http3Connection connection) {
			this.connection = connection;
		}

		@Override
		public boolean isSharable() {
			return true;
		}

		@Override
		protected void initChannel(QuicStreamChannel stream) {
			StreamBytes bytes = stream.pipeline().get(StreamBytes.class);
			Http3Connection.prepare(stream);
			stream.pipeline().addLast(new Http3StreamHandler(new Http3Stream(this.connection, stream, bytes)));
		}

	}

	/** Adds the end of the other streams' pipelines, and hears what nobody else does. */
	private static final class UnidirectionalStreams extends ChannelInboundHandlerAdapter {

		private final Http3Connection connection;

		UnidirectionalStreams(Http3Connection connection) {
			this.connection = connection;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof QuicStreamChannel stream && stream.type() == QuicStreamType.UNIDIRECTIONAL) {
				stream.pipeline().addLast(new StrayErrorHandler(this.connection));
			}
			context.fireChannelRead(message);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			logger.debug("A connection has ended while its first stream was opened", cause);
		}

	}

}
