package io.millrace.core;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.millrace.core.http.CompressionOptions;
import io.millrace.core.http.DecompressionOptions;
import io.millrace.core.http.DirectOrigins;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.OriginResolver;
import io.millrace.core.http.RateLimiter;
import io.millrace.core.http.Route;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.http3.Http3Options;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.ProxyProtocolOptions;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of an {@link Engine}: composed of the options of each package, each
 * of which checks itself; immutable.
 */
public final class EngineConfig {

	private final @Nullable Transport transport;

	private final int eventLoops;

	private final ListenerOptions listener;

	private final boolean listening;

	private final List<ListenerConfig> moreListeners;

	private final @Nullable ProxyProtocolOptions proxyProtocol;

	private final Http1Options http1;

	private final @Nullable Http2Options http2;

	private final ConnectionTimeouts timeouts;

	private final WorkerOptions worker;

	private final @Nullable WorkerPool workerPool;

	private final @Nullable Admission admission;

	private final @Nullable RateLimiter rateLimiter;

	private final DispatchOptions dispatch;

	private final OriginResolver origins;

	private final List<Route> routes;

	private final List<RoutePolicy> policies;

	private final @Nullable TlsOptions tls;

	private final @Nullable Http3Options http3;

	private final @Nullable CompressionOptions compression;

	private final @Nullable DecompressionOptions decompression;

	private final WatchOptions watch;

	private final List<EngineObserver> observers;

	private final Builder origin;

	private EngineConfig(Builder builder) {
		this.origin = builder.copy();
		if (builder.tls != null && builder.tls.contexts().offersHttp2() && builder.http2 == null) {
			throw new IllegalArgumentException("tls offers HTTP/2 to clients, and http2 is not set");
		}
		for (ListenerConfig listener : builder.moreListeners) {
			TlsOptions tls = listener.tls();
			if (tls != null && tls.contexts().offersHttp2() && (builder.http2 == null || !listener.http2())) {
				throw new IllegalArgumentException(
						"tls of the listener " + listener.name() + " offers HTTP/2 to clients, and http2 is not set");
			}
		}
		this.transport = builder.transport;
		this.eventLoops = builder.eventLoops;
		this.listener = builder.listener;
		this.listening = builder.listening;
		this.moreListeners = List.copyOf(builder.moreListeners);
		this.proxyProtocol = builder.proxyProtocol;
		this.http1 = builder.http1;
		this.http2 = builder.http2;
		this.timeouts = builder.timeouts;
		this.worker = builder.worker;
		this.workerPool = builder.workerPool;
		this.admission = builder.admission;
		this.rateLimiter = builder.rateLimiter;
		this.dispatch = builder.dispatch;
		this.origins = builder.origins;
		this.routes = List.copyOf(builder.routes);
		this.policies = List.copyOf(builder.policies);
		this.tls = builder.tls;
		this.http3 = builder.http3;
		this.compression = builder.compression;
		this.decompression = builder.decompression;
		this.watch = builder.watch;
		this.observers = List.copyOf(builder.observers);
	}

	/**
	 * Start with the defaults.
	 * @return a builder that listens on port 8080 of all addresses
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * The transport.
	 * @return the transport, {@code null} for the best that works here
	 */
	public @Nullable Transport transport() {
		return this.transport;
	}

	/**
	 * How many event loops there are.
	 * @return 0 for one for each processor
	 */
	public int eventLoops() {
		return this.eventLoops;
	}

	/**
	 * The first listening socket, and what all of them have in common.
	 * @return its options
	 */
	public ListenerOptions listener() {
		return this.listener;
	}

	/**
	 * All listeners.
	 * @return the first, unless it does not listen, and those besides it
	 */
	public List<ListenerConfig> listeners() {
		if (!this.listening) {
			return this.moreListeners;
		}
		ListenerConfig main = new ListenerConfig(ListenerConfig.MAIN, new ListenerAddress.Tcp(this.listener.address()),
				this.tls, true, this.proxyProtocol, null);
		return Stream.concat(Stream.of(main), this.moreListeners.stream()).toList();
	}

