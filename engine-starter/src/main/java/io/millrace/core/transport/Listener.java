package io.millrace.core.transport;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.http1.Http1Services;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.UnixChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * One bound address: a listening socket that hands connections to the event loops in
 * turn, or one for each loop.
 */
public final class Listener {

	private final List<Channel> sockets;

	private Listener(List<Channel> sockets) {
		this.sockets = sockets;
	}

	/**
	 * Bind and accept. Blocks until bound.
	 * @param options what the socket is like
	 * @param loops who serves the connections
	 * @param services what the connections share
	 * @return the listener, to be closed by the caller
	 * @throws Exception where the address cannot be bound, as the transport throws it: a
	 * {@link java.net.BindException} where it is in use
	 */
	public static Listener bind(ListenerOptions options, EventLoops loops, Http1Services services) throws Exception {
		if (options.reusePort() && !loops.transport().supportsReusePort()) {
			throw new IllegalArgumentException(
					"reusePort needs a native transport, and the transport is " + loops.transport().id());
		}
		ConnectionLimit limit = (options.maxConnections() > 0) ? new ConnectionLimit(options.maxConnections()) : null;
		List<Channel> sockets = new ArrayList<>();
		InetSocketAddress address = options.address();
		try {
			for (EventLoopGroup group : acceptors(options, loops)) {
				ChannelFuture bound = bootstrap(options, loops.transport(), group, services, limit).bind(address)
					.awaitUninterruptibly();
				if (!bound.isSuccess()) {
					throw failure(bound.cause());
				}
				sockets.add(bound.channel());
				// The first may have taken any free port: the others share it.
				address = (InetSocketAddress) bound.channel().localAddress();
			}
			return new Listener(List.copyOf(sockets));
		}
		catch (Exception ex) {
			sockets.forEach(Channel::close);
			throw ex;
		}
	}

	private static Exception failure(Throwable cause) {
		return (cause instanceof Exception ex) ? ex : new IllegalStateException(cause);
	}

	// A loop that has its own socket keeps what it accepts; otherwise all loops take
	// turns.
	private static Iterable<? extends EventLoopGroup> acceptors(ListenerOptions options, EventLoops loops) {
		return options.reusePort() ? loops.each() : List.of(loops.group());
	}

	private static ServerBootstrap bootstrap(ListenerOptions options, Transport transport, EventLoopGroup group,
			Http1Services services, @Nullable ConnectionLimit limit) {
		ServerBootstrap bootstrap = new ServerBootstrap().group(group)
			.channel(transport.serverChannel())
			.option(ChannelOption.SO_BACKLOG, options.backlog())
			.option(ChannelOption.SO_REUSEADDR, true)
			.childOption(ChannelOption.TCP_NODELAY, true)
			// A client that has sent its request may close its side and still wait.
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.childHandler(new ConnectionInitializer(services));
		if (options.reusePort()) {
			bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
		}
		if (limit != null) {
			bootstrap.handler(limit);
		}
		return bootstrap;
	}

	/**
	 * The port that is bound.
	 * @return the port
	 */
	public int port() {
		return ((InetSocketAddress) this.sockets.get(0).localAddress()).getPort();
	}

	/**
	 * Accept no more. Blocks until the sockets are closed, unless an event loop calls.
	 */
	public void close() {
		for (Channel socket : this.sockets) {
			ChannelFuture closed = socket.close();
			if (!socket.eventLoop().inEventLoop()) {
				closed.awaitUninterruptibly();
			}
		}
	}

}
