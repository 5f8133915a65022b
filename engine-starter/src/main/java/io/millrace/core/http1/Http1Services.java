package io.millrace.core.http1;

import io.millrace.core.http.Dispatcher;
import io.millrace.core.observe.EngineObserver;

/**
 * What all HTTP/1.1 connections of an engine share.
 */
public final class Http1Services {

	private final Http1Options options;

	private final ConnectionTimeouts timeouts;

	private final Dispatcher dispatcher;

	private final EngineObserver observer;

	private final ResponseEncoder encoder;

	private final RefusalEncoder refusalEncoder;

	private final OpenConnections connections = new OpenConnections();

	/**
	 * Collect what is shared.
	 * @param options the limits
	 * @param timeouts the timeouts
	 * @param dispatcher takes the exchanges
	 * @param observer is told what happens
	 */
	public Http1Services(Http1Options options, ConnectionTimeouts timeouts, Dispatcher dispatcher,
			EngineObserver observer) {
		this.options = options;
		this.timeouts = timeouts;
		this.dispatcher = dispatcher;
		this.observer = observer;
		this.encoder = new ResponseEncoder(options.serverHeader());
		this.refusalEncoder = new RefusalEncoder(this.encoder, dispatcher.services().errors());
	}

	Http1Options options() {
		return this.options;
	}

	ConnectionTimeouts timeouts() {
		return this.timeouts;
	}

	Dispatcher dispatcher() {
		return this.dispatcher;
	}

	EngineObserver observer() {
		return this.observer;
	}

	ResponseEncoder encoder() {
		return this.encoder;
	}

	RefusalEncoder refusalEncoder() {
		return this.refusalEncoder;
	}

	/**
	 * The open connections.
	 * @return the connections
	 */
	public OpenConnections connections() {
		return this.connections;
	}

}
