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
 * in the backlog of the kernel. Sits in the pipelines of the listening sockets. Exact
 * where a single socket listens and accepts one connection at a time; each further socket
 * may accept one too many.
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
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.listening.remove(ctx.channel());
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

	// Loops may settle at the same time and in the wrong order. Whoever changes the count
	// settles afterwards, and whoever has settled looks whether the count still says so:
	// so the last one to write knows the last count.
	private void settle() {
		boolean accept;
		do {
			accept = this.open.get() < this.limit;
			for (Channel channel : this.listening) {
				channel.config().setAutoRead(accept);
			}
		}
		while (accept != (this.open.get() < this.limit));
	}

}
