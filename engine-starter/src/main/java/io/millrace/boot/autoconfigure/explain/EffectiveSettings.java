package io.millrace.boot.autoconfigure.explain;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.ForwardedOrigins;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.WorkerOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * What is in force in the engine for a property: what an {@code EngineCustomizer} has
 * made of it counts, and not what the property says. For what was changed at run time see
 * {@link RunTimeOrigin}.
 */
final class EffectiveSettings {

	// In a cloud it is native by itself. Otherwise the engine does not know it.
	private static final String STRATEGY = "server.forward-headers-strategy";

	private static final String HTTP2 = "millrace.http2.";

	private static final Map<String, Function<Engine, Object>> SETTINGS = Map.ofEntries(
			Map.entry("millrace.transport", (engine) -> engine.transport().id()),
			Map.entry("millrace.event-loops", Engine::eventLoopCount), listener("backlog", ListenerOptions::backlog),
			listener("reuse-port", ListenerOptions::reusePort),
			listener("max-connections", ListenerOptions::maxConnections),
			listener("max-connections-per-ip", ListenerOptions::maxConnectionsPerIp),
			http1("millrace.max-requests-per-connection", Http1Options::maxRequestsPerConnection),
			http1("millrace.max-request-body-size", (options) -> DataSize.ofBytes(options.maxBodySize())),
			http1("millrace.http1.max-request-line-size", (options) -> DataSize.ofBytes(options.maxRequestLineSize())),
			http1("millrace.http1.max-header-count", Http1Options::maxHeaderCount),
			http1("millrace.http1.max-drain-size", (options) -> DataSize.ofBytes(options.maxDrainSize())),
			config("millrace.http3.enabled", (config) -> config.http3() != null),
			http1("server.max-http-request-header-size", (options) -> DataSize.ofBytes(options.maxHeaderSize())),
			http2("max-concurrent-streams", Http2Options::maxConcurrentStreams),
			http2("initial-window-size", (options) -> DataSize.ofBytes(options.initialWindowSize())),
			http2("max-frame-size", (options) -> DataSize.ofBytes(options.maxFrameSize())),
			http2("ping-interval", Http2Options::pingInterval),
			Map.entry("server.http2.enabled", (engine) -> engine.config().http2() != null),
			timeout("min-body-rate", (options) -> DataSize.ofBytes(options.minBodyRate())),
			timeout("body-grace", ConnectionTimeouts::bodyGrace),
			timeout("timeouts.header", ConnectionTimeouts::header), timeout("timeouts.idle", ConnectionTimeouts::idle),
			timeout("timeouts.write", ConnectionTimeouts::write),
			timeout("timeouts.half-closed", ConnectionTimeouts::halfClosed),
			timeout("timeouts.upgraded", ConnectionTimeouts::upgraded),
			dispatch("timeouts.request", DispatchOptions::timeout),
			dispatch("refusal.status", DispatchOptions::refusalStatus),
			dispatch("refusal.timeout-status", DispatchOptions::timeoutStatus),
			dispatch("refusal.retry-after", DispatchOptions::retryAfter),
			dispatch("worker.interrupt-on-disconnect", DispatchOptions::interruptOnDisconnect),
			worker("mode", WorkerOptions::mode), worker("max-threads", WorkerOptions::maxThreads),
			worker("min-threads", WorkerOptions::minThreads), worker("keep-alive", WorkerOptions::keepAlive),
			worker("max-concurrency", WorkerOptions::maxConcurrency), worker("reserved", WorkerOptions::reserved),
			queue("capacity", QueueOptions::capacity), queue("order", QueueOptions::order),
			queue("max-wait", QueueOptions::maxWait), watch("worker", WatchOptions::worker),
			watch("event-loop", WatchOptions::eventLoop), watch("starved", WatchOptions::starved),
			watch("pinned", WatchOptions::pinned));

	private EffectiveSettings() {
	}

	/**
	 * What is in force.
	 * @param name the property
	 * @param engine the engine
	 * @return its value, as {@link SettingValues} write it, {@code null} where the engine
	 * does not tell
	 */
	static @Nullable Object of(String name, Engine engine) {
		if (name.equals(STRATEGY)) {
			return (engine.config().origins() instanceof ForwardedOrigins) ? "native" : null;
		}
		if (name.startsWith(HTTP2) && engine.config().http2() == null) {
			return null;
		}
		Function<Engine, Object> setting = SETTINGS.get(name);
		return (setting != null) ? SettingValues.of(setting.apply(engine)) : null;
	}

	private static Map.Entry<String, Function<Engine, Object>> listener(String name,
			Function<ListenerOptions, Object> option) {
		return config("millrace." + name, (config) -> option.apply(config.listener()));
	}

	private static Map.Entry<String, Function<Engine, Object>> http1(String name,
			Function<Http1Options, Object> option) {
		return config(name, (config) -> option.apply(config.http1()));
	}

	private static Map.Entry<String, Function<Engine, Object>> http2(String name,
			Function<Http2Options, Object> option) {
		return config(HTTP2 + name, (config) -> option.apply(Objects.requireNonNull(config.http2())));
	}

	private static Map.Entry<String, Function<Engine, Object>> timeout(String name,
			Function<ConnectionTimeouts, Object> option) {
		return config("millrace." + name, (config) -> option.apply(config.timeouts()));
	}

	private static Map.Entry<String, Function<Engine, Object>> dispatch(String name,
			Function<DispatchOptions, Object> option) {
		return config("millrace." + name, (config) -> option.apply(config.dispatch()));
	}

	private static Map.Entry<String, Function<Engine, Object>> worker(String name,
			Function<WorkerOptions, Object> option) {
		return config("millrace.worker." + name, (config) -> option.apply(config.worker()));
	}

	private static Map.Entry<String, Function<Engine, Object>> queue(String name,
			Function<QueueOptions, Object> option) {
		return config("millrace.worker.queue." + name, (config) -> option.apply(config.worker().queue()));
	}

	private static Map.Entry<String, Function<Engine, Object>> watch(String name,
			Function<WatchOptions, Object> option) {
		return config("millrace.watch." + name, (config) -> option.apply(config.watch()));
	}

	private static Map.Entry<String, Function<Engine, Object>> config(String name,
			Function<EngineConfig, Object> option) {
		return Map.entry(name, (engine) -> option.apply(engine.config()));
	}

}
