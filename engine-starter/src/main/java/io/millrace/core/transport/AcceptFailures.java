package io.millrace.core.transport;

import java.io.IOException;
import java.util.List;
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
 * <p>
 * Whatever it needs then it has beforehand: without a descriptor no class can be loaded
 * from a file that is not open yet.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

	private static final String DESCRIPTORS = "descriptors";

	private static final String OTHER = "other";

	/** Why an attempt may fail, as counters have it. */
	static final List<String> REASONS = List.of(DESCRIPTORS, OTHER);

	private static final Logger logger = LoggerFactory.getLogger(AcceptFailures.class);

	private static final long PAUSE_MILLIS = 100;

	// What strerror(3) says, which every transport passes on.
	private static final String PROCESS_IS_FULL = "Too many open files";

	private static final String SYSTEM_IS_FULL = PROCESS_IS_FULL + " in system";

	private static final String SYSTEM_WARNING = "No connection can be accepted: all processes together have as many "
			+ "files and sockets open as the system allows. New clients wait in the backlog until some are closed. "
			+ "Allow more (sysctl fs.file-max), or fewer connections (millrace.max-connections)";

	private final String processWarning;

	private final @Nullable ConnectionLimit limit;

	private final LogThrottle throttle;

	private final EngineObserver observer;

	private @Nullable Runnable resume;

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
		this.processWarning = "No connection can be accepted: the process has as many files and sockets open as it may"
				+ ((descriptors.allowed() >= 0) ? " (" + descriptors.allowed() + ")" : "")
				+ ". New clients wait in the backlog until others have gone. " + DescriptorLimit.REMEDY;
		this.limit = limit;
		this.throttle = throttle;
		this.observer = observer;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.resume = () -> resume(ctx);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (!(cause instanceof IOException) || this.resume == null) {
			ctx.fireExceptionCaught(cause);
			return;
		}
		ctx.channel().config().setAutoRead(false);
		if (!this.paused) {
			this.paused = true;
			ctx.executor().schedule(this.resume, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
		String reason = String.valueOf(cause.getMessage());
		boolean descriptors = reason.contains(PROCESS_IS_FULL);
		this.observer.acceptFailed(descriptors ? DESCRIPTORS : OTHER);
		if (this.throttle.isDue()) {
			logger.warn(descriptors ? warning(reason)
					: "No connection can be accepted, which is tried again: ".concat(reason));
		}
	}

	private String warning(String reason) {
		return reason.contains(SYSTEM_IS_FULL) ? SYSTEM_WARNING : this.processWarning;
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

}
