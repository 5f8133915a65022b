package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.EventListener;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A servlet application: its {@code ServletContext} (Servlet 6.1 §4), which servlets,
 * filters and listeners are registered on, and its life. Registered on and started by one
 * thread; thread-safe from then on.
 */
public final class ServletApplication implements ServletContext {

	private static final Logger logger = LoggerFactory.getLogger(ServletApplication.class);

	private final ServletOptions options;

	private final ClassLoader loader;

	private final ApplicationRegistry registry = new ApplicationRegistry();

	private final ApplicationListeners listeners = new ApplicationListeners();

	private final ApplicationResources resources;

	private final SessionSettings sessionSettings = new SessionSettings();

	private final Map<String, String> initParameters = new ConcurrentHashMap<>();

	private final Map<String, Object> attributes = new ConcurrentHashMap<>();

	private @Nullable String requestEncoding;

	private @Nullable String responseEncoding;

	private Phase phase = Phase.NEW;

	private volatile @Nullable ServletRuntime runtime;

	/**
	 * Create an application.
	 * @param options what it is told by whoever embeds it
	 * @param loader the class loader of the application
	 */
	public ServletApplication(ServletOptions options, ClassLoader loader) {
		this.options = options;
		this.loader = loader;
		this.resources = new ApplicationResources(options.documentRoot(), options.staticResources());
		this.initParameters.putAll(options.initParameters());
		this.sessionSettings.setTimeout(options.sessionTimeout());
		this.attributes.put(ServletContext.TEMPDIR, options.temporaryDirectory().toFile());
		if (options.defaultServlet()) {
			this.registry.addDefault(new RegisteredServlet(this, DefaultServlet.NAME, DefaultServlet.class, null));
		}
	}

	ApplicationRegistry registry() {
		return this.registry;
	}

	ServletOptions options() {
		return this.options;
	}

	/**
	 * What requests are answered with.
	 * @return the runtime
	 * @throws IllegalStateException before the start and after the stop
	 */
	ServletRuntime runtime() {
		ServletRuntime runtime = this.runtime;
		if (runtime == null) {
			throw new IllegalStateException("The application is not started");
		}
		return runtime;
	}

	void requireConfigurable(String what) {
		if (this.phase.compareTo(Phase.INITIALISING) > 0) {
			throw new IllegalStateException("The application has started: " + what + " is not possible any more");
		}
	}

	/**
	 * Tell the context listeners, initialise the filters, and freeze what was registered.
	 * Servlets wait for {@link #loadOnStartup()} or their first request.
	 * @throws ServletException where a filter fails; what a listener throws is thrown on
	 */
	public void start() throws ServletException {
		if (this.phase != Phase.NEW) {
			throw new IllegalStateException("An application is started once");
		}
		this.phase = Phase.INITIALISING;
		try {
			this.listeners.contextInitialized(this);
			for (RegisteredFilter filter : this.registry.filters().values()) {
				filter.initialise();
			}
			this.sessionSettings.freeze();
			this.phase = Phase.STARTED;
			SessionStore sessions = new SessionStore(this, this.sessionSettings, this.listeners.sessions(),
					this.options.sessionStorage());
			sessions.start();
			this.runtime = new ServletRuntime(this, this.listeners, sessions, this.sessionSettings);
		}
		catch (ServletException | RuntimeException | Error ex) {
			stop();
			throw ex;
		}
	}

	/**
	 * Initialise the servlets with a load-on-startup of 0 or more, in its order (Servlet
	 * 6.1 §4.4.1).
	 * @throws ServletException where a servlet fails
	 */
	public void loadOnStartup() throws ServletException {
		List<RegisteredServlet> servlets = new ArrayList<>(this.registry.servlets().values());
		servlets.sort(Comparator.comparingInt(RegisteredServlet::loadOnStartup));
		for (RegisteredServlet servlet : servlets) {
			if (servlet.loadOnStartup() >= 0) {
				servlet.servlet();
			}
		}
	}

	/**
	 * Destroy servlets and filters in reverse order, end the sessions, tell the context
	 * listeners. No request may be in flight. Does nothing the second time.
	 */
	public void stop() {
		if (this.phase == Phase.NEW || this.phase == Phase.STOPPED) {
			return;
		}
		ServletRuntime running = this.runtime;
		this.runtime = null;
		this.phase = Phase.STOPPED;
		List<RegisteredServlet> servlets = new ArrayList<>(this.registry.servlets().values());
		Collections.reverse(servlets);
		servlets.forEach((servlet) -> stop(servlet.getName(), servlet::destroy));
		List<RegisteredFilter> filters = new ArrayList<>(this.registry.filters().values());
		Collections.reverse(filters);
		filters.forEach((filter) -> stop(filter.getName(), filter::destroy));
		if (running != null) {
			stop("sessions", running.sessions()::stop);
		}
		this.listeners.contextDestroyed(this);
	}

