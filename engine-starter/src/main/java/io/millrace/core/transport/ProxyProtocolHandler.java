package io.millrace.core.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.millrace.core.connection.ProxiedPeer;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LogThrottle;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the header of the PROXY protocol with which a connection begins (version 1
 * and 2 of the specification of HAProxy), and then has the pipeline put together that the
 * rest is for. Stands behind Netty's decoder, one for each connection; only the event
 * loop calls.
 * <p>
 * Without a header, with one that is malformed, or with one for anything but TCP the
 * connection is closed, as the specification asks: nobody would know whose it is. A
 * header that names nobody (LOCAL, as health checks of proxies have it, or UNKNOWN) means
 * the proxy itself.
 */
final class ProxyProtocolHandler extends ChannelInboundHandlerAdapter {

	/** Why a connection is refused, as counters have it. */
	static final String REASON = "proxy_header";

	// As it is called where a head of a request is late.
	private static final String LATE = "header";

	private static final Logger logger = LoggerFactory.getLogger(ProxyProtocolHandler.class);

	private static final LogThrottle throttle = new LogThrottle();

	private final Duration timeout;

	private final Consumer<Channel> next;

	private final @Nullable ClientLimit limit;

	private final EngineObserver observer;

	private final Set<Channel> waiting;

	private @Nullable Future<?> deadline;

	private boolean refused;

	/**
	 * Create the handler of one connection.
	 * @param timeout how long the header may take, 0 for ever
	 * @param next puts the rest of the pipeline behind this one
	 * @param limit bounds how many connections a client may have, {@code null} for any
	 * number
	 * @param observer is told of refusals
	 * @param waiting knows which connections wait for their header
	 */
	ProxyProtocolHandler(Duration timeout, Consumer<Channel> next, @Nullable ClientLimit limit, EngineObserver observer,
			Set<Channel> waiting) {
		this.timeout = timeout;
		this.next = next;
		this.limit = limit;
		this.observer = observer;
		this.waiting = waiting;
	}

	/**
	 * Begin a pipeline.
	 * @param channel the connection
	 */
	void addTo(Channel channel) {
		channel.pipeline().addLast(new HAProxyMessageDecoder()).addLast(this);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.waiting.add(ctx.channel());
		if (!this.timeout.isZero()) {
			this.deadline = ctx.executor().schedule(() -> late(ctx), this.timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.waiting.remove(ctx.channel());
		if (this.deadline != null) {
			this.deadline.cancel(false);
		}
	}

	private void late(ChannelHandlerContext ctx) {
		if (!this.refused) {
			this.refused = true;
			this.observer.timedOut(LATE);
			ctx.close();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		try {
			if (!this.refused && message instanceof HAProxyMessage header) {
				received(ctx, header);
			}
		}
		finally {
			ReferenceCountUtil.release(message);
		}
	}

	private void received(ChannelHandlerContext ctx, HAProxyMessage header) {
		if (isAboutNobody(header)) {
			goOn(ctx);
			return;
		}
		ProxiedPeer peer = peer(header);
		if (peer == null) {
			refuse(ctx, header.proxiedProtocol() + " is proxied, and only TCP can be");
		}
		else if (this.limit != null && !this.limit.admit(ctx.channel(), peer.remoteAddress().getAddress())) {
			this.refused = true;
			ctx.close();
		}
		else {
			ctx.channel().attr(ProxiedPeer.KEY).set(peer);
			goOn(ctx);
		}
	}

	// §2.1 and §2.2: the addresses of the socket count. A client that has come to the
	// proxy
	// by a Unix domain socket has none.
	private static boolean isAboutNobody(HAProxyMessage header) {
		return header.command() == HAProxyCommand.LOCAL || header.proxiedProtocol() == HAProxyProxiedProtocol.UNKNOWN
				|| header.proxiedProtocol() == HAProxyProxiedProtocol.UNIX_STREAM;
	}

	private static @Nullable ProxiedPeer peer(HAProxyMessage header) {
		if (header.proxiedProtocol() != HAProxyProxiedProtocol.TCP4
				&& header.proxiedProtocol() != HAProxyProxiedProtocol.TCP6) {
			return null;
		}
		boolean secure = header.tlvs()
			.stream()
			.anyMatch((value) -> value instanceof HAProxySSLTLV tls && tls.isPP2ClientSSL());
		return new ProxiedPeer(address(header.sourceAddress(), header.sourcePort()),
				address(header.destinationAddress(), header.destinationPort()), secure);
	}

	// The decoder has checked that it is one.
	private static InetSocketAddress address(String text, int port) {
		return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(text), port);
	}

	// What has come behind the header follows when the decoder leaves, right after this.
	private void goOn(ChannelHandlerContext ctx) {
		this.next.accept(ctx.channel());
		ctx.fireChannelActive();
		ctx.pipeline().remove(this);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		// A client that goes before it has said anything: load balancers look in that
		// way.
		if (event instanceof ChannelInputShutdownEvent) {
			ctx.close();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof IOException) {
			ctx.close();
		}
		else {
			refuse(ctx, reason(cause));
		}
	}

	private void refuse(ChannelHandlerContext ctx, @Nullable String reason) {
		if (this.refused) {
			return;
		}
		this.refused = true;
		this.observer.connectionRefused(REASON);
		if (throttle.isDue()) {
			logger.warn("A connection of {} is closed, since it does not begin with a header of the PROXY protocol: {}",
					ctx.channel().remoteAddress(), printable(reason));
		}
		ctx.close();
	}

	// Decoders wrap what was thrown, the innermost says what is wrong.
	private static @Nullable String reason(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause.getMessage();
	}

	// It repeats what was sent.
	private static String printable(@Nullable String reason) {
		String text = String.valueOf(reason).replaceAll("[^\\x20-\\x7e]", "?");
		return (text.length() <= 200) ? text : text.substring(0, 200);
	}

}