	/**
	 * The limits of a request.
	 * @return the limits
	 */
	public Http1Options http1() {
		return this.http1;
	}

	/**
	 * HTTP/2.
	 * @return its options, {@code null} where it is not spoken
	 */
	public @Nullable Http2Options http2() {
		return this.http2;
	}

	/**
	 * The timeouts of a connection.
	 * @return the timeouts
	 */
	public ConnectionTimeouts timeouts() {
		return this.timeouts;
	}

	/**
	 * How work that may block is run.
	 * @return the options of the worker pool
	 */
	public WorkerOptions worker() {
		return this.worker;
	}

	/**
	 * What runs work that may block, in the place of what the options ask for.
	 * @return the pool, {@code null} for one as the {@linkplain #worker() options} say
	 */
	public @Nullable WorkerPool workerPool() {
		return this.workerPool;
	}

	/**
	 * What bounds how many requests of the application are in flight.
	 * @return the admission, {@code null} for no bound but those of the workers
	 */
	public @Nullable Admission admission() {
		return this.admission;
	}

	/**
	 * Says how many requests may come in some time.
	 * @return the limiter, {@code null} for any number
	 */
	public @Nullable RateLimiter rateLimiter() {
		return this.rateLimiter;
	}

	/**
	 * How long requests may take, and what those are told that cannot be served.
	 * @return the options; how long they may wait is said by the queue of the
	 * {@linkplain #worker() workers}
	 */
	public DispatchOptions dispatch() {
		return this.dispatch;
	}

	/**
	 * Who tells where a request came from.
	 * @return the resolver
	 */
	public OriginResolver origins() {
		return this.origins;
	}

	/**
	 * What the engine answers before the application.
	 * @return the routes
	 */
	public List<Route> routes() {
		return this.routes;
	}

	/**
	 * How some of the application's requests are run, where that differs from all others.
	 * @return the policies; the first that matches a request is its
	 */
	public List<RoutePolicy> policies() {
		return this.policies;
	}

	/**
	 * How the first listening socket speaks TLS.
	 * @return the options, {@code null} where it speaks plain text
	 */
	public @Nullable TlsOptions tls() {
		return this.tls;
	}

	/**
	 * How HTTP/3 is spoken.
	 * @return the options, {@code null} where it is not
	 */
	public @Nullable Http3Options http3() {
		return this.http3;
	}

	/**
	 * Which responses are compressed, and how.
	 * @return the options, {@code null} where none is
	 */
	public @Nullable CompressionOptions compression() {
		return this.compression;
	}

	/**
	 * How request bodies are decompressed.
	 * @return the options, {@code null} where they are left as they come
	 */
	public @Nullable DecompressionOptions decompression() {
		return this.decompression;
	}

	/**
	 * From when on something counts as stuck.
	 * @return the options
	 */
	public WatchOptions watch() {
		return this.watch;
	}

	/**
	 * Who is told what happens.
	 * @return the observers in the order they are told
	 */
	public List<EngineObserver> observers() {
		return this.observers;
	}

	/**
	 * The configuration with what is {@linkplain Builder#atStart known only at start}.
	 * @return another configuration, or this one where there is no such thing
	 */
	EngineConfig complete() {
		Builder builder = this.origin.copy();
		Consumer<Builder> completion = builder.completion;
		if (completion == null) {
			return this;
		}
		builder.completion = null;
		completion.accept(builder);
		return builder.build();
	}

	/**
	 * Collects the options. Not for several threads.
	 */
	public static final class Builder implements Cloneable {

		private @Nullable Transport transport;

		private int eventLoops;

		private ListenerOptions listener = ListenerOptions.at(new InetSocketAddress(8080));

		private boolean listening = true;

		private List<ListenerConfig> moreListeners = List.of();

		private @Nullable ProxyProtocolOptions proxyProtocol;

		private Http1Options http1 = Http1Options.defaults();

		private @Nullable Http2Options http2;

		private ConnectionTimeouts timeouts = ConnectionTimeouts.defaults();

		private WorkerOptions worker = WorkerOptions.defaults();

