package io.millrace.core.transport;

import io.millrace.core.http.AddressBlocks;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.LogThrottle;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there may be, and what happens when there can be no more: common
 * to all listeners of an engine.
 */
final class AcceptLimits {

	private final @Nullable ConnectionLimit connectionLimit;

	private final @Nullable ClientLimit clientLimit;

	private final DescriptorLimit descriptors = DescriptorLimit.current();

	private final LogThrottle throttle = new LogThrottle();

	AcceptLimits(ListenerOptions options) {
		this.connectionLimit = (options.maxConnections() > 0) ? new ConnectionLimit(options.maxConnections()) : null;
		this.clientLimit = (options.maxConnectionsPerIp() > 0) ? new ClientLimit(options.maxConnectionsPerIp(),
				new AddressBlocks(options.uncounted()), EngineObserver.NONE) : null;
		this.descriptors.warn(options.maxConnections());
	}

	@Nullable ConnectionLimit connectionLimit() {
		return this.connectionLimit;
	}

	/**
	 * What bounds the connections of each client.
	 * @param observer is told of refusals
	 * @return the limit, {@code null} where there is none
	 */
	@Nullable ClientLimit clientLimit(EngineObserver observer) {
		return (this.clientLimit != null) ? this.clientLimit.with(observer) : null;
	}

	/**
	 * What survives that a connection cannot be accepted.
	 * @param observer is told of each attempt that fails
	 * @return a handler for one listening socket
	 */
	AcceptFailures acceptFailures(EngineObserver observer) {
		return new AcceptFailures(this.descriptors, this.connectionLimit, this.throttle, observer);
	}

}
