package io.millrace.core.transport;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Pauses accepting while as many connections are open as are allowed: clients then wait
 * in the backlog of the kernel. Sits in the pipelines of the listening sockets. A
 * transport may have accepted a few more before it pauses; those wait here, untouched, so
 * that the limit is exact.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

	private final int limit;

	private final List<Channel> listening = new CopyOnWriteArrayList<>();

	// Guarded by this, as is the queue.
	private int open;

	private final Queue<Accepted> waiting = new ArrayDeque<>();

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
		synchronized (this) {
			for (Iterator<Accepted> all = this.waiting.iterator(); all.hasNext();) {
				Accepted one = all.next();
				if (one.by == ctx) {
					all.remove();
					one.refuse();
				}
			}
		}
	}

	/**
	 * Count a connection that has come on another way, until it is closed.
	 * @param connection the connection
	 * @return {@code false} where there are as many already as there may be
	 */
	boolean enter(Channel connection) {
		synchronized (this) {
			if (this.open >= this.limit) {
				return false;
			}
			this.open++;
		}
		settle();
		connection.closeFuture().addListener((done) -> closed());
		return true;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		Accepted accepted = new Accepted(ctx, (Channel) message);
		boolean allowed;
		synchronized (this) {
			allowed = this.open < this.limit;
			if (allowed) {
				this.open++;
			}
			else {
				this.waiting.add(accepted);
			}
		}
		settle();
		if (allowed) {
			serve(accepted);
		}
	}

	// Called by the loop of the listening socket.
	private void serve(Accepted accepted) {
		if (accepted.by.isRemoved()) {
			accepted.refuse();
			closed();
			return;
		}
		accepted.connection.closeFuture().addListener((done) -> closed());
		accepted.by.fireChannelRead(accepted.connection);
	}

	private void closed() {
		Accepted next = next();
		if (next != null) {
			next.by.executor().execute(() -> serve(next));
		}
		else {
			settle();
		}
	}

	// Its place is for the one returned.
	private synchronized @Nullable Accepted next() {
		Accepted next = this.waiting.poll();
		this.open -= (next == null) ? 1 : 0;
		return next;
	}

	// Loops may settle at the same time and in the wrong order. Whoever changes the count
	// settles afterwards, and whoever has settled looks whether the count still says so:
	// so the last one to write knows the last count.
	void settle() {
		boolean accept;
		do {
			accept = isOpen();
			for (Channel channel : this.listening) {
				channel.config().setAutoRead(accept);
			}
		}
		while (accept != isOpen());
	}

	private synchronized boolean isOpen() {
		return this.open < this.limit;
	}

	private record Accepted(ChannelHandlerContext by, Channel connection) {

		// No loop knows it yet.
		void refuse() {
			this.connection.unsafe().closeForcibly();
		}

	}

}
