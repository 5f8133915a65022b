package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

/**
 * Properties of Millrace. What is out of range stops start-up.
 */
@ConfigurationProperties("millrace")
public class MillraceProperties {

	/**
	 * Whether Millrace serves the application. With false the application has the server
	 * that it had without Millrace.
	 */
	private boolean enabled = true;

	/**
	 * What serves the application: Millrace's own engine, or, for WebFlux only, Boot's
	 * Reactor Netty server tuned by these properties.
	 */
	private Engine engine = Engine.MILLRACE;

	/**
	 * How the kernel is talked to. With auto the best that works here; one that is named
	 * and does not work here stops start-up.
	 */
	private Transport transport = Transport.AUTO;

	/**
	 * Number of event loops: threads that read and write all connections. With 0 one for
	 * each processor. The management server on a port of its own always has one.
	 */
	private int eventLoops = 0;

	/**
	 * Whether every event loop has a listening socket of its own and the kernel spreads
	 * the connections (SO_REUSEPORT), instead of one socket whose connections are handed
	 * out in turn.
	 */
	private boolean reusePort = false;

	/**
	 * How many connections the kernel keeps that were not accepted yet, 1 or more; what
	 * comes above has to try again. The kernel has an upper bound of its own
	 * (net.core.somaxconn).
	 */
	private int backlog = 4096;

	/**
	 * How many connections may be open. Above, no more are accepted, so that clients wait
	 * in the backlog. With 0 there is no limit.
	 */
	private int maxConnections = 0;

	/**
	 * How many connections may be open to one client: an IPv4 address, or an IPv6 network
	 * of 64 bits. Above, they are closed as soon as they are accepted. Does not apply to
	 * millrace.forwarded.trusted-proxies. With 0 there is no limit.
	 */
	private int maxConnectionsPerIp = 0;

	/**
	 * How many requests are answered on a connection; the last response says Connection:
	 * close. With 0 there is no limit.
	 */
	private int maxRequestsPerConnection = 0;

	/**
	 * How large a request body of any kind may be; above, the client gets 413. With 0
	 * there is no limit. Should not be less than
	 * spring.servlet.multipart.max-request-size.
	 */
	private DataSize maxRequestBodySize = DataSize.ofBytes(0);

	/**
	 * How much of a request body has to come in a second on average, as long as the
	 * application wants it; below, the client gets 408. With 0 a body may come as slowly
	 * as it likes.
	 */
	private DataSize minBodyRate = DataSize.ofBytes(240);

	/**
	 * How long a request body may come slower than min-body-rate before the client gets
	 * 408.
	 */
	private Duration bodyGrace = Duration.ofSeconds(10);

	/**
	 * How the requests of some paths are run, where that differs from all others.
	 */
	private List<RouteProperties> routes = new ArrayList<>();

	/**
	 * Where the application listens besides server.port.
	 */
	private List<ListenerProperties> listeners = new ArrayList<>();

	@NestedConfigurationProperty
	private final ProxyProtocolProperties proxyProtocol = new ProxyProtocolProperties();

	@NestedConfigurationProperty
	private final WorkerProperties worker = new WorkerProperties();

	@NestedConfigurationProperty
	private final AdmissionProperties admission = new AdmissionProperties();

	@NestedConfigurationProperty
	private final RefusalProperties refusal = new RefusalProperties();

	@NestedConfigurationProperty
	private final RateLimitProperties rateLimit = new RateLimitProperties();

	@NestedConfigurationProperty
	private final AccessLogProperties accessLog = new AccessLogProperties();

	@NestedConfigurationProperty
	private final WatchProperties watch = new WatchProperties();

	@NestedConfigurationProperty
	private final TlsProperties tls = new TlsProperties();

	@NestedConfigurationProperty
	private final CompressionProperties compression = new CompressionProperties();

	@NestedConfigurationProperty
	private final DecompressionProperties decompression = new DecompressionProperties();

	@NestedConfigurationProperty
	private final Http1Properties http1 = new Http1Properties();

	@NestedConfigurationProperty
	private final Http2Properties http2 = new Http2Properties();

	@NestedConfigurationProperty
	private final Http3Properties http3 = new Http3Properties();

	@NestedConfigurationProperty
	private final TimeoutProperties timeouts = new TimeoutProperties();

	@NestedConfigurationProperty
	private final ServletProperties servlet = new ServletProperties();

	@NestedConfigurationProperty
	private final ForwardedProperties forwarded = new ForwardedProperties();

	@NestedConfigurationProperty
	private final JfrProperties jfr = new JfrProperties();

	@NestedConfigurationProperty
	private final WebSocketProperties websocket = new WebSocketProperties();

	@NestedConfigurationProperty
	private final TracingProperties tracing = new TracingProperties();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Engine getEngine() {
		return this.engine;
	}

	public void setEngine(Engine engine) {
		this.engine = engine;
	}

