package io.millrace.core.transport;

import java.net.InetSocketAddress;

import io.millrace.core.http3.ConnectionGate;
import io.millrace.core.observe.EngineObserver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the pipeline of a listening socket: what decides whether a connection is
 * accepted. One for all sockets of a listener.
 */
@Sharable
final class ListenerInitializer extends ChannelInitializer<Channel> implements ConnectionGate {

	private final AcceptLimits limits;

	private final EngineObserver observer;

	// The first that a connection meets; it may be closed there.
	private final @Nullable ChannelHandler gate;

	/**
	 * Create it.
	 * @param config the listener
	 * @param limits common to all listeners
	 * @param observer is told of what is refused here
	 */
	ListenerInitializer(ListenerConfig config, AcceptLimits limits, EngineObserver observer) {
		this.limits = limits;
		this.observer = observer;
		ProxyProtocolOptions proxyProtocol = config.proxyProtocol();
		// Behind a proxy the client is known later.
		this.gate = (proxyProtocol != null) ? new ProxyGate(proxyProtocol, observer) : limits.clientLimit(observer);
	}

	@Override
	public boolean enter(Channel connection, InetSocketAddress client) {
		ClientLimit clientLimit = this.limits.clientLimit(this.observer);
		ConnectionLimit limit = this.limits.connectionLimit();
		return (clientLimit == null || clientLimit.admit(connection, client.getAddress()))
				&& (limit == null || limit.enter(connection));
	}

	@Override
	protected void initChannel(Channel socket) {
		socket.pipeline().addLast(this.limits.acceptFailures(this.observer));
		// First those who are never to take a place of another.
		if (this.gate != null) {
			socket.pipeline().addLast(this.gate);
		}
		if (this.limits.connectionLimit() != null) {
			socket.pipeline().addLast(this.limits.connectionLimit());
		}
	}

}
