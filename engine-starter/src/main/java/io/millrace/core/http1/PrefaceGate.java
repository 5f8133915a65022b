package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Looks whether a client begins with HTTP/2, without asking first (RFC 9113 §3.3): holds
 * the first bytes back until that is known, which mostly takes one, and leaves.
 */
public final class PrefaceGate extends ChannelInboundHandlerAdapter {

	// No method of HTTP/1.1 is called so, and never will be.
	private static final byte[] PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

	private final Http1Handler http1;

	private ByteBuf held = Unpooled.EMPTY_BUFFER;

	/**
	 * Create a gate.
	 * @param http1 the handler behind it, which may have to give way
	 */
	public PrefaceGate(Http1Handler http1) {
		this.http1 = http1;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		if (this.held.isReadable()) {
			ByteBuf both = context.alloc().buffer(this.held.readableBytes() + bytes.readableBytes());
			both.writeBytes(this.held).writeBytes(bytes);
			this.held.release();
			bytes.release();
			bytes = both;
		}
		this.held = bytes;
		int length = Math.min(bytes.readableBytes(), PREFACE.length);
		for (int i = 0; i < length; i++) {
			if (bytes.getByte(bytes.readerIndex() + i) != PREFACE[i]) {
				leave(context);
				return;
			}
		}
		if (length == PREFACE.length) {
			this.http1.beginsWithHttp2();
			leave(context);
		}
	}

	private void leave(ChannelHandlerContext context) {
		ByteBuf bytes = this.held;
		this.held = Unpooled.EMPTY_BUFFER;
		context.fireChannelRead(bytes);
		context.pipeline().remove(this);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (this.held.isReadable()) {
			// There will be no more.
			ByteBuf bytes = this.held;
			this.held = Unpooled.EMPTY_BUFFER;
			context.fireChannelRead(bytes);
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.held.release();
	}

}