	public Transport getTransport() {
		return this.transport;
	}

	public void setTransport(Transport transport) {
		this.transport = transport;
	}

	public int getEventLoops() {
		return this.eventLoops;
	}

	public void setEventLoops(int eventLoops) {
		this.eventLoops = eventLoops;
	}

	public boolean isReusePort() {
		return this.reusePort;
	}

	public void setReusePort(boolean reusePort) {
		this.reusePort = reusePort;
	}

	public int getBacklog() {
		return this.backlog;
	}

	public void setBacklog(int backlog) {
		this.backlog = backlog;
	}

	public int getMaxConnections() {
		return this.maxConnections;
	}

	public void setMaxConnections(int maxConnections) {
		this.maxConnections = maxConnections;
	}

	public int getMaxConnectionsPerIp() {
		return this.maxConnectionsPerIp;
	}

	public void setMaxConnectionsPerIp(int maxConnectionsPerIp) {
		this.maxConnectionsPerIp = maxConnectionsPerIp;
	}

	public int getMaxRequestsPerConnection() {
		return this.maxRequestsPerConnection;
	}

	public void setMaxRequestsPerConnection(int maxRequestsPerConnection) {
		this.maxRequestsPerConnection = maxRequestsPerConnection;
	}

	public DataSize getMaxRequestBodySize() {
		return this.maxRequestBodySize;
	}

	public void setMaxRequestBodySize(DataSize maxRequestBodySize) {
		this.maxRequestBodySize = maxRequestBodySize;
	}

	public DataSize getMinBodyRate() {
		return this.minBodyRate;
	}

	public void setMinBodyRate(DataSize minBodyRate) {
		this.minBodyRate = minBodyRate;
	}

	public Duration getBodyGrace() {
		return this.bodyGrace;
	}

	public void setBodyGrace(Duration bodyGrace) {
		this.bodyGrace = bodyGrace;
	}

	public List<RouteProperties> getRoutes() {
		return this.routes;
	}

	public void setRoutes(List<RouteProperties> routes) {
		this.routes = routes;
	}

	public List<ListenerProperties> getListeners() {
		return this.listeners;
	}

	public void setListeners(List<ListenerProperties> listeners) {
		this.listeners = listeners;
	}

	public ProxyProtocolProperties getProxyProtocol() {
		return this.proxyProtocol;
	}

	public WorkerProperties getWorker() {
		return this.worker;
	}

	public AdmissionProperties getAdmission() {
		return this.admission;
	}

	public RefusalProperties getRefusal() {
		return this.refusal;
	}

	public RateLimitProperties getRateLimit() {
		return this.rateLimit;
	}

	public AccessLogProperties getAccessLog() {
		return this.accessLog;
	}

	public WatchProperties getWatch() {
		return this.watch;
	}

	public TlsProperties getTls() {
		return this.tls;
	}

	public CompressionProperties getCompression() {
		return this.compression;
	}

	public DecompressionProperties getDecompression() {
		return this.decompression;
	}

	public Http1Properties getHttp1() {
		return this.http1;
	}

	public Http2Properties getHttp2() {
		return this.http2;
	}

	public Http3Properties getHttp3() {
		return this.http3;
	}

	public TimeoutProperties getTimeouts() {
		return this.timeouts;
	}

	public ServletProperties getServlet() {
		return this.servlet;
	}

	public ForwardedProperties getForwarded() {
		return this.forwarded;
	}

	public JfrProperties getJfr() {
		return this.jfr;
	}

	public WebSocketProperties getWebsocket() {
		return this.websocket;
	}

	public TracingProperties getTracing() {
		return this.tracing;
	}

	/**
	 * What serves the application.
	 */
	public enum Engine {

		/**
		 * Millrace's own engine.
		 */
		MILLRACE,

		/**
		 * Boot's Reactor Netty server, for WebFlux only.
		 */
		REACTOR_NETTY

	}

	/**
	 * How the kernel is talked to.
	 */
	public enum Transport {

		/**
		 * The best that works here.
		 */
		AUTO,

		/**
		 * Linux, io_uring.
		 */
		IO_URING,

		/**
		 * Linux, epoll.
		 */
		EPOLL,

		/**
		 * macOS and BSD.
		 */
		KQUEUE,

		/**
		 * The JDK's own, everywhere.
		 */
		NIO;

		/**
		 * The transport of the engine.
		 * @return the transport, {@code null} for the best that works here
		 */
		public io.millrace.core.transport.@Nullable Transport toTransport() {
			return switch (this) {
				case AUTO -> null;
				case IO_URING -> io.millrace.core.transport.Transport.IO_URING;
				case EPOLL -> io.millrace.core.transport.Transport.EPOLL;
				case KQUEUE -> io.millrace.core.transport.Transport.KQUEUE;
				case NIO -> io.millrace.core.transport.Transport.NIO;
			};
		}

	}

}
