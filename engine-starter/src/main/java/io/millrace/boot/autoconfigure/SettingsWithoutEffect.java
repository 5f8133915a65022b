package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.millrace.core.EngineConfig;
import io.millrace.core.compression.ContentCoding;
import io.millrace.core.http.CompressionOptions;
import io.millrace.core.http.ForwardedOrigins;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * Settings that somebody has made and that do nothing, because of others: says so, and
 * why. They harm nobody, so the application starts.
 */
class SettingsWithoutEffect {

	private static final Log logger = LogFactory.getLog(SettingsWithoutEffect.class);

	private static final String WORKER = "millrace.worker.";

	private static final String HTTP3 = "millrace.http3.";

	private static final String ACCESS_LOG = "millrace.access-log.";

	private final Environment environment;

	private final Set<String> set;

	private final EngineConfig config;

	private final boolean reactive;

	private final Set<Finding> findings = new LinkedHashSet<>();

	/**
	 * Create it.
	 * @param environment tells which properties are set
	 * @param config what has come of them
	 * @param reactive whether the application's handlers run on the event loops
	 */
	SettingsWithoutEffect(Environment environment, EngineConfig config, boolean reactive) {
		this.environment = environment;
		this.set = Stream.of("millrace", "server")
			.flatMap((prefix) -> ConfiguredKeys.under(environment, prefix).stream())
			.map(SettingsWithoutEffect::squeeze)
			.collect(Collectors.toSet());
		this.config = config;
		this.reactive = reactive;
	}

	/**
	 * Warn of them, in one line; of none say nothing.
	 */
	void warn() {
		List<Finding> found = find();
		if (!found.isEmpty()) {
			logger.warn("Without effect: " + found.stream().map(Finding::toString).collect(Collectors.joining("; ")));
		}
	}

	/**
	 * Find them.
	 * @return each with its reason
	 * @throws InvalidConfigurationPropertyValueException where it is no oversight but a
	 * contradiction
	 */
	List<Finding> find() {
		findOfWorkers();
		findOfTimes();
		findOfRoutes();
		findOfAccessLog();
		findOfFirstListener();
		findOfProtocols();
		findOfHttp3();
		findOfCompression();
		if (!this.environment.getProperty("millrace.tracing.enabled", Boolean.class, true)) {
			say("millrace.tracing.enabled is false", "millrace.tracing.metric-tags");
		}
		return List.copyOf(this.findings);
	}

	private void findOfWorkers() {
		Set<WorkerMode> modes = modes();
		if (this.config.workerPool() != null && modes.remove(this.config.worker().mode())) {
			say("a bean of type WorkerPool runs requests", WORKER + "mode");
			if (modes.isEmpty()) {
				say("a bean of type WorkerPool runs requests", WORKER + "max-threads", WORKER + "min-threads",
						WORKER + "keep-alive", WORKER + "max-concurrency", WORKER + "queue.capacity",
						WORKER + "queue.order");
			}
			return;
		}
		if (!this.reactive && modes.equals(EnumSet.of(WorkerMode.INLINE))) {
			refuseQueue();
		}
		String mode = "millrace.worker.mode is " + id(this.config.worker().mode());
		if (modes.isEmpty() || modes.equals(EnumSet.of(WorkerMode.INLINE))) {
			String reason = this.reactive
					? "WebFlux handlers run on the event loops, and no route has mode pool, virtual or loop" : mode;
			say(reason, WORKER + "max-threads", WORKER + "min-threads", WORKER + "keep-alive",
					WORKER + "max-concurrency", WORKER + "reserved", WORKER + "queue.capacity", WORKER + "queue.order",
					WORKER + "queue.max-wait", "millrace.watch.worker", "millrace.watch.starved",
					"millrace.watch.pinned");
			return;
		}
		if (!modes.contains(WorkerMode.POOL)) {
			String instead = mode + ", which has " + WORKER + "max-concurrency instead";
			say(instead, WORKER + "min-threads", WORKER + "keep-alive");
			if (!modes.contains(WorkerMode.LOOP)) {
				say(instead, WORKER + "max-threads");
			}
		}
		if (EnumSet.of(WorkerMode.POOL, WorkerMode.INLINE).containsAll(modes)) {
			say(mode + ", which has " + WORKER + "max-threads instead", WORKER + "max-concurrency");
			say(mode, "millrace.watch.pinned");
		}
	}

	private void refuseQueue() {
		for (String key : List.of("capacity", "order", "max-wait")) {
			String property = WORKER + "queue." + key;
			if (this.set.contains(squeeze(property))) {
				throw new InvalidConfigurationPropertyValueException(property, this.environment.getProperty(property),
						"Nothing waits in a queue where millrace.worker.mode is inline and no route has threads. Remove "
								+ "it, or set millrace.worker.mode=auto.");
			}
		}
	}

	// What runs requests, by itself or for a route.
	private Set<WorkerMode> modes() {
		Set<WorkerMode> modes = EnumSet.noneOf(WorkerMode.class);
		if (!this.reactive) {
			modes.add(this.config.worker().mode());
		}
		this.config.policies().stream().map(RoutePolicy::mode).filter(Objects::nonNull).forEach(modes::add);
		return modes;
	}

