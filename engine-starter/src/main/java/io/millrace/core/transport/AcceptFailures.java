package io.millrace.core.transport;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LogThrottle;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Survives that a connection cannot be accepted, mostly because there is no descriptor
 * left for it: the connection stays in the backlog, and is tried again a moment later.
 * Without that pause the socket, which is still ready, would keep its loop busy. One for
 * each listening socket, owned by its loop; Netty's own pause of a second, and its
 * warning each time, never come to pass.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(AcceptFailures.class);

	private static final long PAUSE_MILLIS = 100;

	private final DescriptorLimit descriptors;

	private final @Nullable ConnectionLimit limit;

	private final LogThrottle throttle;

	private final EngineObserver observer;

	private boolean paused;

	/**
	 * Create the handler of a listening socket.
	 * @param descriptors how many the process may have
	 * @param limit who else pauses accepting, {@code null} for nobody
	 * @param throttle common to all sockets of a port
	 * @param observer is told of each attempt that fails
	 */
	AcceptFailures(DescriptorLimit descriptors, @Nullable ConnectionLimit limit, LogThrottle throttle,
			EngineObserver observer) {
		this.descriptors = descriptors;
		this.limit = limit;
		this.throttle = throttle;
		this.observer = observer;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (!(cause instanceof IOException failure)) {
			ctx.fireExceptionCaught(cause);
			return;
		}
		// First of all: with no descriptor left, logging may fail to load a class.
		ctx.channel().config().setAutoRead(false);
		if (!this.paused) {
			this.paused = true;
			ctx.executor().schedule(() -> resume(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
		Reason reason = Reason.of(failure);
		this.observer.acceptFailed(reason.id);
		if (this.throttle.isDue()) {
			report(reason, failure);
		}
	}

	private void resume(ChannelHandlerContext ctx) {
		this.paused = false;
		if (this.limit != null) {
			this.limit.settle();
		}
		else {
			ctx.channel().config().setAutoRead(true);
		}
	}

	private void report(Reason reason, IOException failure) {
		switch (reason) {
			case PROCESS -> logger.warn(
					"No connection can be accepted: the process has as many files and sockets open as it may{}. New "
							+ "clients wait in the backlog until others have gone. {}",
					(this.descriptors.allowed() >= 0) ? " (" + this.descriptors.allowed() + ")" : "",
					DescriptorLimit.REMEDY);
			case SYSTEM -> logger.warn("No connection can be accepted: all processes together have as many files and "
					+ "sockets open as the system allows. New clients wait in the backlog until some are closed. "
					+ "Allow more (sysctl fs.file-max), or fewer connections (millrace.max-connections)");
			case OTHER -> logger.warn("No connection can be accepted: {}. It is tried again", failure.getMessage());
		}
	}

	private enum Reason {

		PROCESS("descriptors"), SYSTEM("descriptors"), OTHER("other");

		private final String id;

		Reason(String id) {
			this.id = id;
		}

		// The JDK passes on what strerror(3) says, as Netty does besides the number.
		static Reason of(IOException failure) {
			String message = String.valueOf(failure.getMessage());
			if (!message.contains("Too many open files")) {
				return OTHER;
			}
			return message.contains("Too many open files in system") ? SYSTEM : PROCESS;
		}

	}

}