		private @Nullable WorkerPool workerPool;

		private @Nullable Admission admission;

		private @Nullable RateLimiter rateLimiter;

		private DispatchOptions dispatch = DispatchOptions.defaults();

		private OriginResolver origins = DirectOrigins.INSTANCE;

		private List<Route> routes = List.of();

		private List<RoutePolicy> policies = List.of();

		private @Nullable TlsOptions tls;

		private @Nullable Http3Options http3;

		private @Nullable CompressionOptions compression;

		private @Nullable DecompressionOptions decompression;

		private WatchOptions watch = WatchOptions.defaults();

		private List<EngineObserver> observers = List.of();

		private @Nullable Consumer<Builder> completion;

		private Builder() {
		}

		private Builder copy() {
			try {
				return (Builder) clone();
			}
			catch (CloneNotSupportedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/**
		 * Set the transport.
		 * @param transport the transport, {@code null} for the best that works here
		 * @return this builder
		 */
		public Builder transport(@Nullable Transport transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Set the number of event loops.
		 * @param eventLoops 0 for one for each processor
		 * @return this builder
		 */
		public Builder eventLoops(int eventLoops) {
			if (eventLoops < 0) {
				throw new IllegalArgumentException(
						"eventLoops has to be 0 (one for each processor) or more, and is " + eventLoops);
			}
			this.eventLoops = eventLoops;
			return this;
		}

		/**
		 * Set where to listen.
		 * @param listener the options of the first listening socket; all but its address
		 * hold for the others too
		 * @return this builder
		 */
		public Builder listener(ListenerOptions listener) {
			this.listener = listener;
			return this;
		}

		/**
		 * Set whether the first listening socket is opened at all.
		 * @param listening {@code false} where there are only the others
		 * @return this builder
		 */
		public Builder listening(boolean listening) {
			this.listening = listening;
			return this;
		}

		/**
		 * Set where to listen besides.
		 * @param listeners the listeners, each with a name of its own
		 * @return this builder
		 */
		public Builder moreListeners(List<ListenerConfig> listeners) {
			Set<String> names = new HashSet<>(Set.of(ListenerConfig.MAIN));
			for (ListenerConfig each : listeners) {
				if (!names.add(each.name())) {
					throw new IllegalArgumentException("listenerName has to be unique, and is " + each.name());
				}
			}
			this.moreListeners = listeners;
			return this;
		}

		/**
		 * Set whose headers of the PROXY protocol begin the connections of the first
		 * listening socket.
		 * @param proxyProtocol the options, {@code null} where there are no such headers
		 * @return this builder
		 */
		public Builder proxyProtocol(@Nullable ProxyProtocolOptions proxyProtocol) {
			this.proxyProtocol = proxyProtocol;
			return this;
		}

		/**
		 * Set the limits of a request.
		 * @param http1 the limits
		 * @return this builder
		 */
		public Builder http1(Http1Options http1) {
			this.http1 = http1;
			return this;
		}

		/**
		 * Set whether and how HTTP/2 is spoken: by clients that begin with it or ask for
		 * it in HTTP/1.1, over TLS by those that choose it in the handshake, which needs
		 * {@link io.millrace.core.transport.TlsContexts#offersHttp2()}.
		 * @param http2 its options, {@code null} for HTTP/1.1 only
		 * @return this builder
		 */
		public Builder http2(@Nullable Http2Options http2) {
			this.http2 = http2;
			return this;
		}

		/**
		 * Set the timeouts of a connection.
		 * @param timeouts the timeouts
		 * @return this builder
		 */
		public Builder timeouts(ConnectionTimeouts timeouts) {
			this.timeouts = timeouts;
			return this;
		}

		/**
		 * Set how work that may block is run.
		 * @param worker the options of the worker pool
		 * @return this builder
		 */
		public Builder worker(WorkerOptions worker) {
			this.worker = worker;
			return this;
		}

		/**
		 * Set what runs work that may block, in the place of what the options ask for.
		 * @param workerPool the pool, which the engine stops when it is closed
		 * @return this builder
		 */
		public Builder workerPool(@Nullable WorkerPool workerPool) {
			this.workerPool = workerPool;
			return this;
		}

		/**
		 * Set what bounds how many requests of the application are in flight, whatever
		 * runs them.
		 * @param admission the admission, {@code null} for no bound but those of the
		 * workers
		 * @return this builder
		 */
		public Builder admission(@Nullable Admission admission) {
			this.admission = admission;
			return this;
		}

		/**
		 * Set who says how many requests may come in some time.
		 * @param rateLimiter the limiter, {@code null} for any number
		 * @return this builder
		 */
		public Builder rateLimiter(@Nullable RateLimiter rateLimiter) {
			this.rateLimiter = rateLimiter;
			return this;
		}

		/**
		 * Set how long requests may take, and what those are told that cannot be served.
		 * @param dispatch the options
		 * @return this builder
		 */
		public Builder dispatch(DispatchOptions dispatch) {
			this.dispatch = dispatch;
			return this;
		}

		/**
		 * Set who tells where a request came from.
		 * @param origins the resolver
		 * @return this builder
		 */
		public Builder origins(OriginResolver origins) {
			this.origins = origins;
			return this;
		}

		/**
		 * Set what the engine answers before the application.
		 * @param routes the routes
		 * @return this builder
		 */
		public Builder routes(List<Route> routes) {
			this.routes = routes;
			return this;
		}

		/**
		 * Set how some of the application's requests are run, where that differs from all
		 * others.
		 * @param policies the policies; the first that matches a request is its
		 * @return this builder
		 */
		public Builder policies(List<RoutePolicy> policies) {
			this.policies = policies;
			return this;
		}

		/**
		 * Set how the first listening socket speaks TLS.
		 * @param tls the options, {@code null} for plain text
		 * @return this builder
		 */
		public Builder tls(@Nullable TlsOptions tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Speak HTTP/3 too, on the UDP port of the same number.
		 * @param http3 how, {@code null} to do without; needs TLS, and Netty's codec and
		 * its native library
		 * @return this builder
		 */
		public Builder http3(@Nullable Http3Options http3) {
			this.http3 = http3;
			return this;
		}

		/**
		 * Set which responses are compressed, and how.
		 * @param compression the options, {@code null} for none
		 * @return this builder
		 */
		public Builder compression(@Nullable CompressionOptions compression) {
			this.compression = compression;
			return this;
		}

		/**
		 * Set how request bodies are decompressed.
		 * @param decompression the options, {@code null} to leave them as they come
		 * @return this builder
		 */
		public Builder decompression(@Nullable DecompressionOptions decompression) {
			this.decompression = decompression;
			return this;
		}

		/**
		 * Set from when on something counts as stuck.
		 * @param watch the options
		 * @return this builder
		 */
		public Builder watch(WatchOptions watch) {
			this.watch = watch;
			return this;
		}

		/**
		 * Set who is told what happens, instead of all others.
		 * @param observer the observer
		 * @return this builder
		 */
		public Builder observer(EngineObserver observer) {
			this.observers = List.of(observer);
			return this;
		}

		/**
		 * Add somebody who is told what happens, after those that are told already. One
		 * that throws harms nobody else.
		 * @param observer the observer
		 * @return this builder
		 */
		public Builder addObserver(EngineObserver observer) {
			this.observers = Stream.concat(this.observers.stream(), Stream.of(observer)).toList();
			return this;
		}

		/**
		 * Complete the configuration with what is known only when the engine starts. May
		 * change how requests are run: workers, policies, what is refused, and who is
		 * told; not what is there by then: transport and event loops.
		 * @param completion called by {@link Engine#start()}, when it is called for the
		 * first time and before anything is accepted, after those that were given before;
		 * what it throws stops the start
		 * @return this builder
		 */
		public Builder atStart(Consumer<Builder> completion) {
			this.completion = (this.completion != null) ? this.completion.andThen(completion) : completion;
			return this;
		}

		/**
		 * The configuration.
		 * @return an immutable copy
		 */
		public EngineConfig build() {
			return new EngineConfig(this);
		}

	}

}
