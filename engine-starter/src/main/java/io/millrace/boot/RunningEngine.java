package io.millrace.boot;

import io.millrace.core.Engine;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Finds the engine of the application's own server, for those who tell about it. The
 * server of the management port is not it. It knows before other listeners of the same
 * event do, so that they may ask.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class RunningEngine implements ApplicationListener<WebServerInitializedEvent> {

	private volatile @Nullable Engine engine;

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		if (event.getWebServer() instanceof MillraceWebServer server
				&& !WebServerApplicationContext.hasServerNamespace(event.getApplicationContext(), "management")) {
			this.engine = server.getEngine();
		}
	}

	/**
	 * The engine.
	 * @return the engine, {@code null} until the server has started, and where it is not
	 * ours
	 */
	public @Nullable Engine get() {
		return this.engine;
	}

}
