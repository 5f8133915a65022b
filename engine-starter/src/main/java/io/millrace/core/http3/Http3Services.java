package io.millrace.core.http3;

import java.time.Duration;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.observe.MultiplexedConnections;

/**
 * What all HTTP/3 connections of an engine share.
 */
public final class Http3Services {

	private final Http3Options options;

	private final ConnectionServices shared;

	private final int maxRequestsPerConnection;

	private final Duration handshakeTimeout;

	private final ConnectionGate gate;

	private final Handshakes handshakes = new Handshakes();

	private final MultiplexedConnections connections;

	/**
	 * Collect what is shared.
	 * @param options how HTTP/3 is spoken
	 * @param shared what connections of all protocol versions share
	 * @param maxRequestsPerConnection how many requests are answered on a connection, 0
	 * for no limit
	 * @param handshakeTimeout how long a client may take for its handshake
	 * @param gate decides which connections may stay
	 */
	public Http3Services(Http3Options options, ConnectionServices shared, int maxRequestsPerConnection,
			Duration handshakeTimeout, ConnectionGate gate) {
		this.options = options;
		this.shared = shared;
		this.maxRequestsPerConnection = maxRequestsPerConnection;
		this.handshakeTimeout = handshakeTimeout;
		this.gate = gate;
		// Told of from the start, at zero.
		this.connections = shared.observer().listener().multiplexed("http3");
	}

	/**
	 * Whether requests may come before the handshake has ended.
	 * @return whether they may
	 */
	public boolean isEarlyDataAllowed() {
		return this.options.earlyData();
	}

	Http3Options options() {
		return this.options;
	}

	ConnectionServices shared() {
		return this.shared;
	}

	int maxRequestsPerConnection() {
		return this.maxRequestsPerConnection;
	}

	Duration handshakeTimeout() {
		return this.handshakeTimeout;
	}

	ConnectionGate gate() {
		return this.gate;
	}

	MultiplexedConnections connections() {
		return this.connections;
	}

	Handshakes handshakes() {
		return this.handshakes;
	}

}
