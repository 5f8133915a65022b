package io.millrace.core.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.millrace.core.http.AddressBlocks;
import io.millrace.core.http.ClientNetwork;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LogThrottle;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds how many connections one client may have open. What comes above is closed at
 * once, before anything is read of it or made for it. Sits in the pipelines of the
 * listening sockets. Knows a client only as long as it has a connection.
 */
@Sharable
final class ClientLimit extends ChannelInboundHandlerAdapter {

	/** Why a connection is refused, as counters have it. */
	static final String REASON = "per_ip";

	private static final Logger logger = LoggerFactory.getLogger(ClientLimit.class);

	private final int limit;

	private final AddressBlocks uncounted;

	private final EngineObserver observer;

	private final LogThrottle throttle;

	private final ConcurrentMap<InetAddress, Integer> open;

	ClientLimit(int limit, AddressBlocks uncounted, EngineObserver observer) {
		this(limit, uncounted, observer, new LogThrottle(), new ConcurrentHashMap<>());
	}

	private ClientLimit(int limit, AddressBlocks uncounted, EngineObserver observer, LogThrottle throttle,
			ConcurrentMap<InetAddress, Integer> open) {
		this.limit = limit;
		this.uncounted = uncounted;
		this.observer = observer;
		this.throttle = throttle;
		this.open = open;
	}

	/**
	 * The same limit for one more listener: a client has its connections to all of them
	 * together.
	 * @param listenerObserver is told of refusals there
	 * @return the limit
	 */
	ClientLimit with(EngineObserver listenerObserver) {
		return new ClientLimit(this.limit, this.uncounted, listenerObserver, this.throttle, this.open);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		Channel connection = (Channel) message;
		// A connection that was reset in the backlog has no address any more, and one to
		// a
		// Unix domain socket never had any.
		InetAddress peer = (connection.remoteAddress() instanceof InetSocketAddress inet) ? inet.getAddress() : null;
		if (admit(connection, peer)) {
			ctx.fireChannelRead(connection);
		}
		else {
			// No loop knows the connection yet.
			connection.unsafe().closeForcibly();
		}
	}

	/**
	 * Give a connection a place until it is closed. Any thread may call.
	 * @param connection the connection
	 * @param address that of its client, {@code null} where it is not known
	 * @return {@code false} where the client has no place left: then the refusal is
	 * counted, and the caller has to close the connection
	 */
	boolean admit(Channel connection, @Nullable InetAddress address) {
		if (address == null || this.uncounted.contains(address)) {
			return true;
		}
		InetAddress client = ClientNetwork.of(address);
		if (this.open.merge(client, 1, Integer::sum) <= this.limit) {
			connection.closeFuture().addListener((done) -> this.open.computeIfPresent(client, ClientLimit::oneLess));
			return true;
		}
		this.open.computeIfPresent(client, ClientLimit::oneLess);
		refused(client);
		return false;
	}

	private static @Nullable Integer oneLess(InetAddress client, Integer known) {
		return (known > 1) ? known - 1 : null;
	}

	private void refused(InetAddress client) {
		this.observer.connectionRefused(REASON);
		if (this.throttle.isDue()) {
			logger.warn("{} has as many connections open as one client may ({}), and gets no more for now",
					client.getHostAddress(), this.limit);
		}
	}

}
