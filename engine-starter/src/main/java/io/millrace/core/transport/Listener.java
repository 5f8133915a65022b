package io.millrace.core.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.http1.Http1Services;
import io.millrace.core.http3.ConnectionGate;
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

	private final EventLoops loops;

	private final List<Channel> sockets;

	private final int port;

	private final ConnectionGate gate;

	private Listener(EventLoops loops, List<Channel> sockets, int port, ConnectionGate gate) {
		this.loops = loops;
		this.sockets = sockets;
		this.port = port;
		this.gate = gate;
	}

	/**
	 * Bind and accept. Blocks until bound; not to be called by an event loop.
	 * @param options what the socket is like
	 * @param tls how it speaks TLS, {@code null} for plain text
	 * @param loops who serves the connections
	 * @param services what the connections share
	 * @return the listener, to be closed by the caller
	 * @throws BindException where the address is in use, not of this machine, or not
	 * allowed; whatever the transport throws of its own
	 * @throws UnknownHostException where the address has a name that is not known
	 */
	public static Listener bind(ListenerOptions options, @Nullable TlsOptions tls, EventLoops loops,
			Http1Services services) throws IOException {
		InetSocketAddress address = options.address();
		if (address.isUnresolved()) {
			throw new UnknownHostException("The host to listen on is not known: " + address.getHostString());
		}
		if (options.reusePort()) {
			checkReusePort(loops.transport(), address);
		}
		ListenerInitializer initializer = new ListenerInitializer(options, services.observer());
		ConnectionInitializer connections = new ConnectionInitializer(services, tls);
		List<Channel> sockets = new ArrayList<>();
		try {
			for (EventLoopGroup group : acceptors(options, loops)) {
				Channel socket = bind(bootstrap(options, loops.transport(), group, initializer, connections), address);
				sockets.add(socket);
				// The first may have taken any free port: the others share it.
				address = (InetSocketAddress) socket.localAddress();
			}
			return new Listener(loops, List.copyOf(sockets), address.getPort(), initializer);
		}
		catch (Throwable ex) {
			sockets.forEach((socket) -> socket.close().awaitUninterruptibly());
			throw ex;
		}
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

	private static Channel bind(ServerBootstrap bootstrap, InetSocketAddress address) throws IOException {
		ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
		Throwable cause = bound.cause();
		if (cause == null) {
			return bound.channel();
		}
		bound.channel().close();
		throw (cause instanceof IOException ex) ? bindException(address, ex)
				: new IOException("Cannot listen on " + address, cause);
	}

	// The native transports have exceptions of their own, which others do not know.
	private static BindException bindException(InetSocketAddress address, IOException cause) {
		BindException exception = new BindException(cause.getMessage() + ": " + address);
		exception.initCause(cause);
		return exception;
	}

	// A loop that has its own socket keeps what it accepts; otherwise all loops take
	// turns.
	private static Iterable<? extends EventLoopGroup> acceptors(ListenerOptions options, EventLoops loops) {
		return options.reusePort() ? loops.each() : List.of(loops.group());
	}

	private static ServerBootstrap bootstrap(ListenerOptions options, Transport transport, EventLoopGroup group,
			ListenerInitializer initializer, ConnectionInitializer connections) {
		ServerBootstrap bootstrap = new ServerBootstrap().group(group)
			.channel(transport.serverChannel())
			.option(ChannelOption.SO_BACKLOG, options.backlog())
			.option(ChannelOption.SO_REUSEADDR, true)
			.childOption(ChannelOption.TCP_NODELAY, true)
			// A client that has sent its request may close its side and still wait.
			.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.handler(initializer)
			.childHandler(connections);
		if (options.reusePort()) {
			bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
		}
		return bootstrap;
	}

	/**
	 * Why a connection may be closed at once.
	 * @return the reasons as observers are told them
	 */
	public static List<String> refusalReasons() {
		return List.of(ClientLimit.REASON);
	}

	/**
	 * Why an attempt to accept a connection may fail.
	 * @return the reasons as observers are told them
	 */
	public static List<String> acceptFailureReasons() {
		return AcceptFailures.REASONS;
	}

	/**
	 * The port that is bound.
	 * @return the port, also after {@link #close()}
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Counts connections that come on other ways to the same limits.
	 * @return the gate
	 */
	public ConnectionGate gate() {
		return this.gate;
	}

	/**
	 * Accept no more. Blocks until the sockets are closed, unless an event loop calls.
	 * Connections that were accepted may still be on their way to their loops, until
	 * these have had a {@linkplain EventLoops#turn() turn}.
	 */
	public void close() {
		boolean wait = !this.loops.isLoop();
		for (Channel socket : this.sockets) {
			ChannelFuture closed = socket.close();
			if (wait) {
				closed.awaitUninterruptibly();
			}
		}
	}

}
