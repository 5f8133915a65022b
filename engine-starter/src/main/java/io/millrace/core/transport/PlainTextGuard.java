package io.millrace.core.transport;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * Tells a client that speaks plain HTTP to a port of TLS what is wrong: its first byte is
 * the letter of a method, and every record of TLS begins with a control character (RFC
 * 8446 §5.1). Leaves as soon as that is known.
 */
final class PlainTextGuard extends ChannelInboundHandlerAdapter {

	private static final String BODY = "This port speaks HTTPS, and the request was plain HTTP: use https:// in the "
			+ "address.\n";

	private static final ByteBuf ANSWER = Unpooled.unreleasableBuffer(Unpooled
		.copiedBuffer("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Length: "
				+ BODY.length() + "\r\nConnection: close\r\n\r\n" + BODY, StandardCharsets.US_ASCII)
		.asReadOnly());

	private static final long LINGER_SECONDS = 2;

	private boolean refused;

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.refused) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof ByteBuf bytes && bytes.isReadable()
				&& isLetter(bytes.getByte(bytes.readerIndex()))) {
			this.refused = true;
			bytes.release();
			context.writeAndFlush(ANSWER.duplicate()).addListener((sent) -> linger(context.channel()));
		}
		else {
			context.pipeline().remove(this);
			context.fireChannelRead(message);
		}
	}

	// A close while the client is sending would be a reset, which may overtake the
	// answer.
	private static void linger(Channel channel) {
		if (channel instanceof DuplexChannel duplex && channel.isActive()) {
			duplex.shutdownOutput();
			channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
		}
		else {
			channel.close();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (this.refused && event instanceof ChannelInputShutdownEvent) {
			context.close();
		}
		else {
			context.fireUserEventTriggered(event);
		}
	}

	private static boolean isLetter(byte first) {
		return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
	}

}
