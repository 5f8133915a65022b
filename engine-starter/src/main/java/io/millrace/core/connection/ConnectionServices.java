package io.millrace.core.connection;

import java.util.function.Function;

import io.millrace.core.http.Dispatcher;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.LoopMeter;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of an engine share, whichever protocol version they speak.
 */
public final class ConnectionServices {

	private final ConnectionTimeouts timeouts;

	private final RequestLimits limits;

	private final @Nullable String serverHeader;

	private final ResponseFields responseFields;

	private final Dispatcher dispatcher;

	private final EngineObservers observer;

	private final Function<EventExecutor, LoopMeter> meters;

	private final OpenConnections connections;

	private final RequestReports reports;

	/**
	 * Collect what is shared.
	 * @param timeouts how long a connection may keep us waiting
	 * @param limits how large requests may be
	 * @param serverHeader the value of the Server header, {@code null} for none
	 * @param dispatcher takes the exchanges
	 * @param observer is told what happens
	 * @param meters has the meter of each event loop
	 */
	public ConnectionServices(ConnectionTimeouts timeouts, RequestLimits limits, @Nullable String serverHeader,
			Dispatcher dispatcher, EngineObservers observer, Function<EventExecutor, LoopMeter> meters) {
		this.timeouts = timeouts;
		this.limits = limits;
		this.serverHeader = serverHeader;
		this.responseFields = new ResponseFields(serverHeader);
		this.dispatcher = dispatcher;
		this.observer = observer;
		this.meters = meters;
		this.connections = new OpenConnections();
		this.reports = new RequestReports(observer, dispatcher);
	}

	private ConnectionServices(ConnectionServices all, Dispatcher dispatcher, EngineObservers observer) {
		this.timeouts = all.timeouts;
		this.limits = all.limits;
		this.serverHeader = all.serverHeader;
		// What one listener advertises is not true of the others.
		this.responseFields = new ResponseFields(all.serverHeader);
		this.dispatcher = dispatcher;
		this.observer = observer;
		this.meters = all.meters;
		this.connections = all.connections;
		this.reports = new RequestReports(observer, dispatcher);
	}

	/**
	 * The same for one listener, with connections that are drained and closed with all
	 * others.
	 * @param itsDispatcher takes the exchanges of the listener
	 * @param itsObserver is told what happens on it
	 * @return the services
	 */
	public ConnectionServices with(Dispatcher itsDispatcher, EngineObservers itsObserver) {
		return new ConnectionServices(this, itsDispatcher, itsObserver);
	}

	/**
	 * How long a connection may keep us waiting.
	 * @return the timeouts
	 */
	public ConnectionTimeouts timeouts() {
		return this.timeouts;
	}

	/**
	 * How large requests may be.
	 * @return the limits
	 */
	public RequestLimits limits() {
		return this.limits;
	}

	/**
	 * Makes the fields of responses that are not sent as text.
	 * @return one for all connections of the listener
	 */
	public ResponseFields responseFields() {
		return this.responseFields;
	}

	/**
	 * Who takes the exchanges.
	 * @return the dispatcher
	 */
	public Dispatcher dispatcher() {
		return this.dispatcher;
	}

	/**
	 * Who is told what happens.
	 * @return the observers
	 */
	public EngineObservers observer() {
		return this.observer;
	}

	/**
	 * The meter of an event loop.
	 * @param loop the loop
	 * @return its meter
	 */
	public LoopMeter meter(EventExecutor loop) {
		return this.meters.apply(loop);
	}

	/**
	 * The open connections.
	 * @return the connections
	 */
	public OpenConnections connections() {
		return this.connections;
	}

	/**
	 * Tells the observers of requests.
	 * @return one for all connections
	 */
	public RequestReports reports() {
		return this.reports;
	}

}
