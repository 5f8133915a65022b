package io.millrace.core;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.connection.OpenConnections;
import io.millrace.core.http.Dispatcher;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.HttpsRedirect;
import io.millrace.core.http1.Http1Services;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.http2.Http2Services;
import io.millrace.core.http3.Http3Options;
import io.millrace.core.http3.Http3Services;
import io.millrace.core.http3.Http3Support;
import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.observe.EngineStatistics;
import io.millrace.core.transport.EventLoops;
import io.millrace.core.transport.Listener;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.Listeners;
import io.millrace.core.transport.QuicListener;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdmissionSnapshot;
import io.millrace.core.worker.LoopUnavailableException;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerSnapshot;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server: start, drain, stop, and start again; close for good. The only public
 * entry to the engine. Event loops live from construction to {@link #close()}, workers
 * from the first {@link #start()}; both start their threads with the first work. Methods
 * may be called from any thread, one at a time.
 */
public final class Engine {

	private static final Logger logger = LoggerFactory.getLogger(Engine.class);

	private static final Duration WORKER_PATIENCE = Duration.ofSeconds(1);

	private static final int BIND_ATTEMPTS = 20;

	private final ExchangeHandler application;

	private final EventLoops loops;

	private final EngineStatistics statistics = new EngineStatistics(EngineKinds.all());

	private final EngineReading reading = new EngineReading(this.statistics);

	private final EngineControl control = new EngineControl(this);

	// These and what follows are written under the lock of this.
	private volatile EngineConfig config;

	private volatile @Nullable Dispatching dispatching;

	private volatile @Nullable Listeners listeners;

	private volatile @Nullable QuicListener datagrams;

	private volatile @Nullable OpenConnections connections;

	private volatile @Nullable CompletableFuture<Void> drained;

	private volatile boolean closed;

	private volatile long startedAt;

	/**
	 * Create an engine; nothing is bound yet.
	 * @param config the configuration
	 * @param application who answers requests
	 * @throws io.millrace.core.transport.TransportUnavailableException where the
	 * transport that is asked for does not work here
	 * @throws io.millrace.core.worker.LoopUnavailableException where loops that carry
	 * virtual threads are asked for and cannot be had here
	 * @throws io.millrace.core.http3.Http3UnavailableException where HTTP/3 is asked for
	 * and something that it needs is missing
	 */
	public Engine(EngineConfig config, ExchangeHandler application) {
		this.config = config;
		this.application = application;
		if (config.http3() != null) {
			Http3Support.check(config.tls() != null);
		}
		this.loops = loops(config);
	}

	// Loops that carry nothing are threads of the plain kind.
	private static EventLoops loops(EngineConfig config) {
		return isCarrying(config)
				? EventLoops.createCarrying(config.transport(), config.eventLoops(), config.worker().maxThreads())
				: EventLoops.create(config.transport(), config.eventLoops());
	}

	private static boolean isCarrying(EngineConfig config) {
		return (config.workerPool() == null && config.worker().mode() == WorkerMode.LOOP)
				|| config.policies().stream().anyMatch((policy) -> policy.mode() == WorkerMode.LOOP);
	}

	/**
	 * Bind and accept. Does nothing where it does so already. Not to be called by an
	 * event loop.
	 * @throws IOException where the address cannot be bound: a
	 * {@link java.net.BindException} where it is in use, not of this machine or not
	 * allowed, an {@link java.net.UnknownHostException} where it has no known name, a
	 * {@link io.millrace.core.transport.ListenerException} where it is that of a listener
	 * besides the first. None is bound then
	 * @throws io.millrace.core.worker.VirtualThreadsUnavailableException where virtual
	 * threads are asked for and this JDK has none
	 * @throws IllegalStateException while draining, and after {@link #close()}
	 */
	public synchronized void start() throws IOException {
		if (this.closed) {
			throw new IllegalStateException("The engine is closed");
		}
		if (this.drained != null) {
			throw new IllegalStateException("The engine drains, and has to be stopped before it can start again");
		}
		if (this.listeners != null) {
			return;
		}
		Dispatching dispatching = dispatching();
		// All loops start here, and not in whoever happens to give them work first.
		dispatching.startLoops();
		this.loops.await(this.loops.turn());
		dispatching.start();
		ConnectionServices shared = new ConnectionServices(this.config.timeouts(), this.config.http1().limits(),
				this.config.http1().serverHeader(), dispatching.dispatcher(), dispatching.observers(),
				this.loops::meter);
		Listeners bound = bind(shared);
		this.startedAt = System.nanoTime();
		this.connections = shared.connections();
		this.listeners = bound;
		bound.accept();
	}

	// Whoever asks for any port gets one that is free for TCP and UDP.
	private Listeners bind(ConnectionServices shared) throws IOException {
		Map<String, Http1Services> services = new HashMap<>();
		int attempts = (this.config.listener().address().getPort() == 0) ? BIND_ATTEMPTS : 1;
		for (int attempt = 1;; attempt++) {
			Listeners bound = Listeners.bind(this.config.listeners(), this.config.listener(), this.loops,
					(listener) -> services.computeIfAbsent(listener.name(), (name) -> services(listener, shared)));
			try {
				this.datagrams = bindDatagrams(bound.main(), shared, services.get(ListenerConfig.MAIN));
				return bound;
			}
			catch (Throwable ex) {
				bound.close();
				if (!(ex instanceof BindException) || attempt == attempts) {
					throw ex;
				}
				logger.debug("Port {} is free for TCP, and taken for UDP", bound.port());
			}
		}
	}

	private @Nullable QuicListener bindDatagrams(@Nullable Listener main, ConnectionServices shared,
			@Nullable Http1Services beside) throws IOException {
		Http3Options http3 = this.config.http3();
		if (http3 == null || main == null || beside == null) {
			return null;
		}
		TlsOptions tls = main.config().tls();
		Http3Support.check(tls != null && main.port() > 0);
		ConnectionServices its = shared.with(shared.dispatcher(), shared.observer().on(ListenerConfig.MAIN));
		Http3Services services = new Http3Services(http3, its, this.config.http1().maxRequestsPerConnection(),
				Objects.requireNonNull(tls).handshakeTimeout(), main.gate());
		QuicListener bound = QuicListener.bind(
				new InetSocketAddress(this.config.listener().address().getAddress(), main.port()), tls, this.loops,
				services);
		String alternative = http3.alternative(main.port());
		if (alternative != null) {
			beside.advertise(alternative);
		}
		return bound;
	}

	private Http1Services services(ListenerConfig listener, ConnectionServices shared) {
		Integer httpsPort = listener.httpsPort();
		Dispatcher dispatcher = shared.dispatcher();
		if (httpsPort != null) {
			dispatcher = dispatcher.redirecting(new HttpsRedirect((httpsPort > 0) ? () -> httpsPort : this::httpsPort));
		}
		ConnectionServices its = shared.with(dispatcher, shared.observer().on(listener.name()));
		Http2Options http2 = listener.http2() ? this.config.http2() : null;
		return new Http1Services(this.config.http1(), its, (http2 != null) ? new Http2Services(http2, its) : null);
	}

	private int httpsPort() {
		Listeners bound = this.listeners;
		return (bound != null) ? bound.httpsPort() : -1;
	}

	private Dispatching dispatching() {
		Dispatching dispatching = this.dispatching;
		if (dispatching == null) {
			this.config = this.config.complete();
			if (isCarrying(this.config) && this.loops.carriers().isEmpty()) {
				throw new LoopUnavailableException(LoopUnavailableException.Reason.TOO_LATE, null);
			}
			dispatching = new Dispatching(this.config, this.application, this.loops,
					new EngineObservers(this.statistics, this.config.observers()));
			this.dispatching = dispatching;
		}
		return dispatching;
	}

	/**
	 * The port of the first listener.
	 * @return the port, -1 before {@link #start()}, after {@link #stop()}, and where the
	 * first does not listen
	 */
	public synchronized int port() {
		return (this.listeners != null) ? this.listeners.port() : -1;
	}

	/**
	 * Where the engine listens.
	 * @return what is bound, in the order of the configuration; empty before
	 * {@link #start()} and after {@link #stop()}
	 */
	public List<Listener> listeners() {
		Listeners bound = this.listeners;
		return (bound != null) ? bound.all() : List.of();
	}

	/**
	 * Accept no more, answer what is in flight with {@code Connection: close}, close idle
	 * connections: those that were in use just now have half a second to send one more
	 * request, which is answered too. Blocks until nothing is accepted any more, unless
	 * an event loop calls. Followed by {@link #stop()}, whether or not the draining has
	 * ended.
	 * @return completed when every connection has nothing more to answer, by an event
	 * loop; the same each time
	 */
	public synchronized CompletionStage<Void> drain() {
		if (this.listeners == null || this.connections == null) {
			return CompletableFuture.completedFuture(null);
		}
		if (this.drained == null) {
			this.listeners.close();
			this.drained = this.connections.drain(this.loops.group());
			this.loops.await(this.loops.turn());
		}
		return this.drained;
	}

	boolean isAccepting() {
		return this.listeners != null && this.drained == null;
	}

	/**
	 * Accept no more and close all connections; what is in flight is cut. Blocks until
	 * the exchanges have ended, unless an event loop calls.
	 */
	public synchronized void stop() {
		if (this.listeners != null && this.connections != null) {
			this.listeners.close();
			OpenConnections open = this.connections;
			this.loops.await(
					this.loops.turn().thenRun(open::closeAll).thenCompose((closing) -> open.drain(this.loops.group())));
		}
		QuicListener datagrams = this.datagrams;
		if (datagrams != null) {
			datagrams.close();
		}
		this.datagrams = null;
		this.listeners = null;
		this.connections = null;
		this.drained = null;
	}

	/**
	 * Stop, and end all threads: workers first, since what they do may need the loops.
	 * Workers that are still busy after a second are interrupted. The engine cannot be
	 * started again.
	 */
	public synchronized void close() {
		stop();
		this.closed = true;
		Dispatching dispatching = this.dispatching;
		WorkerPool unused = (dispatching == null) ? this.config.workerPool() : null;
		if (dispatching != null) {
			dispatching.stopWorkers(WORKER_PATIENCE);
		}
		if (unused != null) {
			unused.stop(WORKER_PATIENCE);
		}
		this.loops.stop();
		if (dispatching != null) {
			dispatching.stopWatching();
		}
	}

	/**
	 * The configuration.
	 * @return the configuration, complete from the first {@link #start()} on
	 */
	public EngineConfig config() {
		return this.config;
	}

	/**
	 * What changes the engine while it runs.
	 * @return the control, always the same
	 */
	public EngineControl control() {
		return this.control;
	}

	Adjustables adjustables() {
		Dispatching dispatching = this.dispatching;
		return (dispatching != null) ? dispatching.adjustables() : new Adjustables(null, false, null);
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
	 * What is admitted of the application's requests.
	 * @return one reading, {@code null} where nothing limits how many are in flight
	 */
	public @Nullable AdmissionSnapshot admission() {
		Admission admission = this.config.admission();
		return (admission != null) ? admission.snapshot() : null;
	}

	/**
	 * What the engine is doing, and what it has done. Any thread may ask, also while all
	 * loops and workers are busy.
	 * @return one reading
	 */
	public EngineSnapshot snapshot() {
		return this.reading.read(state(), uptime(), this, this.dispatching);
	}

	private String state() {
		if (this.closed) {
			return "stopped";
		}
		if (this.listeners == null) {
			return (this.dispatching != null) ? "stopped" : "new";
		}
		return (this.drained != null) ? "draining" : "running";
	}

	private Duration uptime() {
		long since = this.startedAt;
		return (this.listeners != null) ? Duration.ofNanos(Math.max(0, System.nanoTime() - since)) : Duration.ZERO;
	}

	/**
	 * The open connections. Any thread may ask, also while all loops and workers are
	 * busy: what connections have is read while they change it.
	 * @param limit how many at most
	 * @param oldest whether those that were opened first are wanted, rather than those
	 * that had the most requests
	 * @return one reading of each, the oldest or busiest first
	 */
	public List<ConnectionSnapshot> connections(int limit, boolean oldest) {
		OpenConnections open = this.connections;
		return (open != null) ? open.read(limit, oldest) : List.of();
	}

	/**
	 * What the workers are doing.
	 * @return one reading; all zero before the first {@link #start()}, since there are
	 * none
	 */
	public WorkerSnapshot workers() {
		Dispatching dispatching = this.dispatching;
		return (dispatching != null) ? dispatching.workers().standard().snapshot()
				: new WorkerSnapshot(0, 0, 0, 0, 0, 0);
	}

}
