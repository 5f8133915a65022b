package io.millrace.core.transport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Pauses accepting while as many connections are open as are allowed: clients then wait
 * in the backlog of the kernel. Sits in the pipelines of the listening sockets.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

	private final int limit;

	private final AtomicInteger open = new AtomicInteger();

	private final List<Channel> listening = new CopyOnWriteArrayList<>();

	ConnectionLimit(int limit) {
		this.limit = limit;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.listening.add(ctx.channel());
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object accepted) {
		Channel connection = (Channel) accepted;
		this.open.incrementAndGet();
		connection.closeFuture().addListener((closed) -> {
			this.open.decrementAndGet();
			settle();
		});
		settle();
		ctx.fireChannelRead(accepted);
	}

	private void settle() {
		boolean accept = this.open.get() < this.limit;
		for (Channel channel : this.listening) {
			if (channel.config().isAutoRead() != accept) {
				channel.config().setAutoRead(accept);
			}
		}
		// Two may have settled at once, in the wrong order.
		if (accept != (this.open.get() < this.limit)) {
			settle();
		}
	}

}
