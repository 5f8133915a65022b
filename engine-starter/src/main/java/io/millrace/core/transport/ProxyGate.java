package io.millrace.core.transport;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.millrace.core.http.TrustedProxies;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LogThrottle;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ServerSocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections that do not come from a trusted proxy, before anything is read of
 * them: they could say that they are anybody. Sits in the pipeline of a listening socket
 * that takes the PROXY protocol.
 */
@Sharable
final class ProxyGate extends ChannelInboundHandlerAdapter {

	/** Why a connection is refused, as counters have it. */
	static final String REASON = "untrusted_proxy";

	private static final Logger logger = LoggerFactory.getLogger(ProxyGate.class);

	private final TrustedProxies trusted;

	private final EngineObserver observer;

	private final LogThrottle throttle = new LogThrottle();

	ProxyGate(ProxyProtocolOptions options, EngineObserver observer) {
		this.trusted = new TrustedProxies(options.trustedProxies());
		this.observer = observer;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		Channel connection = (Channel) message;
		SocketAddress peer = connection.remoteAddress();
		if (isTrusted(peer, ctx.channel())) {
			ctx.fireChannelRead(connection);
			return;
		}
		connection.unsafe().closeForcibly();
		this.observer.connectionRefused(REASON);
		if (this.throttle.isDue()) {
			logger.warn("{} is refused: it is none of the proxies whose PROXY protocol is trusted", peer);
		}
	}

	// The peer of a Unix domain socket mostly has no address at all. One of TCP that was
	// reset in the backlog has none any more, and nobody knows whose it was.
	private boolean isTrusted(@Nullable SocketAddress peer, Channel listening) {
		if (peer instanceof InetSocketAddress inet) {
			return this.trusted.contains(inet.getAddress());
		}
		return !(listening instanceof ServerSocketChannel) && this.trusted.containsUnix();
	}

}
