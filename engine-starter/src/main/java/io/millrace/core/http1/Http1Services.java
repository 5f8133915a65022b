package io.millrace.core.http1;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import io.millrace.core.http.Dispatcher;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.LoopMeter;
import io.netty.util.concurrent.EventExecutor;

/**
 * What all HTTP/1.1 connections of an engine share.
 */
public final class Http1Services {

	private final Http1Options options;

	private final ConnectionTimeouts timeouts;

	private final Dispatcher dispatcher;

	private final EngineObservers observer;

	private final Function<EventExecutor, LoopMeter> meters;

	private final ResponseEncoder encoder;

	private final RefusalEncoder refusalEncoder;

	private final OpenConnections connections = new OpenConnections();

	/**
	 * Collect what is shared.
	 * @param options the limits
	 * @param timeouts the timeouts
	 * @param dispatcher takes the exchanges
	 * @param observer is told what happens
	 * @param meters has the meter of each event loop
	 */
	public Http1Services(Http1Options options, ConnectionTimeouts timeouts, Dispatcher dispatcher,
			EngineObservers observer, Function<EventExecutor, LoopMeter> meters) {
		this.options = options;
		this.timeouts = timeouts;
		this.dispatcher = dispatcher;
		this.observer = observer;
		this.meters = meters;
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

	/**
	 * Who is told what happens.
	 * @return the observer
	 */
	public EngineObservers observer() {
		return this.observer;
	}

	/**
	 * The meter of an event loop.
	 * @param loop the loop
	 * @return its meter
	 */
	LoopMeter meter(EventExecutor loop) {
		return this.meters.apply(loop);
	}

	/**
	 * Which deadlines a client may miss.
	 * @return their kinds as observers are told them
	 */
	public static List<String> timeoutKinds() {
		return Arrays.stream(ConnectionTimers.Kind.VALUES)
			.filter(ConnectionTimers.Kind::isCounted)
			.map(ConnectionTimers.Kind::id)
			.toList();
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
