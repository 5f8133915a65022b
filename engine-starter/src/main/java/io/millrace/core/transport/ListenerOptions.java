package io.millrace.core.transport;

import java.net.InetSocketAddress;
import java.util.List;

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
 * @param maxConnectionsPerIp how many of them may come from one
 * {@linkplain io.millrace.core.http.ClientNetwork client}; what comes above is closed at
 * once. 0 for no limit
 * @param uncounted blocks of addresses in CIDR notation to which that limit does not
 * apply, for example those of proxies
 */
public record ListenerOptions(InetSocketAddress address, int backlog, boolean reusePort, int maxConnections,
		int maxConnectionsPerIp, List<String> uncounted) {

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
		if (maxConnectionsPerIp < 0) {
			throw new IllegalArgumentException(
					"maxConnectionsPerIp has to be 0 (no limit) or more, and is " + maxConnectionsPerIp);
		}
		uncounted = List.copyOf(uncounted);
	}

	/**
	 * Options without a limit for each client.
	 * @param address where to listen
	 * @param backlog how many connections the kernel keeps
	 * @param reusePort whether every event loop has a listening socket of its own
	 * @param maxConnections how many connections may be open
	 */
	public ListenerOptions(InetSocketAddress address, int backlog, boolean reusePort, int maxConnections) {
		this(address, backlog, reusePort, maxConnections, 0, List.of());
	}

	/**
	 * The options that nobody changed.
	 * @param address where to listen
	 * @return backlog 4096, one listening socket, no limits of connections
	 */
	public static ListenerOptions at(InetSocketAddress address) {
		return new ListenerOptions(address, 4096, false, 0);
	}

}
