package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.worker.QueueOrder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
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

	private final Worker worker = new Worker();

	private final Refusal refusal = new Refusal();

	private final Watch watch = new Watch();

	private final Http1 http1 = new Http1();

	private final Timeouts timeouts = new Timeouts();

	private final Servlet servlet = new Servlet();

	private final Forwarded forwarded = new Forwarded();

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

	public Worker getWorker() {
		return this.worker;
	}

	public Refusal getRefusal() {
		return this.refusal;
	}

	public Watch getWatch() {
		return this.watch;
	}

	public Http1 getHttp1() {
		return this.http1;
	}

	public Timeouts getTimeouts() {
		return this.timeouts;
	}

	public Servlet getServlet() {
		return this.servlet;
	}

	public Forwarded getForwarded() {
		return this.forwarded;
	}

	/**
	 * Threads for requests that may block: all of Spring MVC, and routes that say so.
	 */
	public static class Worker {

		/**
		 * What runs requests that may block: pool for platform threads, virtual for a
		 * virtual thread each (JDK 21 or later), loop for a virtual thread each that is
		 * carried by the event loop of its connection (JDK 24 or later with --add-opens
		 * java.base/java.lang=ALL-UNNAMED), inline for the event loops, which a single
		 * blocking request stops. With auto virtual where spring.threads.virtual.enabled
		 * is true on JDK 21 or later, otherwise pool.
		 */
		private WorkerMode mode = WorkerMode.AUTO;

		/**
		 * How many platform threads the pool grows to, 1 to 100000. When all are busy,
		 * requests wait in the queue. With loop, how many requests at once may have one
		 * of their own because they hold their event loop.
		 */
		private int maxThreads = 200;

		/**
		 * How many platform threads stay when they are idle, 0 to max-threads.
		 */
		private int minThreads = 10;

		/**
		 * How long an idle platform thread above min-threads stays, more than 0.
		 */
		private Duration keepAlive = Duration.ofSeconds(60);

		/**
		 * How many requests run at once on virtual threads, 1 or more. When all run,
		 * requests wait in the queue.
		 */
		private int maxConcurrency = 10000;

		/**
		 * How many requests of high priority run besides, when all threads are busy: what
		 * is under the path of the actuator, additional paths of health groups, and
		 * routes with priority high. With 0 they wait like all others.
		 */
		private int reserved = 2;

		private final Queue queue = new Queue();

		public WorkerMode getMode() {
			return this.mode;
		}

		public void setMode(WorkerMode mode) {
			this.mode = mode;
		}

		public int getMaxThreads() {
			return this.maxThreads;
		}

		public void setMaxThreads(int maxThreads) {
			this.maxThreads = maxThreads;
		}

		public int getMinThreads() {
			return this.minThreads;
		}

		public void setMinThreads(int minThreads) {
			this.minThreads = minThreads;
		}

		public Duration getKeepAlive() {
			return this.keepAlive;
		}

		public void setKeepAlive(Duration keepAlive) {
			this.keepAlive = keepAlive;
		}

		public int getMaxConcurrency() {
			return this.maxConcurrency;
		}

		public void setMaxConcurrency(int maxConcurrency) {
			this.maxConcurrency = maxConcurrency;
		}

		public int getReserved() {
			return this.reserved;
		}

		public void setReserved(int reserved) {
			this.reserved = reserved;
		}

		public Queue getQueue() {
			return this.queue;
		}

	}

	/**
	 * How requests wait for a thread.
	 */
	public static class Queue {

		/**
		 * How many requests may wait for a thread, 1 to 1000000; above, the client gets
		 * 503 with Retry-After at once.
		 */
		private int capacity = 16384;

		/**
		 * Which of the waiting requests is next: fifo for the one that has waited
		 * longest, lifo for the one that has waited shortest, so that under overload some
		 * clients are answered in time instead of all too late. With adaptive fifo, and
		 * lifo while the queue has not been empty for 100 ms.
		 */
		private QueueOrder order = QueueOrder.FIFO;

		/**
		 * How long a request may wait for a thread; then the client gets 503 with
		 * Retry-After, and the application does not see the request. With 0 for ever.
		 */
		private Duration maxWait = Duration.ofSeconds(0);

		public int getCapacity() {
			return this.capacity;
		}

		public void setCapacity(int capacity) {
			this.capacity = capacity;
		}

		public QueueOrder getOrder() {
			return this.order;
		}

		public void setOrder(QueueOrder order) {
			this.order = order;
		}

		public Duration getMaxWait() {
			return this.maxWait;
		}

		public void setMaxWait(Duration maxWait) {
			this.maxWait = maxWait;
		}

	}

	/**
	 * What clients are told whose requests cannot be served.
	 */
	public static class Refusal {

		/**
		 * What a client gets whose request is refused because too much is asked of the
		 * server: 503 or 429.
		 */
		private int status = 503;

		/**
		 * What a client gets whose request took longer than millrace.timeouts.request:
		 * 503 or 504.
		 */
		private int timeoutStatus = 503;

		/**
		 * What a refused client is told in Retry-After; rounded down to seconds, 1 at
		 * least.
		 */
		private Duration retryAfter = Duration.ofSeconds(1);

		public int getStatus() {
			return this.status;
		}

		public void setStatus(int status) {
			this.status = status;
		}

		public int getTimeoutStatus() {
			return this.timeoutStatus;
		}

		public void setTimeoutStatus(int timeoutStatus) {
			this.timeoutStatus = timeoutStatus;
		}

		public Duration getRetryAfter() {
			return this.retryAfter;
		}

		public void setRetryAfter(Duration retryAfter) {
			this.retryAfter = retryAfter;
		}

	}

	/**
	 * From when on something counts as stuck: it is logged once each time with a stack,
	 * and counted.
	 */
	public static class Watch {

		/**
		 * How long a platform thread may be busy with one request. With 0 as long as it
		 * likes.
		 */
		private Duration worker = Duration.ofSeconds(60);

		/**
		 * How long an event loop may be busy with one thing, which keeps all its
		 * connections waiting. With 0 as long as it likes.
		 */
		private Duration eventLoop = Duration.ofSeconds(2);

		/**
		 * How long requests may wait while all platform threads are busy and none begins
		 * anything. With 0 as long as they like.
		 */
		private Duration starved = Duration.ofSeconds(5);

		public Duration getWorker() {
			return this.worker;
		}

		public void setWorker(Duration worker) {
			this.worker = worker;
		}

		public Duration getEventLoop() {
			return this.eventLoop;
		}

		public void setEventLoop(Duration eventLoop) {
			this.eventLoop = eventLoop;
		}

		public Duration getStarved() {
			return this.starved;
		}

		public void setStarved(Duration starved) {
			this.starved = starved;
		}

	}

	/**
	 * Limits of HTTP/1.1.
	 */
	public static class Http1 {

		/**
		 * How large a request line, method, target and version, may be, 64 bytes or more;
		 * above, the client gets 414.
		 */
		private DataSize maxRequestLineSize = DataSize.ofKilobytes(8);

		/**
		 * How many header fields a request may have, 1 or more; above, the client gets
		 * 431. Their size together is server.max-http-request-header-size.
		 */
		private int maxHeaderCount = 100;

		/**
		 * How much of a request body that the application did not read is read away after
		 * the response, so that the connection can be kept; above, the connection is
		 * closed. With 0 it is always closed.
		 */
		private DataSize maxDrainSize = DataSize.ofMegabytes(2);

		public DataSize getMaxRequestLineSize() {
			return this.maxRequestLineSize;
		}

		public void setMaxRequestLineSize(DataSize maxRequestLineSize) {
			this.maxRequestLineSize = maxRequestLineSize;
		}

		public int getMaxHeaderCount() {
			return this.maxHeaderCount;
		}

		public void setMaxHeaderCount(int maxHeaderCount) {
			this.maxHeaderCount = maxHeaderCount;
		}

		public DataSize getMaxDrainSize() {
			return this.maxDrainSize;
		}

		public void setMaxDrainSize(DataSize maxDrainSize) {
			this.maxDrainSize = maxDrainSize;
		}

	}

	/**
	 * How long a connection may keep the server waiting.
	 */
	public static class Timeouts {

		/**
		 * How long a request head may take from its first byte to its last, and a new
		 * connection to its first byte; then the client gets 408, or the connection is
		 * closed where nothing came. With 0 for ever.
		 */
		private Duration header = Duration.ofSeconds(20);

		/**
		 * How long a connection is kept between a response and the next request; then it
		 * is closed. Should be more than the idle timeout of a proxy before this server.
		 * With 0 for ever.
		 */
		private Duration idle = Duration.ofSeconds(60);

		/**
		 * How long a request may take from its head to the last byte of its response,
		 * waiting included; then the client gets 503 or 504, or its response is cut where
		 * it has begun. The application is not interrupted, what it writes later is
		 * thrown away. With 0 for ever.
		 */
		private Duration request = Duration.ofSeconds(0);

		/**
		 * How long a client may take nothing of a response; then the connection is
		 * closed. With 0 for ever.
		 */
		private Duration write = Duration.ofSeconds(30);

		/**
		 * How long a response may make no progress after the client closed its side of
		 * the connection; then the client counts as gone. With 0 for ever.
		 */
		private Duration halfClosed = Duration.ofSeconds(3);

		/**
		 * How long a connection may be silent in both directions after its protocol was
		 * switched (HttpServletRequest.upgrade); then it is closed. With 0 for ever.
		 */
		private Duration upgraded = Duration.ofSeconds(0);

		public Duration getHeader() {
			return this.header;
		}

		public void setHeader(Duration header) {
			this.header = header;
		}

		public Duration getIdle() {
			return this.idle;
		}

		public void setIdle(Duration idle) {
			this.idle = idle;
		}

		public Duration getRequest() {
			return this.request;
		}

		public void setRequest(Duration request) {
			this.request = request;
		}

		public Duration getWrite() {
			return this.write;
		}

		public void setWrite(Duration write) {
			this.write = write;
		}

		public Duration getHalfClosed() {
			return this.halfClosed;
		}

		public void setHalfClosed(Duration halfClosed) {
			this.halfClosed = halfClosed;
		}

		public Duration getUpgraded() {
			return this.upgraded;
		}

		public void setUpgraded(Duration upgraded) {
			this.upgraded = upgraded;
		}

	}

	/**
	 * Limits of forms and sessions in servlet applications.
	 */
	public static class Servlet {

		/**
		 * How many parameters query and form may have together; above, the request is
		 * refused. Negative for no limit.
		 */
		private int maxParameterCount = 1000;

		/**
		 * How large a form in a request body may be; above, the request is refused.
		 * Negative for no limit.
		 */
		private DataSize maxFormSize = DataSize.ofMegabytes(2);

		/**
		 * How many parts a multipart body may have; above, the request is refused.
		 * Negative for no limit. Sizes are spring.servlet.multipart.*.
		 */
		private int maxPartCount = 50;

		/**
		 * How large the header of a part may be; above, the request is refused. Negative
		 * for no limit.
		 */
		private DataSize maxPartHeaderSize = DataSize.ofBytes(512);

		/**
		 * How many sessions there may be at once; a request that needs one more is
		 * answered with 503. Negative for no limit.
		 */
		private int maxSessions = 1_000_000;

		/**
		 * Classes that session attributes may be restored of with
		 * server.servlet.session.persistent=true, as com.example.Type, com.example.* or
		 * com.example.**, besides the packages of the application, values of the JDK and
		 * what Spring keeps in sessions.
		 */
		private List<String> storedSessionClasses = List.of();

		public int getMaxParameterCount() {
			return this.maxParameterCount;
		}

		public void setMaxParameterCount(int maxParameterCount) {
			this.maxParameterCount = maxParameterCount;
		}

		public DataSize getMaxFormSize() {
			return this.maxFormSize;
		}

		public void setMaxFormSize(DataSize maxFormSize) {
			this.maxFormSize = maxFormSize;
		}

		public int getMaxPartCount() {
			return this.maxPartCount;
		}

		public void setMaxPartCount(int maxPartCount) {
			this.maxPartCount = maxPartCount;
		}

		public DataSize getMaxPartHeaderSize() {
			return this.maxPartHeaderSize;
		}

		public void setMaxPartHeaderSize(DataSize maxPartHeaderSize) {
			this.maxPartHeaderSize = maxPartHeaderSize;
		}

		public int getMaxSessions() {
			return this.maxSessions;
		}

		public void setMaxSessions(int maxSessions) {
			this.maxSessions = maxSessions;
		}

		public List<String> getStoredSessionClasses() {
			return this.storedSessionClasses;
		}

		public void setStoredSessionClasses(List<String> storedSessionClasses) {
			this.storedSessionClasses = storedSessionClasses;
		}

	}

	/**
	 * Whom to believe about the client with server.forward-headers-strategy=native.
	 */
	public static class Forwarded {

		/**
		 * The proxies whose forwarded headers are believed, as addresses or blocks of
		 * addresses in CIDR notation; those of all others are ignored. Unset: loopback,
		 * link-local and private addresses. Empty: nobody.
		 */
		private @Nullable List<String> trustedProxies;

		/**
		 * Which headers the proxies write. A proxy that writes one kind lets the other
		 * through as the client sent it, so name the kind if you know it. With auto
		 * X-Forwarded-* where there is one, otherwise Forwarded.
		 */
		private ForwardedHeader header = ForwardedHeader.AUTO;

		public @Nullable List<String> getTrustedProxies() {
			return this.trustedProxies;
		}

		public void setTrustedProxies(@Nullable List<String> trustedProxies) {
			this.trustedProxies = trustedProxies;
		}

		public ForwardedHeader getHeader() {
			return this.header;
		}

		public void setHeader(ForwardedHeader header) {
			this.header = header;
		}

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

	/**
	 * What runs requests that may block.
	 */
	public enum WorkerMode {

		/**
		 * Virtual threads where spring.threads.virtual.enabled is true on JDK 21 or
		 * later, otherwise the pool.
		 */
		AUTO,

		/**
		 * Platform threads, grown on demand.
		 */
		POOL,

		/**
		 * A virtual thread for each request, JDK 21 or later.
		 */
		VIRTUAL,

		/**
		 * A virtual thread for each request, carried by the event loop of its connection:
		 * JDK 24 or later with --add-opens java.base/java.lang=ALL-UNNAMED.
		 */
		LOOP,

		/**
		 * The event loops, for applications known never to block.
		 */
		INLINE

	}

	/**
	 * Which headers proxies write.
	 */
	public enum ForwardedHeader {

		/**
		 * X-Forwarded-* where there is one, otherwise Forwarded.
		 */
		AUTO,

		/**
		 * X-Forwarded-* only.
		 */
		X_FORWARDED,

		/**
		 * Forwarded (RFC 7239) only.
		 */
		FORWARDED

	}

}
