package io.millrace.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.transport.Transport;
import io.netty.channel.EventLoopGroup;

/**
 * An HTTP server: start, drain, stop. SHELL, BODY FOLLOWS.
 */
public final class Engine {

	/**
	 * Create an engine; nothing is bound yet.
	 * @param config the configuration
	 * @param application who answers requests
	 */
	public Engine(EngineConfig config, ExchangeHandler application) {
	}

	/**
	 * Bind and accept. @throws BindException wrapped if the port is taken
	 */
	public void start() {
		throw new UnsupportedOperationException();
	}

	/**
	 * The port that is bound.
	 * @return the port, -1 where none is
	 */
	public int port() {
		return -1;
	}

	/**
	 * Stop accepting, answer what is in flight with {@code Connection: close}, close idle
	 * connections.
	 * @return completes when the last exchange has ended
	 */
	public CompletionStage<Void> drain() {
		return new CompletableFuture<>();
	}

	/**
	 * Stop at once; what is in flight is cut.
	 */
	public void stop() {
	}

	/**
	 * The transport in use, once constructed.
	 */
	public Transport transport() {
		return Transport.NIO;
	}

	/**
	 * The event loops, for sharing with clients; alive from construction until stop().
	 */
	public EventLoopGroup eventLoops() {
		throw new UnsupportedOperationException();
	}

}
