package io.millrace.core.http2;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.observe.MultiplexedConnections;

/**
 * What all HTTP/2 connections of an engine share.
 *
 * @param options what the server says in its SETTINGS
 * @param shared what connections of all protocol versions share
 */
public record Http2Services(Http2Options options, ConnectionServices shared) {

	/**
	 * Collect what is shared.
	 */
	public Http2Services {
		// Told of from the start, at zero.
		connections(shared);
	}

	private static MultiplexedConnections connections(ConnectionServices shared) {
		return shared.observer().listener().multiplexed("http2");
	}

	/**
	 * Counts the connections.
	 * @return the counts
	 */
	MultiplexedConnections connections() {
		return connections(this.shared);
	}

}