	private static void stop(String name, Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException ex) {
			logger.error("'{}' failed at the end of the application", name, ex);
		}
	}

	@Override
	public String getContextPath() {
		return this.options.contextPath();
	}

	@Override
	public @Nullable ServletContext getContext(@Nullable String path) {
		String own = getContextPath();
		boolean inside = path != null && path.startsWith(own)
				&& (path.length() == own.length() || path.charAt(own.length()) == '/');
		return inside ? this : null;
	}

	@Override
	public int getMajorVersion() {
		return 6;
	}

	@Override
	public int getMinorVersion() {
		return 1;
	}

	@Override
	public int getEffectiveMajorVersion() {
		return 6;
	}

	@Override
	public int getEffectiveMinorVersion() {
		return 1;
	}

	@Override
	public @Nullable String getMimeType(@Nullable String file) {
		int dot = (file != null) ? file.lastIndexOf('.') : -1;
		if (file == null || dot < 0) {
			return null;
		}
		return this.options.mimeMappings().get(file.substring(dot + 1).toLowerCase(Locale.ROOT));
	}

	@Override
	public @Nullable Set<String> getResourcePaths(String path) {
		return this.resources.list(path);
	}

	@Override
	public @Nullable URL getResource(String path) throws MalformedURLException {
		return this.resources.find(path);
	}

	@Override
	public @Nullable InputStream getResourceAsStream(String path) {
		try {
			URL url = this.resources.find(path);
			return (url != null) ? url.openStream() : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Override
	public @Nullable String getRealPath(String path) {
		return this.resources.realPath(path);
	}

	@Override
	public @Nullable RequestDispatcher getRequestDispatcher(@Nullable String path) {
		ServletRuntime running = this.runtime;
		if (path == null || !path.startsWith("/") || running == null) {
			return null;
		}
		return running.dispatcher(path);
	}

	@Override
	public @Nullable RequestDispatcher getNamedDispatcher(@Nullable String name) {
		ServletRuntime running = this.runtime;
		RegisteredServlet servlet = (name != null) ? this.registry.servlets().get(name) : null;
		return (servlet != null && running != null) ? ServletDispatcher.named(running, servlet) : null;
	}

	@Override
	public void log(String message) {
		logger.info("{}", message);
	}

	@Override
	public void log(String message, Throwable cause) {
		logger.error("{}", message, cause);
	}

	@Override
	public String getServerInfo() {
		return this.options.serverInfo();
	}

	@Override
	public String getVirtualServerName() {
		return "millrace" + getContextPath();
	}

	@Override
	public String getServletContextName() {
		return this.options.displayName();
	}

	@Override
	public @Nullable String getInitParameter(String name) {
		return this.initParameters.get(requireName(name));
	}

	@Override
	public Enumeration<String> getInitParameterNames() {
		return Collections.enumeration(this.initParameters.keySet());
	}

	@Override
	public boolean setInitParameter(String name, String value) {
		requireConfigurable("setting an init parameter");
		return this.initParameters.putIfAbsent(requireName(name), value) == null;
	}

	private static String requireName(@Nullable String name) {
		// §4.2 and §4.3 ask for this exception.
		if (name == null) {
			throw new NullPointerException("The name is null");
		}
		return name;
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return this.attributes.get(requireName(name));
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		return Collections.enumeration(this.attributes.keySet());
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (value == null) {
			removeAttribute(name);
			return;
		}
		Object previous = this.attributes.put(requireName(name), value);
		this.listeners.contextAttribute(this, name, previous, value);
	}

	@Override
	public void removeAttribute(String name) {
		Object previous = this.attributes.remove(requireName(name));
		if (previous != null) {
			this.listeners.contextAttribute(this, name, previous, null);
		}
	}

	@Override
	public ServletRegistration.@Nullable Dynamic addServlet(String name, String className) {
		return addServlet(name, load(className, Servlet.class));
	}

	@Override
	public ServletRegistration.@Nullable Dynamic addServlet(String name, Servlet servlet) {
		requireRegistrable("servlet", name);
		return this.registry.add(new RegisteredServlet(this, name, servlet.getClass(), servlet));
	}

	@Override
	public ServletRegistration.@Nullable Dynamic addServlet(String name, Class<? extends Servlet> type) {
		requireRegistrable("servlet", name);
		return this.registry.add(new RegisteredServlet(this, name, type, null));
	}

	@Override
	public ServletRegistration.Dynamic addJspFile(String name, String file) {
		throw new UnsupportedOperationException("JSP is not offered by this server: '" + file + "' cannot be served");
	}

	@Override
	public FilterRegistration.@Nullable Dynamic addFilter(String name, String className) {
		return addFilter(name, load(className, Filter.class));
	}

	@Override
	public FilterRegistration.@Nullable Dynamic addFilter(String name, Filter filter) {
		requireRegistrable("filter", name);
		return this.registry.add(new RegisteredFilter(this, name, filter.getClass(), filter));
	}

	@Override
	public FilterRegistration.@Nullable Dynamic addFilter(String name, Class<? extends Filter> type) {
		requireRegistrable("filter", name);
		return this.registry.add(new RegisteredFilter(this, name, type, null));
	}

	private void requireRegistrable(String kind, @Nullable String name) {
		requireConfigurable("adding a " + kind);
		if (name == null || name.isEmpty()) {
			throw new IllegalArgumentException("A " + kind + " needs a name");
		}
	}

	private <T> Class<? extends T> load(@Nullable String className, Class<T> type) {
		if (className == null) {
			throw new IllegalArgumentException("The class name is null");
		}
		try {
			return Class.forName(className, false, this.loader).asSubclass(type);
		}
		catch (ClassNotFoundException | ClassCastException ex) {
			throw new IllegalArgumentException(
					"'" + className + "' is no " + type.getSimpleName() + " of this application", ex);
		}
	}

	@Override
	public <T extends Servlet> T createServlet(Class<T> type) throws ServletException {
		return create(type);
	}

	@Override
	public <T extends Filter> T createFilter(Class<T> type) throws ServletException {
		return create(type);
	}

	@Override
	public <T extends EventListener> T createListener(Class<T> type) throws ServletException {
		return create(type);
	}

	static <T> T create(Class<T> type) throws ServletException {
		try {
			return type.getDeclaredConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new ServletException("'" + type.getName() + "' cannot be instantiated", ex);
		}
	}

	@Override
	public @Nullable ServletRegistration getServletRegistration(String name) {
		return this.registry.servlets().get(name);
	}

	@Override
	public Map<String, ? extends ServletRegistration> getServletRegistrations() {
		return this.registry.servlets();
	}

	@Override
	public @Nullable FilterRegistration getFilterRegistration(String name) {
		return this.registry.filters().get(name);
	}

	@Override
	public Map<String, ? extends FilterRegistration> getFilterRegistrations() {
		return this.registry.filters();
	}

	@Override
	public void addListener(String className) {
		addListener(load(className, EventListener.class));
	}

	@Override
	public void addListener(Class<? extends EventListener> type) {
		try {
			addListener(create(type));
		}
		catch (ServletException ex) {
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
	}

	@Override
	public <T extends EventListener> void addListener(T listener) {
		requireConfigurable("adding a listener");
		if (this.phase == Phase.INITIALISING && listener instanceof ServletContextListener) {
			throw new IllegalArgumentException("A context listener cannot add another one");
		}
		this.listeners.add(listener);
	}

	@Override
	public SessionCookieConfig getSessionCookieConfig() {
		return this.sessionSettings;
	}

	@Override
	public void setSessionTrackingModes(Set<SessionTrackingMode> modes) {
		requireConfigurable("setting the session tracking modes");
		this.sessionSettings.setTrackingModes(modes);
	}

	@Override
	public Set<SessionTrackingMode> getDefaultSessionTrackingModes() {
		return Set.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL);
	}

	@Override
	public Set<SessionTrackingMode> getEffectiveSessionTrackingModes() {
		return this.sessionSettings.getTrackingModes();
	}

	@Override
	public int getSessionTimeout() {
		return (int) this.sessionSettings.getTimeout().toMinutes();
	}

	@Override
	public void setSessionTimeout(int minutes) {
		requireConfigurable("setting the session timeout");
		this.sessionSettings.setTimeout(Duration.ofMinutes(minutes));
	}

	@Override
	public @Nullable JspConfigDescriptor getJspConfigDescriptor() {
		return null;
	}

	@Override
	public ClassLoader getClassLoader() {
		return this.loader;
	}

	@Override
	public void declareRoles(String... roles) {
		requireConfigurable("declaring roles");
	}

	@Override
	public @Nullable String getRequestCharacterEncoding() {
		return this.requestEncoding;
	}

	@Override
	public void setRequestCharacterEncoding(@Nullable String encoding) {
		requireConfigurable("setting the request encoding");
		this.requestEncoding = encoding;
	}

	@Override
	public @Nullable String getResponseCharacterEncoding() {
		return this.responseEncoding;
	}

	@Override
	public void setResponseCharacterEncoding(@Nullable String encoding) {
		requireConfigurable("setting the response encoding");
		this.responseEncoding = encoding;
	}

	private enum Phase {

		NEW, INITIALISING, STARTED, STOPPED

	}

}
