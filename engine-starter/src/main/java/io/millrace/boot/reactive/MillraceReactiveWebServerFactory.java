package io.millrace.boot.reactive;

import io.millrace.boot.MillraceWebServer;
import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.reactive.ReactiveBridge;

import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.ConfigurableReactiveWebServerFactory;
import org.springframework.http.server.reactive.HttpHandler;

/**
 * Creates {@link MillraceWebServer servers} for reactive applications.
 */
public class MillraceReactiveWebServerFactory extends MillraceWebServerFactory
		implements ConfigurableReactiveWebServerFactory {

	/**
	 * Create a factory for a server on port 8080.
	 */
	public MillraceReactiveWebServerFactory() {
	}

	/**
	 * Create a factory.
	 * @param port the port, 0 for any that is free, negative for a server that does not
	 * listen
	 */
	public MillraceReactiveWebServerFactory(int port) {
		super(port);
	}

	@Override
	public WebServer getWebServer(HttpHandler httpHandler) {
		EventLoopThreads.markNonBlocking();
		ExchangeHandler bridge = new ReactiveBridge(httpHandler);
		return createWebServer(() -> bridge);
	}

}
