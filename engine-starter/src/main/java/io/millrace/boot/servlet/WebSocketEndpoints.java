package io.millrace.boot.servlet;

import java.util.Map;
import java.util.Set;

import io.millrace.servlet.ServletApplication;
import io.millrace.servlet.tyrus.EndpointContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * {@code jakarta.websocket} in the life of a server, where the application brings Tyrus.
 */
final class WebSocketEndpoints {

	private static final boolean PRESENT = ClassUtils.isPresent("org.glassfish.tyrus.server.TyrusServerContainer",
			WebSocketEndpoints.class.getClassLoader());

	private final ServletApplication application;

	private final EndpointContainer container;

	private WebSocketEndpoints(ServletApplication application, EndpointContainer container) {
		this.application = application;
		this.container = container;
	}

	/**
	 * Give an application its container, for all that comes after this to find.
	 * @param application the application
	 * @param parameters its context parameters
	 * @return its endpoints, {@code null} without Tyrus
	 */
	static @Nullable WebSocketEndpoints install(ServletApplication application, Map<String, String> parameters) {
		return PRESENT ? new WebSocketEndpoints(application, EndpointContainer.install(application, parameters)) : null;
	}

	/** Everything was registered that comes before the start. */
	void registered() {
		this.application.addInitializer((classes, context) -> this.container.addFilter(this.application), Set.of());
	}

	void accepting(boolean accepting) {
		this.container.accepting(accepting);
	}

	/** The application has ended. */
	void destroy() {
		this.container.stop();
	}

}
