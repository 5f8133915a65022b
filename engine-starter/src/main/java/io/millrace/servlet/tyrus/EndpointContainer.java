package io.millrace.servlet.tyrus;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

import io.millrace.servlet.ServletApplication;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.WebSocketEngine;

/**
 * The {@code jakarta.websocket.server.ServerContainer} of one application, by Tyrus.
 * Endpoints are registered as soon as they are added, so that who adds a wrong one is
 * told, until the server accepts connections (Jakarta WebSocket 2.2 §6.4).
 */
public final class EndpointContainer extends TyrusServerContainer {

	private static final String FILTER = "millraceWebSocketFilter";

	private final String contextPath;

	private final ContainerOptions options;

	private final WebSocketEngine engine;

	private final DynamicEndpoints dynamic = new DynamicEndpoints(this);

	private final HttpSessions httpSessions = new HttpSessions();

	private final Completions completions = new Completions();

	private volatile boolean deployed;

	private volatile boolean used;

	private volatile boolean goingAway;

	private EndpointContainer(String contextPath, ContainerOptions options) {
		super(Collections.emptySet());
		this.contextPath = contextPath;
		this.options = options;
		setDefaultMaxTextMessageBufferSize(options.textSize());
		setDefaultMaxBinaryMessageBufferSize(options.binarySize());
		// With 0, which means for ever too, Tyrus sets a timer for each message.
		setDefaultMaxSessionIdleTimeout(-1);
		this.engine = newEngine();
	}

	/**
	 * Give an application its container, as the attribute of its context that everybody
	 * looks for.
	 * @param application the application, of which nothing was registered yet
	 * @param parameters its context parameters
	 * @return the container
	 * @throws IllegalArgumentException naming the parameter that is wrong
	 */
	public static EndpointContainer install(ServletApplication application, Map<String, String> parameters) {
		EndpointContainer container = new EndpointContainer(application.getContextPath(),
				ContainerOptions.of(parameters));
		application.setAttribute(ServerContainer.class.getName(), container);
		application.addListener(container.httpSessions);
		return container;
	}

	/**
	 * Answer handshakes for endpoints that were added, after all filters that the
	 * application has by now. To be called by an initializer, the last one.
	 * @param application the application, which starts
	 */
	public void addFilter(ServletApplication application) {
		FilterRegistration.Dynamic filter = application.addFilter(FILTER, new HandshakeFilter(this));
		if (filter != null) {
			filter.setAsyncSupported(true);
			filter.addMappingForUrlPatterns(null, true, "/*");
		}
	}

	WebSocketEngine newEngine() {
		return TyrusWebSocketEngine.builder(this)
			.incomingBufferSize(this.options.maxFrameSize() + WebSocketUpgrade.LARGEST_READ + FrameGuard.LARGEST_HEAD)
			.maxSessionsPerApp(this.options.maxSessions())
			.maxSessionsPerRemoteAddr(this.options.maxSessionsPerAddress())
			.build();
	}

	@Override
	public WebSocketEngine getWebSocketEngine() {
		return this.engine;
	}

	ContainerOptions options() {
		return this.options;
	}

	Completions completions() {
		return this.completions;
	}

	HttpSessions httpSessions() {
		return this.httpSessions;
	}

	/** Asked by the constructor above this one. */
	@Override
	public Map<String, Object> getProperties() {
		return Map.of();
	}

	@Override
	public Set<Extension> getInstalledExtensions() {
		return Set.of(MessageDeflate.OFFERED);
	}

	@Override
	public void addEndpoint(Class<?> type) throws DeploymentException {
		requireDeploying();
		register(type);
	}

	@Override
	public void addEndpoint(ServerEndpointConfig config) throws DeploymentException {
		requireDeploying();
		register(config);
	}

	private void requireDeploying() {
		if (this.deployed) {
			throw new IllegalStateException("Endpoints can be added until the server accepts connections");
		}
	}

	@Override
	public void register(Class<?> type) throws DeploymentException {
		register(this.engine, DeployedConfig.of(type, this.options.maxFrameSize()));
		this.used = true;
	}

	@Override
	public void register(ServerEndpointConfig config) throws DeploymentException {
		register(this.engine, DeployedConfig.of(config, config.getPath(), this.options.maxFrameSize()));
		this.used = true;
	}

	void register(WebSocketEngine target, DeployedConfig config) throws DeploymentException {
		target.register(config, this.contextPath);
	}

	/**
	 * Whether any endpoint was added.
	 * @return {@code false} where no request can be a handshake for the filter
	 */
	boolean isUsed() {
		return this.used;
	}

	@Override
	public void upgradeHttpToWebSocket(Object request, Object response, ServerEndpointConfig config,
			Map<String, String> pathParameters) throws IOException, DeploymentException {
		try {
			this.dynamic.upgrade((HttpServletRequest) request, (HttpServletResponse) response, config, pathParameters);
		}
		catch (ServletException ex) {
			throw new DeploymentException("The request could not be upgraded", ex);
		}
	}

	/**
	 * The server is about to accept connections: no endpoint may be added any more. Or it
	 * is about to stop: connections that the engine ends from now on are told that it
	 * goes away (RFC 6455 §7.4.1).
	 * @param accepting whether it starts, or else stops
	 */
	public void accepting(boolean accepting) {
		this.deployed |= accepting;
		this.goingAway = !accepting;
	}

	boolean isGoingAway() {
		return this.goingAway;
	}

	/** The application has ended: release the threads. */
	@Override
	public void stop() {
		super.stop();
		this.completions.stop();
	}

}
