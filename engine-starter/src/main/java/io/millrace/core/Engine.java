package io.millrace.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.millrace.core.http.Dispatcher;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.HttpServices;
import io.millrace.core.http.Routes;
import io.millrace.core.http1.Http1Services;
import io.millrace.core.transport.EventLoops;
import io.millrace.core.transport.Listener;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerPools;
import io.millrace.core.worker.WorkerSnapshot;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server: start, drain, stop, and start again; close for good. The only public
 * entry to the engine. Event loops and workers live from construction to {@link #close()}
 * and start their threads with the first work. Methods may be called from any thread, one
 * at a time.
 */
public final class Engine {

	private static final Duration WORKER_PATIENCE = Duration.ofSeconds(1);

	private final EngineConfig config;

	private final EventLoops loops;

	private final WorkerPool workers;

	private final Dispatcher dispatcher;

	private @Nullable Http1Services services;

	private @Nullable Listener listener;

	/**
	 * Create an engine; nothing is bound yet.
	 * @param config the configuration
	 * @param application who answers requests
	 * @throws io.millrace.core.transport.TransportUnavailableException where the
	 * transport that is asked for does not work here
	 * @throws io.millrace.core.worker.VirtualThreadsUnavailableException where virtual
	 * threads are asked for and this JDK has none
	 */
	public Engine(EngineConfig config, ExchangeHandler application) {
		this.config = config;
		this.workers = WorkerPools.create(config.worker());
		this.loops = EventLoops.create(config.transport(), config.eventLoops());
		HttpServices shared = new HttpServices(config.origins(), this.workers, new ErrorResponder());
		this.dispatcher = new Dispatcher(new Routes(config.routes()), application, shared, config.retryAfter(),
				config.observer());
	}

	/**
	 * Bind and accept. Does nothing where it does so already.
	 * @throws Exception where the address cannot be bound: a
	 * {@link java.net.BindException} where it is in use or not allowed
	 */
	public synchronized void start() throws Exception {
		if (this.listener != null) {
			return;
		}
		Http1Services started = new Http1Services(this.config.http1(), this.config.timeouts(), this.dispatcher,
				this.config.observer());
		this.listener = Listener.bind(this.config.listener(), this.loops, started);
		this.services = started;
	}

	/**
	 * The port that is bound.
	 * @return the port, -1 where none is
	 */
	public synchronized int port() {
		return (this.listener != null) ? this.listener.port() : -1;
	}

	/**
	 * Accept no more, answer what is in flight with {@code Connection: close}, close idle
	 * connections. Followed by {@link #stop()}.
	 * @return completed when every connection has nothing more to answer, by an event
	 * loop
	 */
	public synchronized CompletionStage<Void> drain() {
		if (this.listener == null || this.services == null) {
			return CompletableFuture.completedFuture(null);
		}
		this.listener.close();
		return this.services.connections().drain(this.loops.group());
	}

	/** Accept no more and close all connections; what is in flight is cut. */
	public synchronized void stop() {
		if (this.listener != null) {
			this.listener.close();
			this.listener = null;
		}
		if (this.services != null) {
			this.services.connections().closeAll();
			this.services = null;
		}
	}

	/** Stop, and end all threads. The engine cannot be started again. */
	public synchronized void close() {
		stop();
		this.workers.stop(WORKER_PATIENCE);
		this.loops.stop();
	}

	/**
	 * The configuration.
	 * @return the configuration
	 */
	public EngineConfig config() {
		return this.config;
	}

	/**
	 * The transport.
	 * @return the transport in use
	 */
	public Transport transport() {
		return this.loops.transport();
	}

	/**
	 * How many event loops there are.
	 * @return 1 or more
	 */
	public int eventLoopCount() {
		return this.loops.count();
	}

	/**
	 * The event loops, which clients may share until {@link #close()}.
	 * @return the group
	 */
	public EventLoopGroup eventLoops() {
		return this.loops.group();
	}

	/**
	 * What the workers are doing.
	 * @return one reading
	 */
	public WorkerSnapshot workers() {
		return this.workers.snapshot();
	}

}
