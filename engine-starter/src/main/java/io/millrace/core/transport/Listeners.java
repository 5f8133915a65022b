package io.millrace.core.transport;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.millrace.core.http1.Http1Services;
import org.jspecify.annotations.Nullable;

/**
 * All listeners of an engine: either all of them are bound, or none.
 */
public final class Listeners {

	private final List<Listener> listeners;

	private Listeners(List<Listener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	/**
	 * Bind all. Nothing is accepted before {@link #accept()}. Blocks until they are
	 * bound; not to be called by an event loop.
	 * @param configs the listeners
	 * @param options what they have in common
	 * @param loops who serves the connections
	 * @param services what the connections of a listener share
	 * @return the listeners, to be closed by the caller
	 * @throws ListenerException where one besides {@link ListenerConfig#MAIN the first}
	 * cannot be bound
	 * @throws IOException as {@link Listener#bind} says, where the first cannot
	 */
	public static Listeners bind(List<ListenerConfig> configs, ListenerOptions options, EventLoops loops,
			Function<ListenerConfig, Http1Services> services) throws IOException {
		AcceptLimits limits = new AcceptLimits(options);
		List<Listener> bound = new ArrayList<>();
		try {
			for (ListenerConfig config : configs) {
				bound.add(bind(config, options, limits, loops, services.apply(config)));
			}
			return new Listeners(bound);
		}
		catch (Throwable ex) {
			bound.forEach(Listener::close);
			throw ex;
		}
	}

	private static Listener bind(ListenerConfig config, ListenerOptions options, AcceptLimits limits, EventLoops loops,
			Http1Services services) throws IOException {
		try {
			return Listener.bind(config, options, limits, loops, services);
		}
		catch (IOException ex) {
			throw config.isMain() ? ex : new ListenerException(config, ex);
		}
	}

	/** Accept connections from now on. */
	public void accept() {
		this.listeners.forEach(Listener::accept);
	}

	/**
	 * The listeners.
	 * @return them, in the order of the configuration
	 */
	public List<Listener> all() {
		return this.listeners;
	}

	/**
	 * The first, that of {@code server.port}.
	 * @return the listener, {@code null} where there is none
	 */
	public @Nullable Listener main() {
		return this.listeners.stream().filter((listener) -> listener.config().isMain()).findFirst().orElse(null);
	}

	/**
	 * The port of the first.
	 * @return the port, also after {@link #close()}; -1 where that does not listen
	 */
	public int port() {
		return this.listeners.stream()
			.filter((listener) -> listener.config().isMain())
			.findFirst()
			.map(Listener::port)
			.orElse(-1);
	}

	/**
	 * The port of HTTPS.
	 * @return that of the first listener with TLS and a port, -1 where there is none
	 */
	public int httpsPort() {
		return this.listeners.stream()
			.filter((listener) -> listener.config().tls() != null && listener.port() > 0)
			.findFirst()
			.map(Listener::port)
			.orElse(-1);
	}

	/**
	 * Accept no more on any of them. Blocks until the sockets are closed, unless an event
	 * loop calls. Connections that were accepted may still be on their way to their
	 * loops, until these have had a {@linkplain EventLoops#turn() turn}.
	 */
	public void close() {
		this.listeners.forEach(Listener::close);
	}

	/**
	 * Why a connection may be closed at once.
	 * @return the reasons as observers are told them
	 */
	public static List<String> refusalReasons() {
		return List.of(ClientLimit.REASON, ProxyGate.REASON, ProxyProtocolHandler.REASON);
	}

	/**
	 * Why an attempt to accept a connection may fail.
	 * @return the reasons as observers are told them
	 */
	public static List<String> acceptFailureReasons() {
		return AcceptFailures.REASONS;
	}

}
