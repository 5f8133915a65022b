package io.millrace.core.transport;

import java.net.InetSocketAddress;

/**
 * What a listening socket is like.
 *
 * @param address where to listen; port 0 takes any that is free
 * @param backlog how many connections the kernel keeps that were not accepted yet, 1 or
 * more; the kernel has an upper bound of its own ({@code net.core.somaxconn})
 * @param reusePort whether every event loop has a listening socket of its own and the
 * kernel spreads the connections (SO_REUSEPORT), instead of one that hands them out in
 * turn; needs {@link Transport#supportsReusePort()}
 * @param maxConnections how many connections may be open; accepting pauses above, so that
 * clients wait in the backlog. 0 for no limit
 */
public record ListenerOptions(InetSocketAddress address, int backlog, boolean reusePort, int maxConnections) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public ListenerOptions {
		if (backlog < 1) {
			throw new IllegalArgumentException("backlog has to be 1 or more, and is " + backlog);
		}
		if (maxConnections < 0) {
			throw new IllegalArgumentException(
					"maxConnections has to be 0 (no limit) or more, and is " + maxConnections);
		}
	}

	/**
	 * The options that nobody changed.
	 * @param address where to listen
	 * @return backlog 4096, one listening socket, no limit of connections
	 */
	public static ListenerOptions at(InetSocketAddress address) {
		return new ListenerOptions(address, 4096, false, 0);
	}

}
