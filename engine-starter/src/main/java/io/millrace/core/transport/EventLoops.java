package io.millrace.core.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.NettyRuntime;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of an engine and the transport they speak.
 */
public final class EventLoops {

	private final Transport transport;

	private final int count;

	private final EventLoopGroup group;

	private EventLoops(Transport transport, int count) {
		this.transport = transport;
		this.count = count;
		// Not daemons: an application that only serves requests has no other thread that
		// would keep the JVM alive.
		this.group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("millrace-loop", false),
				transport.ioHandlerFactory());
	}

	/**
	 * Make event loops; their threads start with the first work.
	 * @param transport the transport, {@code null} for the best that works here
	 * @param count how many, 0 for one for each processor
	 * @return the loops, to be stopped by the caller
	 * @throws TransportUnavailableException where the transport does not work here
	 */
	public static EventLoops create(@Nullable Transport transport, int count) {
		Transport chosen = (transport != null) ? transport : Transport.best();
		Throwable cause = chosen.unavailabilityCause();
		if (cause != null) {
			throw new TransportUnavailableException(chosen, cause);
		}
		return new EventLoops(chosen, (count > 0) ? count : NettyRuntime.availableProcessors());
	}

	/**
	 * The transport.
	 * @return the transport in use
	 */
	public Transport transport() {
		return this.transport;
	}

	/**
	 * How many loops there are.
	 * @return 1 or more
	 */
	public int count() {
		return this.count;
	}

	/**
	 * The loops, which clients may share.
	 * @return the group
	 */
	public EventLoopGroup group() {
		return this.group;
	}

	List<EventLoop> each() {
		List<EventLoop> each = new ArrayList<>();
		this.group.forEach((loop) -> each.add((EventLoop) loop));
		return each;
	}

	/**
	 * Stop; every socket that is still open is closed. Blocks until the threads have
	 * ended, some seconds at most, unless one of them calls.
	 */
	public void stop() {
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
		if (each().stream().anyMatch(EventLoop::inEventLoop)) {
			return;
		}
		this.group.terminationFuture().awaitUninterruptibly(5, TimeUnit.SECONDS);
	}

}
