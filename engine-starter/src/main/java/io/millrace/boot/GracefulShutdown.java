package io.millrace.boot;

import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.Engine;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.GracefulShutdownCallback;
import org.springframework.boot.web.server.GracefulShutdownResult;

/**
 * Drains an engine and tells the callback, once: that all is quiet, or that the server
 * was stopped before. Nothing waits: the engine's stage tells when the last exchange has
 * ended.
 */
final class GracefulShutdown {

	private static final Log logger = LogFactory.getLog(GracefulShutdown.class);

	// Set while a drain is under way; whoever takes it out tells the callback.
	private final AtomicReference<@Nullable GracefulShutdownCallback> waiting = new AtomicReference<>();

	void shutDownGracefully(Engine engine, GracefulShutdownCallback callback) {
		logger.info("Commencing graceful shutdown. Waiting for active requests to complete");
		this.waiting.set(callback);
		engine.drain().whenComplete((drained, ex) -> {
			if (ex == null) {
				end(callback, "Graceful shutdown complete", GracefulShutdownResult.IDLE);
			}
			else {
				abort();
			}
		});
	}

	/**
	 * Wait no longer. Does nothing if no drain is under way.
	 */
	void abort() {
		GracefulShutdownCallback callback = this.waiting.get();
		if (callback != null) {
			end(callback, "Graceful shutdown aborted with one or more requests still active",
					GracefulShutdownResult.REQUESTS_ACTIVE);
		}
	}

	private void end(GracefulShutdownCallback callback, String message, GracefulShutdownResult result) {
		if (this.waiting.compareAndSet(callback, null)) {
			logger.info(message);
			callback.shutdownComplete(result);
		}
	}

}
