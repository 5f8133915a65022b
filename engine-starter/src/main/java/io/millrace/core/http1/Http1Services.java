package io.millrace.core.http1;

import java.util.Arrays;
import java.util.List;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.connection.ConnectionTimers;
import io.millrace.core.connection.OpenConnections;
import io.millrace.core.connection.RequestReports;
import io.millrace.core.http.Dispatcher;
import io.millrace.core.http2.Http2Services;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.LoopMeter;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What all HTTP/1.1 connections of an engine share.
 */
public final class Http1Services {

	private final Http1Options options;

	private final ConnectionServices shared;

	private final @Nullable Http2Services http2;

	private final ResponseEncoder encoder;

	private final RefusalEncoder refusalEncoder;

	/**
	 * Collect what is shared.
	 * @param options the limits
	 * @param shared what connections of all protocol versions share
	 */
	public Http1Services(Http1Options options, ConnectionServices shared) {
		this(options, shared, null);
	}

	/**
	 * Collect what is shared.
	 * @param options the limits
	 * @param shared what connections of all protocol versions share
	 * @param http2 what those share that go on with HTTP/2, {@code null} where none does
	 */
	public Http1Services(Http1Options options, ConnectionServices shared, @Nullable Http2Services http2) {
		this.options = options;
		this.shared = shared;
		this.http2 = http2;
		this.encoder = new ResponseEncoder(options.serverHeader());
		this.refusalEncoder = new RefusalEncoder(this.encoder, shared.dispatcher().services().errors());
	}

	/**
	 * What connections share that go on with HTTP/2.
	 * @return the services, {@code null} where none does
	 */
	public @Nullable Http2Services http2() {
		return this.http2;
	}

	/**
	 * What connections of all protocol versions share.
	 * @return the services
	 */
	ConnectionServices shared() {
		return this.shared;
	}

	/**
	 * Say from now on where the same is served by another protocol version (RFC 7838 §3),
	 * in HTTP/2 too.
	 * @param alternative the value of the field Alt-Svc
	 */
	public void advertise(String alternative) {
		this.encoder.advertise(alternative);
		this.shared.responseFields().advertise(alternative);
	}

	Http1Options options() {
		return this.options;
	}

	ConnectionTimeouts timeouts() {
		return this.shared.timeouts();
	}

	Dispatcher dispatcher() {
		return this.shared.dispatcher();
	}

	/**
	 * Who is told what happens.
	 * @return the observer
	 */
	public EngineObservers observer() {
		return this.shared.observer();
	}

	/**
	 * The meter of an event loop.
	 * @param loop the loop
	 * @return its meter
	 */
	LoopMeter meter(EventExecutor loop) {
		return this.shared.meter(loop);
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

	OpenConnections connections() {
		return this.shared.connections();
	}

	RequestReports reports() {
		return this.shared.reports();
	}

}