	private void findOfTimes() {
		Duration request = this.config.dispatch().timeout();
		Duration wait = this.config.worker().queue().maxWait();
		if (!request.isZero() && wait.compareTo(request) >= 0) {
			say("millrace.timeouts.request ends a request after " + request.toMillis() + " ms, waiting included",
					WORKER + "queue.max-wait");
		}
		boolean anyTimeout = !request.isZero() || this.config.policies()
			.stream()
			.map(RoutePolicy::timeout)
			.anyMatch((timeout) -> timeout != null && !timeout.isZero());
		if (!anyTimeout) {
			say("no request has a timeout (millrace.timeouts.request)", "millrace.refusal.timeout-status");
		}
		if (this.config.timeouts().minBodyRate() == 0) {
			say("millrace.min-body-rate is 0", "millrace.body-grace");
		}
	}

	private void findOfRoutes() {
		for (RoutePolicy policy : this.config.policies()) {
			WorkerMode mode = (policy.mode() != null) ? policy.mode()
					: (this.reactive ? WorkerMode.INLINE : this.config.worker().mode());
			int most = (mode == WorkerMode.POOL) ? this.config.worker().maxThreads()
					: this.config.worker().maxConcurrency();
			boolean own = this.config.workerPool() != null && mode == this.config.worker().mode();
			if (mode == WorkerMode.INLINE) {
				if (policy.priority() != Priority.NORMAL && !policy.name().startsWith("/")) {
					this.findings.add(
							Finding.ofRoute("priority", policy, "its requests run on the event loops: give it a mode"));
				}
			}
			else if (policy.maxConcurrency() > most && !own) {
				this.findings.add(Finding.ofRoute("max-concurrency", policy,
						"never more than " + most + " requests run at once in mode " + id(mode)));
			}
		}
	}

	// Somebody who says that it is off may leave the rest where it is.
	private void findOfAccessLog() {
		if (!this.set.contains(squeeze(ACCESS_LOG + "enabled"))) {
			say("millrace.access-log.enabled is not true",
					ConfiguredKeys.under(this.environment, "millrace.access-log").toArray(String[]::new));
		}
	}

	// What is switched off is no oversight, and what the management server goes by has an
	// effect.
	private void findOfFirstListener() {
		if (this.config.listeners().stream().anyMatch(ListenerConfig::isMain)) {
			return;
		}
		List<String> keys = new ArrayList<>(List.of("server.address"));
		if (this.config.http3() != null) {
			keys.addAll(ConfiguredKeys.under(this.environment, "millrace.http3"));
		}
		if (this.config.tls() != null && !hasManagementServer()) {
			keys.addAll(ConfiguredKeys.under(this.environment, "server.ssl"));
		}
		if (this.environment.getProperty("millrace.proxy-protocol.enabled", Boolean.class, false)) {
			keys.addAll(ConfiguredKeys.under(this.environment, "millrace.proxy-protocol"));
		}
		say("server.port is negative", keys.toArray(String[]::new));
	}

	private boolean hasManagementServer() {
		return this.environment.getProperty("management.server.port", Integer.class, -1) >= 0;
	}

	private void findOfProtocols() {
		if (this.config.http2() == null) {
			say("server.http2.enabled is not true",
					ConfiguredKeys.under(this.environment, "millrace.http2").toArray(String[]::new));
		}
		// The management server may have TLS of its own.
		if (this.config.tls() == null && !hasManagementServer()
				&& this.config.listeners().stream().allMatch((listener) -> listener.tls() == null)) {
			say("nothing speaks TLS (server.ssl, millrace.listeners[].ssl)", "millrace.tls.handshake-timeout");
		}
		if (!(this.config.origins() instanceof ForwardedOrigins)) {
			say("server.forward-headers-strategy is not native", "millrace.forwarded.header");
		}
	}

	private void findOfHttp3() {
		if (this.config.http3() == null && !this.set.contains(squeeze(HTTP3 + "enabled"))) {
			say("millrace.http3.enabled is not true",
					ConfiguredKeys.under(this.environment, "millrace.http3").toArray(String[]::new));
		}
	}

	private void findOfCompression() {
		CompressionOptions compression = this.config.compression();
		if (compression == null) {
			say("server.compression.enabled is not true",
					ConfiguredKeys.under(this.environment, "millrace.compression").toArray(String[]::new));
		}
		else {
			for (ContentCoding coding : ContentCoding.values()) {
				if (compression.codings().stream().noneMatch((each) -> each.coding() == coding)) {
					say(coding.token() + " is not offered", "millrace.compression." + coding.token() + "-level");
				}
			}
		}
		if (this.config.decompression() == null) {
			say("millrace.decompression.enabled is not true", "millrace.decompression.max-size",
					"millrace.decompression.max-ratio");
		}
	}

	private void say(String reason, String... keys) {
		List<String> found = List.of(keys).stream().filter((key) -> this.set.contains(squeeze(key))).toList();
		if (!found.isEmpty()) {
			this.findings.add(new Finding(found, reason, String.join(", ", found)));
		}
	}

	private static String id(WorkerMode mode) {
		return mode.name().toLowerCase(Locale.ROOT);
	}

	// The names of environment variables do not tell dots from dashes.
	private static String squeeze(String key) {
		return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
	}

	/**
	 * Settings that do nothing for one reason.
	 *
	 * @param keys their keys, as far as they have any
	 * @param reason the reason
	 * @param names what they are called
	 */
	record Finding(List<String> keys, String reason, String names) {

		// A route of the properties is called by its key and its pattern.
		static Finding ofRoute(String key, RoutePolicy policy, String reason) {
			String route = policy.name();
			int end = route.startsWith("millrace.routes[") ? route.indexOf(' ') : -1;
			List<String> keys = (end > 0) ? List.of(route.substring(0, end) + "." + key) : List.of();
			return new Finding(keys, reason, key + " of " + route);
		}

		@Override
		public String toString() {
			return this.names + " (" + this.reason + ")";
		}

	}

}
