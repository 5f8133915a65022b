package io.millrace.core.transport;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The ways to talk to the kernel.
 */
public enum Transport {

	/** Linux, io_uring. */
	IO_URING,

	/** Linux, epoll. */
	EPOLL,

	/** macOS and BSD. */
	KQUEUE,

	/** The JDK's own, everywhere. */
	NIO;

	// Netty 4.2.18 polls once for many events by default, and then does not hear of a
	// reset that comes with the last bytes: the connection would stay until a deadline.
	private static final String POLL_MULTISHOT = "io.netty.iouring.pollAddMultishotEnabled";

	// Netty accepts many connections by one order, which it renews when that has failed,
	// whether or not anybody wants to accept: without descriptors it would not stop to
	// (netty 4.2.18, AbstractIoUringChannel.AbstractUringUnsafe#readComplete).
	private static final String ACCEPT_MULTISHOT = "io.netty.iouring.acceptMultiShotEnabled";

	// Netty tracks one of 128 buffers by default to find leaks, with a stack: that is a
	// twentieth of a small request, see docs/benchmarks.md. One of 4,096 finds them as
	// well, after some thousand requests.
	private static final String LEAK_SAMPLING = "io.netty.leakDetection.samplingInterval";

	static {
		prepareNetty();
	}

	/**
	 * Set the system properties of Netty that matter here, unless they are set. They are
	 * read once, when Netty's classes are loaded by whomever: so it had better be called
	 * before.
	 */
	public static void prepareNetty() {
		setUnlessSet(POLL_MULTISHOT, "false");
		setUnlessSet(ACCEPT_MULTISHOT, "false");
		setUnlessSet(LEAK_SAMPLING, "4096");
	}

	private static void setUnlessSet(String property, String value) {
		if (System.getProperty(property) == null) {
			System.setProperty(property, value);
		}
	}

	/**
	 * The transport that measured best of those that work here, see
	 * {@code docs/benchmarks.md}.
	 * @return never {@code null}, since NIO works everywhere
	 */
	public static Transport best() {
		if (EPOLL.isAvailable()) {
			return EPOLL;
		}
		return KQUEUE.isAvailable() ? KQUEUE : NIO;
	}

	/**
	 * Whether this transport works here.
	 * @return whether its native library was found and the kernel can do it
	 */
	public boolean isAvailable() {
		return unavailabilityCause() == null;
	}

	/**
	 * Why this transport does not work here.
	 * @return the cause, {@code null} where it does
	 */
	public @Nullable Throwable unavailabilityCause() {
		try {
			return switch (this) {
				case IO_URING -> IoUring.unavailabilityCause();
				case EPOLL -> Epoll.unavailabilityCause();
				case KQUEUE -> KQueue.unavailabilityCause();
				case NIO -> null;
			};
		}
		catch (LinkageError ex) {
			return ex;
		}
	}

	/**
	 * Whether connections can be spread over several listening sockets of one port.
	 * @return {@code false} for NIO, and for kqueue, since the kernels there would give
	 * all connections to one of them
	 */
	public boolean supportsReusePort() {
		return this == IO_URING || this == EPOLL;
	}

	IoHandlerFactory ioHandlerFactory() {
		return switch (this) {
			case IO_URING -> IoUringIoHandler.newFactory();
			case EPOLL -> LastingEpoll.newFactory();
			case KQUEUE -> KQueueIoHandler.newFactory();
			case NIO -> NioIoHandler.newFactory();
		};
	}

	Class<? extends ServerChannel> serverChannel() {
		return switch (this) {
			case IO_URING -> IoUringServerSocketChannel.class;
			case EPOLL -> EpollServerSocketChannel.class;
			case KQUEUE -> KQueueServerSocketChannel.class;
			case NIO -> NioServerSocketChannel.class;
		};
	}

	Class<? extends DatagramChannel> datagramChannel() {
		return switch (this) {
			case IO_URING -> IoUringDatagramChannel.class;
			case EPOLL -> EpollDatagramChannel.class;
			case KQUEUE -> KQueueDatagramChannel.class;
			case NIO -> NioDatagramChannel.class;
		};
	}

	/**
	 * Whether a listening socket can be taken over that the process was started with.
	 * @return {@code false} for all but epoll: the others cannot have a socket that is
	 * there already
	 */
	public boolean supportsInherited() {
		return this == EPOLL;
	}

	Class<? extends ServerChannel> serverDomainChannel() {
		return switch (this) {
			case IO_URING -> IoUringServerDomainSocketChannel.class;
			case EPOLL -> EpollServerDomainSocketChannel.class;
			case KQUEUE -> KQueueServerDomainSocketChannel.class;
			case NIO -> NioServerDomainSocketChannel.class;
		};
	}

	/**
	 * The address of a Unix domain socket, in the class that the transport has for it.
	 * @param path the file
	 * @return the address
	 */
	SocketAddress domainAddress(Path path) {
		return (this == NIO) ? UnixDomainSocketAddress.of(path) : new DomainSocketAddress(path.toString());
	}

	/**
	 * The name as properties and logs have it.
	 * @return for example {@code io_uring}
	 */
	public String id() {
		return name().toLowerCase(java.util.Locale.ROOT);
	}

}
