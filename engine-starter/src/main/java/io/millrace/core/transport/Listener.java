package io.millrace.core.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.http1.Http1Services;
import io.millrace.core.http3.ConnectionGate;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * One bound address: a listening socket that hands connections to the event loops in
 * turn, or one for each loop. Nothing is accepted before {@link #accept()}.
 */
public final class Listener {

	private final ListenerConfig config;

	private final EventLoops loops;

	private final @Nullable ProxyProtocolInitializer proxied;

	private final ChannelHandler connections;

	private final ListenerInitializer initializer;

	private final List<Channel> sockets = new ArrayList<>();

	// Of the first socket, which does not know it any more when it is closed.
	private @Nullable SocketAddress address;

	private Listener(ListenerConfig config, EventLoops loops, AcceptLimits limits, Http1Services services) {
		this.config = config;
		this.loops = loops;
		this.initializer = new ListenerInitializer(config, limits, services.observer());
		ConnectionInitializer plain = new ConnectionInitializer(services, config.tls());
		ProxyProtocolOptions options = config.proxyProtocol();
		this.proxied = (options != null) ? new ProxyProtocolInitializer(options, plain::initChannel,
				limits.clientLimit(services.observer()), services.observer()) : null;
		this.connections = (this.proxied != null) ? this.proxied : plain;
	}

	/**
	 * Bind. Blocks until bound; not to be called by an event loop.
	 * @param config where, and what connections are like
	 * @param options what all listeners have in common
	 * @param limits how many connections there may be
	 * @param loops who serves the connections
	 * @param services what the connections share
	 * @return the listener, to be closed by the caller
	 * @throws BindException where the address is in use, not of this machine, or not
	 * allowed; whatever the transport throws of its own
	 * @throws UnknownHostException where the address has a name that is not known
	 * @throws IOException where there can be no such socket
	 */
	static Listener bind(ListenerConfig config, ListenerOptions options, AcceptLimits limits, EventLoops loops,
			Http1Services services) throws IOException {
		Listener listener = new Listener(config, loops, limits, services);
		try {
			if (config.address() instanceof ListenerAddress.Tcp tcp) {
				listener.bind(tcp.socket(), options);
			}
			else if (config.address() instanceof ListenerAddress.Unix unix) {
				listener.bind(unix, options);
			}
			else if (config.address() instanceof ListenerAddress.Inherited inherited) {
				listener.inherit(inherited);
			}
			listener.address = listener.sockets.get(0).localAddress();
			return listener;
		}
		catch (Throwable ex) {
			listener.close();
			throw ex;
		}
	}

	private void bind(InetSocketAddress wanted, ListenerOptions options) throws IOException {
		InetSocketAddress address = wanted;
		if (address.isUnresolved()) {
			throw new UnknownHostException("The host to listen on is not known: " + address.getHostString());
		}
		if (options.reusePort()) {
			checkReusePort(this.loops.transport(), address);
		}
		for (EventLoopGroup group : acceptors(options, this.loops)) {
			ServerBootstrap bootstrap = bootstrap(group).channel(this.loops.transport().serverChannel())
				.option(ChannelOption.SO_BACKLOG, options.backlog())
				.option(ChannelOption.SO_REUSEADDR, true)
				.childOption(ChannelOption.TCP_NODELAY, true);
			if (options.reusePort()) {
				bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
			}
			Channel socket = bound(bootstrap.bind(address), address);
			this.sockets.add(socket);
			// The first may have taken any free port: the others share it.
			address = (InetSocketAddress) socket.localAddress();
		}
	}

	private void bind(ListenerAddress.Unix unix, ListenerOptions options) throws IOException {
		UnixSocketFile file = new UnixSocketFile(unix.path());
		file.prepare();
		Transport transport = this.loops.transport();
		ServerBootstrap bootstrap = bootstrap(this.loops.group()).channel(transport.serverDomainChannel())
			.option(ChannelOption.SO_BACKLOG, options.backlog());
		SocketAddress address = transport.domainAddress(unix.path());
		this.sockets.add(bound(bootstrap.bind(address), address));
		file.permit(unix.permissions());
	}

	// The socket may be one that blocks: then it is asked for one connection at a time,
	// which is there when it is told to be.
	private void inherit(ListenerAddress.Inherited inherited) throws IOException {
		Transport transport = this.loops.transport();
		if (!transport.supportsInherited()) {
			throw new IllegalArgumentException(
					"inherited needs the transport epoll, and the transport is " + transport.id());
		}
		InheritedSocket socket = InheritedSocket.find(inherited.socket());
		ServerBootstrap bootstrap = bootstrap(this.loops.group()).channelFactory(socket::channel)
			.option(ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1));
		if (!socket.isUnix()) {
			bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
		}
		this.sockets.add(bound(bootstrap.register(), inherited.describe()));
	}

	// Two processes of one user could share a port without either being told, and half of
	// the requests would go astray: so it is tried without sharing first. Nobody can
	// connect to this socket, since it does not listen.
	private static void checkReusePort(Transport transport, InetSocketAddress address) throws IOException {
		if (!transport.supportsReusePort()) {
			throw new IllegalArgumentException(
					"reusePort needs the transport epoll or io_uring, and the transport is " + transport.id());
		}
		try (Socket probe = new Socket()) {
			probe.setReuseAddress(true);
			probe.bind(address);
		}
		catch (IOException ex) {
			throw bindException(address, ex);
		}
	}

	private static Channel bound(ChannelFuture binding, Object address) throws IOException {
		ChannelFuture bound = binding.awaitUninterruptibly();
		Throwable cause = bound.cause();
		if (cause == null) {
			return bound.channel();
		}
		bound.channel().close();
		throw (cause instanceof IOException ex) ? bindException(address, ex)
				: new IOException("Cannot listen on " + address, cause);
	}

	// The native transports have exceptions of their own, which others do not know.
	private static BindException bindException(Object address, IOException cause) {
		BindException exception = new BindException(cause.getMessage() + ": " + address);
		exception.initCause(cause);
		return exception;
	}

	// A loop that has its own socket keeps what it accepts; otherwise all loops take
	// turns.
	private static Iterable<? extends EventLoopGroup> acceptors(ListenerOptions options, EventLoops loops) {
		return options.reusePort() ? loops.each() : List.of(loops.group());
	}

	private ServerBootstrap bootstrap(EventLoopGroup group) {
		return new ServerBootstrap().group(group)
			.option(ChannelOption.AUTO_READ, false)
			// A client that has sent its request may close its side and still wait.
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.handler(this.initializer)
			.childHandler(this.connections);
	}

	/** Accept connections from now on. */
	void accept() {
		this.sockets.forEach((socket) -> socket.config().setAutoRead(true));
	}

	/**
	 * What it was asked to be.
	 * @return name, address and protocols
	 */
	public ListenerConfig config() {
		return this.config;
	}

	/**
	 * Where it listens, as logs have it.
	 * @return for example {@code 127.0.0.1:8443}, {@code /run/app.sock}
	 */
	public String address() {
		if (this.config.address() instanceof ListenerAddress.Unix unix) {
			return unix.path().toString();
		}
		if (this.address instanceof InetSocketAddress inet && inet.getAddress() != null) {
			return NetUtil.toSocketAddressString(inet);
		}
		return this.config.address().describe();
	}

	/**
	 * Which versions of HTTP a listener speaks.
	 * @param config the listener
	 * @param http2 whether the engine speaks HTTP/2
	 * @param http3 whether the engine speaks HTTP/3, which the first listener does only
	 * @return them as tags of meters have them
	 */
	public static List<String> protocols(ListenerConfig config, boolean http2, boolean http3) {
		List<String> protocols = new ArrayList<>(List.of("http1"));
		if (http2 && config.http2()) {
			protocols.add("http2");
		}
		if (http3 && config.isMain()) {
			protocols.add("http3");
		}
		return List.copyOf(protocols);
	}

	/**
	 * The port that is bound.
	 * @return the port, also after {@link #close()}; -1 for what has none
	 */
	public int port() {
		return (this.address instanceof InetSocketAddress inet) ? inet.getPort() : -1;
	}

	/**
	 * Counts connections that come on other ways to the same limits.
	 * @return the gate
	 */
	public ConnectionGate gate() {
		return this.initializer;
	}

	/**
	 * Accept no more. Blocks until the sockets are closed, unless an event loop calls.
	 * Connections that were accepted may still be on their way to their loops, until
	 * these have had a {@linkplain EventLoops#turn() turn}.
	 */
	void close() {
		boolean wait = !this.loops.isLoop();
		for (Channel socket : this.sockets) {
			ChannelFuture closed = socket.close();
			if (wait) {
				closed.awaitUninterruptibly();
			}
		}
		if (this.proxied != null) {
			this.proxied.close();
		}
	}

}
