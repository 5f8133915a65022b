package io.millrace.core.transport;

import java.net.InetSocketAddress;

import io.millrace.core.http.AddressBlocks;
import io.millrace.core.http3.ConnectionGate;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LogThrottle;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the pipeline of a listening socket: what decides whether a connection is
 * accepted. One for all sockets of a port.
 */
@Sharable
final class ListenerInitializer extends ChannelInitializer<Channel> implements ConnectionGate {

	private final @Nullable ConnectionLimit limit;

	private final @Nullable ClientLimit clientLimit;

	private final DescriptorLimit descriptors = DescriptorLimit.current();

	private final LogThrottle throttle = new LogThrottle();

	private final EngineObserver observer;

	ListenerInitializer(ListenerOptions options, EngineObserver observer) {
		this.limit = (options.maxConnections() > 0) ? new ConnectionLimit(options.maxConnections()) : null;
		this.clientLimit = (options.maxConnectionsPerIp() > 0)
				? new ClientLimit(options.maxConnectionsPerIp(), new AddressBlocks(options.uncounted()), observer)
				: null;
		this.observer = observer;
		this.descriptors.warn(options.maxConnections());
	}

	@Override
	public boolean enter(Channel connection, InetSocketAddress client) {
		return (this.clientLimit == null || this.clientLimit.enter(connection, client))
				&& (this.limit == null || this.limit.enter(connection));
	}

	@Override
	protected void initChannel(Channel socket) {
		socket.pipeline().addLast(new AcceptFailures(this.descriptors, this.limit, this.throttle, this.observer));
		// First those who are never to take a place of another.
		if (this.clientLimit != null) {
			socket.pipeline().addLast(this.clientLimit);
		}
		if (this.limit != null) {
			socket.pipeline().addLast(this.limit);
		}
	}

}
