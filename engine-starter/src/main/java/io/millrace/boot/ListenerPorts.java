package io.millrace.boot;

import java.util.HashMap;
import java.util.Map;

import io.millrace.core.transport.Listener;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Tells the ports of listeners besides the first as {@code local.server.port.NAME}, where
 * Boot tells that of the first as {@code local.server.port}.
 */
public class ListenerPorts implements ApplicationListener<WebServerInitializedEvent> {

	private static final String PREFIX = "local.server.port.";

	// Where Boot's ServerPortInfoApplicationContextInitializer has its own.
	private static final String SOURCE = "server.ports";

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		if (!(event.getWebServer() instanceof MillraceWebServer server)
				|| WebServerApplicationContext.hasServerNamespace(event.getApplicationContext(), "management")) {
			return;
		}
		Map<String, Object> ports = new HashMap<>();
		for (Listener listener : server.getEngine().listeners()) {
			if (!listener.config().isMain() && listener.port() > 0) {
				ports.put(PREFIX + listener.config().name(), listener.port());
			}
		}
		ApplicationContext context = event.getApplicationContext();
		while (context != null && !ports.isEmpty()) {
			if (context.getEnvironment() instanceof ConfigurableEnvironment environment) {
				add(environment, ports);
			}
			context = context.getParent();
		}
	}

	@SuppressWarnings("unchecked")
	private static void add(ConfigurableEnvironment environment, Map<String, Object> ports) {
		PropertySource<?> source = environment.getPropertySources().get(SOURCE);
		if (source == null) {
			source = new MapPropertySource(SOURCE, new HashMap<>());
			environment.getPropertySources().addFirst(source);
		}
		((Map<String, Object>) source.getSource()).putAll(ports);
	}

}
