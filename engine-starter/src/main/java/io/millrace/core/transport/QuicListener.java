package io.millrace.core.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.http3.Http3Services;
import io.millrace.core.http3.QuicCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.handler.codec.quic.QuicCodecDispatcher;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;

/**
 * The UDP sockets of a port: one for each event loop where the kernel can spread what
 * comes (SO_REUSEPORT), since all connections of a socket are of one loop. The kernel
 * goes by the address of the client. The ids of a connection say which socket is its, so
 * that a client whose address changes is still understood: another socket hands on what
 * comes to it.
 * <p>
 * Connections are within these sockets, so they are closed after the connections.
 */
public final class QuicListener {

	// No datagram of QUIC is larger on an Ethernet.
	private static final int DATAGRAM_SIZE = 2048;

	private final List<Channel> sockets;

	private QuicListener(List<Channel> sockets) {
		this.sockets = sockets;
	}

	/**
	 * Bind. Blocks until bound; not to be called by an event loop.
	 * @param address where, with the port of the TCP socket
	 * @param tls the certificates
	 * @param loops who serves the connections
	 * @param services what the connections share
	 * @return the listener, to be closed by the caller
	 * @throws BindException where the address is in use
	 * @throws IOException where the certificates cannot be used, and whatever the
	 * transport throws of its own
	 */
	public static QuicListener bind(InetSocketAddress address, TlsOptions tls, EventLoops loops, Http3Services services)
			throws IOException {
		QuicContexts contexts = contexts(tls, services);
		QuicCodec codec = new QuicCodec(services, (channel) -> contexts.newEngine(channel.alloc()));
		boolean spread = loops.transport().supportsReusePort() && loops.count() > 1;
		checkFree(address);
		Sockets initializer = new Sockets(codec);
		List<Channel> sockets = new ArrayList<>();
		try {
			for (EventLoop loop : spread ? loops.each() : loops.each().subList(0, 1)) {
				Bootstrap bootstrap = new Bootstrap().group(loop)
					.channel(loops.transport().datagramChannel())
					.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DATAGRAM_SIZE))
					.handler(initializer);
				if (spread) {
					bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
				}
				sockets.add(bind(bootstrap, address));
			}
			return new QuicListener(List.copyOf(sockets));
		}
		catch (Throwable ex) {
			sockets.forEach((socket) -> socket.close().awaitUninterruptibly());
			throw ex;
		}
	}

	private static QuicContexts contexts(TlsOptions tls, Http3Services services) throws IOException {
		try {
			tls.contexts().prepareQuic(services.isEarlyDataAllowed());
		}
		catch (GeneralSecurityException ex) {
			throw new IOException("The certificates cannot be used for QUIC", ex);
		}
		return tls.contexts().quic();
	}

	// Two processes of one user could share a port without either being told, and half of
	// the packets would go astray: so it is tried without sharing first.
	private static void checkFree(InetSocketAddress address) throws IOException {
		try (DatagramSocket probe = new DatagramSocket(null)) {
			probe.setReuseAddress(false);
			probe.bind(address);
		}
		catch (IOException ex) {
			throw bindException(address, ex);
		}
	}

	private static Channel bind(Bootstrap bootstrap, InetSocketAddress address) throws IOException {
		ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
		Throwable cause = bound.cause();
		if (cause == null) {
			return bound.channel();
		}
		bound.channel().close();
		throw (cause instanceof IOException ex) ? bindException(address, ex)
				: new IOException("Cannot receive UDP on " + address, cause);
	}

	private static BindException bindException(InetSocketAddress address, IOException cause) {
		BindException exception = new BindException(cause.getMessage() + ": " + address + " (UDP)");
		exception.initCause(cause);
		return exception;
	}

	/** Close the sockets. Blocks until they are closed, unless an event loop calls. */
	public void close() {
		for (Channel socket : this.sockets) {
			ChannelFuture closed = socket.close();
			if (this.sockets.stream().noneMatch((each) -> each.eventLoop().inEventLoop())) {
				closed.awaitUninterruptibly();
			}
		}
	}

	/**
	 * Puts together the pipelines of the sockets, and knows which connection is whose.
	 */
	private static final class Sockets extends QuicCodecDispatcher {

		private final QuicCodec codec;

		Sockets(QuicCodec codec) {
			this.codec = codec;
		}

		@Override
		protected void initChannel(Channel socket, int idLength, QuicConnectionIdGenerator ids) {
			socket.pipeline().addLast(this.codec.newHandler(idLength, ids));
		}

	}

}
