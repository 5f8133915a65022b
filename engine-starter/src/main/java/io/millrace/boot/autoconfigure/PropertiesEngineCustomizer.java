package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.millrace.boot.EngineCustomizer;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.ForwardedOrigins;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.http.TrustedProxies;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Applies the properties to the configuration of the engine.
 */
class PropertiesEngineCustomizer implements EngineCustomizer {

	private final MillraceProperties properties;

	private final DataSize maxHeaderSize;

	private final WorkerMode workerMode;

	private final boolean forwarded;

	private final List<RoutePolicy> policies;

	/**
	 * Create a customizer.
	 * @param properties the properties
	 * @param maxHeaderSize the size of all header fields together
	 * @param workerMode what runs requests that may block
	 * @param forwarded whether forwarded headers are believed
	 * @param policies how some requests are run, where that differs from all others
	 */
	PropertiesEngineCustomizer(MillraceProperties properties, DataSize maxHeaderSize, WorkerMode workerMode,
			boolean forwarded, List<RoutePolicy> policies) {
		this.properties = properties;
		this.maxHeaderSize = maxHeaderSize;
		this.workerMode = workerMode;
		this.forwarded = forwarded;
		this.policies = policies;
	}

	@Override
	public void customize(EngineConfig.Builder builder) {
		EngineConfig current = builder.build();
		Transport transport = this.properties.getTransport().toTransport();
		builder.transport(transport)
			.listener(listener(current.listener(), (transport != null) ? transport : Transport.best()))
			.http1(http1(current.http1()))
			.timeouts(timeouts())
			.worker(worker())
			.policies(this.policies)
			.dispatch(dispatch())
			.watch(watch());
		if (current.http2() != null) {
			builder.http2(http2());
		}
		OptionNames.check(() -> builder.eventLoops(this.properties.getEventLoops()));
		TlsOptions tls = current.tls();
		if (tls != null) {
			Duration handshake = this.properties.getTls().getHandshakeTimeout();
			builder.tls(OptionNames.check(() -> tls.withHandshakeTimeout(handshake)));
		}
		if (this.forwarded) {
			builder.origins(origins());
		}
	}

	private ListenerOptions listener(ListenerOptions current, Transport transport) {
		if (this.properties.isReusePort() && !transport.supportsReusePort()) {
			throw new InvalidConfigurationPropertyValueException("millrace.reuse-port", true,
					"The transport " + transport.id() + " cannot do it.");
		}
		return OptionNames.check(() -> new ListenerOptions(current.address(), this.properties.getBacklog(),
				this.properties.isReusePort(), this.properties.getMaxConnections(),
				this.properties.getMaxConnectionsPerIp(), TrustedProxies.addresses(proxies())));
	}

	private Http1Options http1(Http1Options current) {
		Http1Properties http1 = this.properties.getHttp1();
		int line = size("millrace.http1.max-request-line-size", http1.getMaxRequestLineSize());
		int header = size("server.max-http-request-header-size", this.maxHeaderSize);
		return OptionNames.check(() -> new Http1Options(line, header, http1.getMaxHeaderCount(),
				this.properties.getMaxRequestBodySize().toBytes(), http1.getMaxDrainSize().toBytes(),
				this.properties.getMaxRequestsPerConnection(), current.serverHeader()));
	}

	private Http2Options http2() {
		Http2Properties http2 = this.properties.getHttp2();
		int window = size("millrace.http2.initial-window-size", http2.getInitialWindowSize());
		int frame = size("millrace.http2.max-frame-size", http2.getMaxFrameSize());
		return OptionNames
			.check(() -> new Http2Options(http2.getMaxConcurrentStreams(), window, frame, http2.getPingInterval()));
	}

	private static int size(String property, DataSize size) {
		if (size.toBytes() > Integer.MAX_VALUE) {
			throw new InvalidConfigurationPropertyValueException(property, size, "The value has to be less than 2 GB.");
		}
		return (int) size.toBytes();
	}

	private ConnectionTimeouts timeouts() {
		TimeoutProperties timeouts = this.properties.getTimeouts();
		return OptionNames.check(() -> new ConnectionTimeouts(timeouts.getHeader(), timeouts.getIdle(),
				timeouts.getWrite(), timeouts.getHalfClosed(), this.properties.getMinBodyRate().toBytes(),
				this.properties.getBodyGrace(), timeouts.getUpgraded()));
	}

	private DispatchOptions dispatch() {
		RefusalProperties refusal = this.properties.getRefusal();
		return OptionNames.check(() -> new DispatchOptions(Duration.ZERO, this.properties.getTimeouts().getRequest(),
				refusal.getTimeoutStatus(), refusal.getStatus(), refusal.getRetryAfter(),
				this.properties.getWorker().isInterruptOnDisconnect()));
	}

	private WatchOptions watch() {
		WatchProperties watch = this.properties.getWatch();
		return OptionNames.check(
				() -> new WatchOptions(watch.getWorker(), watch.getEventLoop(), watch.getStarved(), watch.getPinned()));
	}

	private WorkerOptions worker() {
		WorkerProperties worker = this.properties.getWorker();
		return OptionNames
			.check(() -> new WorkerOptions(this.workerMode, worker.getMaxThreads(), worker.getMinThreads(),
					worker.getKeepAlive(), worker.getMaxConcurrency(), queue(worker.getQueue()), worker.getReserved()));
	}

	private QueueOptions queue(QueueProperties queue) {
		boolean lanes = new ConfiguredRoutes(this.properties.getRoutes()).usesPriorities();
		return new QueueOptions(queue.getCapacity(), queue.getOrder(), queue.getMaxWait(), lanes);
	}

	// Everybody comes from them. Those who are trusted unless somebody says otherwise are
	// most private addresses, which are clients where there is no proxy.
	private List<String> proxies() {
		List<String> proxies = this.properties.getForwarded().getTrustedProxies();
		if (proxies == null) {
			return this.forwarded ? ForwardedOrigins.INTERNAL_PROXIES : List.of();
		}
		try {
			new TrustedProxies(proxies);
			return proxies;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("millrace.forwarded.trusted-proxies", proxies,
					String.valueOf(ex.getMessage()));
		}
	}

	private ForwardedOrigins origins() {
		ForwardedOrigins.Header header = switch (this.properties.getForwarded().getHeader()) {
			case AUTO -> ForwardedOrigins.Header.AUTO;
			case X_FORWARDED -> ForwardedOrigins.Header.X_FORWARDED;
			case FORWARDED -> ForwardedOrigins.Header.FORWARDED;
		};
		return new ForwardedOrigins(proxies(), header);
	}

}
