package io.millrace.boot;

import java.io.IOException;
import java.net.BindException;
import java.util.Locale;

import io.millrace.boot.ListenerFailedException.Reason;
import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.transport.ListenerException;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPool;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.GracefulShutdownCallback;
import org.springframework.boot.web.server.GracefulShutdownResult;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;

/**
 * An engine as Boot's {@link WebServer}. It can be started again after it was stopped,
 * not after it was destroyed.
 */
public class MillraceWebServer implements WebServer {

	private static final Log logger = LogFactory.getLog(MillraceWebServer.class);

	private final Object monitor = new Object();

	private final ServedApplication application;

	private final boolean listening;

	private final @Nullable GracefulShutdown gracefulShutdown;

	private final Engine engine;

	// Guarded by the monitor, read by any thread.
	private volatile State state = State.NEW;

	// Guarded by the monitor.
	private boolean loaded;

	/**
	 * Create a server; nothing is bound yet.
	 * @param config the configuration of the engine
	 * @param application what is served
	 * @param shutdown how the server is shut down
	 * @param listening {@code false} for a server that never listens, as a negative port
	 * asks for
	 */
	public MillraceWebServer(EngineConfig config, ServedApplication application, Shutdown shutdown, boolean listening) {
		this.application = application;
		this.listening = listening;
		this.gracefulShutdown = (shutdown == Shutdown.GRACEFUL) ? new GracefulShutdown() : null;
		this.engine = new Engine(config, application.handler());
	}

	@Override
	public void start() throws WebServerException {
		synchronized (this.monitor) {
			if (this.state == State.STARTED) {
				return;
			}
			try {
				load();
				this.application.accepting(true);
				if (this.listening) {
					this.engine.start();
				}
			}
			catch (Exception ex) {
				this.state = State.STOPPED;
				this.engine.stop();
				throw startFailure(ex);
			}
			this.state = State.STARTED;
		}
		logger.info(startedMessage());
		logger.info(engineMessage());
		NettyHoles.warnOnce();
	}

	private void load() throws Exception {
		if (!this.loaded) {
			this.application.load();
			this.loaded = true;
		}
	}

	private RuntimeException startFailure(Exception failure) {
		if (failure instanceof ListenerException listener) {
			return new ListenerFailedException(listener.listener(), reason(failure), failure);
		}
		int port = this.engine.config().listener().address().getPort();
		switch (reason(failure)) {
			case IN_USE:
				return isOfDatagrams(failure) ? datagramsInUse(port, failure) : new PortInUseException(port, failure);
			case PERMISSION:
				return new PortPermissionException(port, failure);
			default:
				break;
		}
		return (failure instanceof WebServerException known) ? known : new WebServerException(
				"Unable to start Millrace on " + this.engine.config().listener().address(), failure);
	}

	// As QuicListener says it.
	private static boolean isOfDatagrams(Exception failure) {
		String message = failure.getMessage();
		return failure instanceof BindException && message != null && message.endsWith("(UDP)");
	}

	private static WebServerException datagramsInUse(int port, Exception failure) {
		String which = (port > 0) ? "UDP port " + port : "The UDP port";
		return new UnsupportedFeatureException("millrace.http3.enabled",
				which + ", beside the TCP port of the same number, was already in use.",
				"Identify and stop the process that receives UDP there, configure another server.port, or set "
						+ "millrace.http3.enabled=false.",
				failure);
	}

	// The native transports throw no BindException of the JDK's.
	private static Reason reason(Exception failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = (cause instanceof IOException && cause.getMessage() != null)
					? cause.getMessage().toLowerCase(Locale.ROOT) : "";
			if (message.contains("in use")) {
				return Reason.IN_USE;
			}
			if (message.contains("permission denied")) {
				return Reason.PERMISSION;
			}
		}
		return Reason.OTHER;
	}

	private String startedMessage() {
		String contextPath = this.application.contextPath();
		String suffix = (contextPath != null) ? " with context path '" + contextPath + "'" : "";
		return this.listening ? "Millrace started on " + new ListenerDescription(this.engine.listeners()) + suffix
				: "Millrace started without listening on a port" + suffix;
	}

	private String engineMessage() {
		int loops = this.engine.eventLoopCount();
		return "Transport " + this.engine.transport().id() + " with " + loops
				+ ((loops == 1) ? " event loop" : " event loops") + ", worker mode " + workerDescription()
				+ admissionDescription() + tlsDescription() + http3Description();
	}

	private String admissionDescription() {
		Admission admission = this.engine.config().admission();
		return (admission != null) ? ", admission " + admission : "";
	}

	private String tlsDescription() {
		boolean encrypted = this.engine.config().listeners().stream().anyMatch((listener) -> listener.tls() != null);
		return encrypted ? ", TLS by " + TlsSettings.provider() : "";
	}

	private String http3Description() {
		return (this.engine.config().http3() != null && this.engine.port() > 0)
				? ", HTTP/3 on the UDP port of the same number" : "";
	}

	private String workerDescription() {
		WorkerOptions worker = this.engine.config().worker();
		WorkerPool own = this.engine.config().workerPool();
		if (own != null && this.application.handler().mayBlock()) {
			return "the application's own (" + own.getClass().getName() + ")";
		}
		WorkerMode mode = this.application.handler().mayBlock() ? worker.mode() : WorkerMode.INLINE;
		return switch (mode) {
			case POOL -> "pool (max " + worker.maxThreads() + " threads, queue " + worker.queueCapacity() + ")";
			case VIRTUAL ->
				"virtual (max " + worker.maxConcurrency() + " at once, queue " + worker.queueCapacity() + ")";
			case LOOP -> "loop (max " + worker.maxConcurrency() + " at once, queue " + worker.queueCapacity() + ")";
			case INLINE -> "inline (requests are handled by the event loops)";
		};
	}

	@Override
	public void stop() throws WebServerException {
		synchronized (this.monitor) {
			if (this.state != State.STARTED) {
				return;
			}
			this.state = State.STOPPED;
			if (this.gracefulShutdown != null) {
				this.gracefulShutdown.abort();
			}
			this.application.accepting(false);
			this.engine.stop();
		}
	}

	@Override
	public void destroy() throws WebServerException {
		synchronized (this.monitor) {
			if (this.state == State.DESTROYED) {
				return;
			}
			stop();
			this.state = State.DESTROYED;
			try {
				// Workers first: what they still run must not meet a destroyed
				// application.
				this.engine.close();
			}
			finally {
				this.application.destroy();
			}
		}
	}

	/**
	 * Stop accepting connections, answer the requests that are in flight with
	 * {@code Connection: close}, close idle connections. The callback is told once: when
	 * the last exchange has ended, or when {@link #stop()} is called before.
	 */
	@Override
	public void shutDownGracefully(GracefulShutdownCallback callback) {
		if (this.gracefulShutdown == null) {
			callback.shutdownComplete(GracefulShutdownResult.IMMEDIATE);
		}
		else if (this.state != State.STARTED || !this.listening) {
			callback.shutdownComplete(GracefulShutdownResult.IDLE);
		}
		else {
			this.application.accepting(false);
			this.gracefulShutdown.shutDownGracefully(this.engine, callback);
		}
	}

	@Override
	public int getPort() {
		return (this.state == State.STARTED && this.listening) ? this.engine.port() : -1;
	}

	/**
	 * The engine beneath.
	 * @return the engine
	 */
	public Engine getEngine() {
		return this.engine;
	}

	private enum State {

		NEW, STARTED, STOPPED, DESTROYED

	}

}
