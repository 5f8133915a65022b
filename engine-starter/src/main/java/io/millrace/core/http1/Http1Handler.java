package io.millrace.core.http1;

import javax.net.ssl.SSLException;

import io.millrace.core.connection.ConnectionLife;
import io.millrace.core.http2.Http2Services;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of the pipeline: brings to an HTTP/1.1 connection what happens to its
 * socket, when the connection is the loop's.
 */
public final class Http1Handler extends ChannelInboundHandlerAdapter {

	private static final String HTTP_2 = ApplicationProtocolNames.HTTP_2;

	private final Http1Connection connection;

	private final ConnectionLife life;

	private final Loan loan;

	// Null where the server does not speak HTTP/2.
	private final @Nullable Http2Handover handover;

	/**
	 * Create the handler of one connection.
	 * @param services what all connections share
	 * @param channel the connection, registered with its event loop
	 * @param encrypted whether handlers before this one speak TLS
	 */
	public Http1Handler(Http1Services services, Channel channel, boolean encrypted) {
		this.life = new ConnectionLife(services.shared(), services.meter(channel.eventLoop()));
		this.loan = new Loan(channel.eventLoop());
		Http2Services http2 = services.http2();
		this.handover = (http2 != null) ? new Http2Handover(http2, channel, this.life, encrypted) : null;
		this.connection = new Http1Connection(services, channel, this.loan, this.handover, encrypted);
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		this.life.opened();
		this.connection.opened();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		if (this.loan.recall()) {
			this.connection.received(bytes);
		}
		else {
			this.loan.whenBack(() -> this.connection.received(bytes));
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		this.loan.whenBack(this.connection::writabilityChanged);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			this.loan.whenBack(this.connection::inputClosed);
		}
		else if (event instanceof SslCloseCompletionEvent) {
			this.loan.whenBack(this.connection::saidGoodbye);
		}
		else if (event instanceof SslHandshakeCompletionEvent handshake) {
			handshakeEnded(ctx, handshake.isSuccess());
		}
		else if (event instanceof SniCompletionEvent hello && !hello.isSuccess()) {
			handshakeEnded(ctx, false);
		}
	}

	// What a client sends that is no TLS is no more than a connection that is lost.
	private static Throwable known(Throwable cause) {
		if (cause instanceof DecoderException && cause.getCause() instanceof SSLException tls) {
			return tls;
		}
		return (cause instanceof TooLongFrameException) ? new SSLException("The hello is too large", cause) : cause;
	}

	private void handshakeEnded(ChannelHandlerContext ctx, boolean completed) {
		if (completed) {
			this.connection.secured(ctx.pipeline().get(SslHandler.class).engine().getSession());
		}
		this.life.handshakeEnded(completed);
		if (completed && this.handover != null
				&& HTTP_2.equals(ctx.pipeline().get(SslHandler.class).applicationProtocol())) {
			beginsWithHttp2();
		}
	}

	/** The client speaks HTTP/2 from the start. */
	void beginsWithHttp2() {
		if (this.handover != null) {
			this.connection.leave();
			this.handover.handOver(this.connection, null, null);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.loan.whenBack(() -> this.connection.failed(known(cause)));
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.loan.whenBack(() -> {
			this.connection.closed();
			this.life.closed(this.connection::read);
		});
	}

	/**
	 * The socket is going to be closed, by whomever: until then no worker writes to it.
	 * Called by the event loop.
	 */
	public void socketCloses() {
		this.loan.awaitReturn();
	}

}
