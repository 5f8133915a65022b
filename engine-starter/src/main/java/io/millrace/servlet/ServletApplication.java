package io.millrace.servlet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.millrace.servlet.ConfigurationGuard.Phase;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A servlet application: its {@code ServletContext} (Servlet 6.1 §4) and its life. What
 * it is told is in {@link ContextInfo}, what it sets in {@link ContextSettings}, what it
 * registers in {@link ContextRegistrations}. Registered on and started by one thread;
 * thread-safe from then on.
 */
public final class ServletApplication extends ContextRegistrations {

	private static final Logger logger = LoggerFactory.getLogger(ServletApplication.class);

	private final Map<ServletContainerInitializer, Set<Class<?>>> initializers = new LinkedHashMap<>();

	private volatile @Nullable ServletRuntime runtime;

	/**
	 * Create an application.
	 * @param options what it is told by whoever embeds it
	 * @param loader the class loader of the application
	 */
	public ServletApplication(ServletOptions options, ClassLoader loader) {
		super(options, loader);
		if (options.defaultServlet()) {
			registry()
				.addDefault(new RegisteredServlet(this, DefaultServlet.NAME, ComponentSource.of(DefaultServlet.class)));
		}
	}

	/**
	 * Add an initializer, which is called when the application starts: after all that was
	 * registered before the start, before the context listeners (Servlet 6.1 §8.2.4). It
	 * may register whatever it likes. Nothing is looked for: neither
	 * {@code META-INF/services} nor, for {@code @HandlesTypes}, the class path.
	 * @param initializer the initializer
	 * @param classes the classes it is given, as they are; with none it is given
	 * {@code null}
	 */
	public void addInitializer(ServletContainerInitializer initializer, Set<Class<?>> classes) {
		guard().requireConfigurable("adding an initializer");
		this.initializers.put(initializer, classes);
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
		RegisteredServlet servlet = (name != null) ? registry().servlets().get(name) : null;
		return (servlet != null && running != null) ? ServletDispatcher.named(running, servlet) : null;
	}

	/**
	 * Call the initializers, tell the context listeners, initialise the filters, and
	 * freeze what was registered. Servlets wait for {@link #loadOnStartup()} or their
	 * first request.
	 * @throws ServletException where an initializer or a filter fails; what a listener
	 * throws is thrown on
	 */
	public void start() throws ServletException {
		if (guard().phase() != Phase.NEW) {
			throw new IllegalStateException("An application is started once");
		}
		ClassLoader before = enterContext();
		try {
			initialise();
		}
		catch (ServletException | RuntimeException | Error ex) {
			stop();
			throw ex;
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	private void initialise() throws ServletException {
		for (Map.Entry<ServletContainerInitializer, Set<Class<?>>> initializer : this.initializers.entrySet()) {
			Set<Class<?>> classes = initializer.getValue();
			initializer.getKey().onStartup(classes.isEmpty() ? null : classes, this);
		}
		this.initializers.clear();
		guard().enter(Phase.INITIALISING);
		listeners().contextInitialized(this, guard());
		for (RegisteredFilter filter : registry().filters().values()) {
			filter.initialise();
		}
		sessionSettings().freeze();
		components().forget();
		guard().enter(Phase.STARTED);
		SessionStore sessions = new SessionStore(this, sessionSettings(), listeners().sessions(),
				options().sessionStorage());
		sessions.start();
		this.runtime = new ServletRuntime(this, listeners(), sessions, sessionSettings());
	}

	private ClassLoader enterContext() {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(getClassLoader());
		return before;
	}

	/**
	 * Initialise the servlets with a load-on-startup of 0 or more, in its order (Servlet
	 * 6.1 §4.4.1).
	 * @throws ServletException where a servlet fails
	 */
	public void loadOnStartup() throws ServletException {
		List<RegisteredServlet> servlets = new ArrayList<>(registry().servlets().values());
		servlets.sort(Comparator.comparingInt(RegisteredServlet::loadOnStartup));
		ClassLoader before = enterContext();
		try {
			for (RegisteredServlet servlet : servlets) {
				if (servlet.loadOnStartup() >= 0) {
					servlet.servlet();
				}
			}
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	/**
	 * Destroy servlets and filters, each in the reverse order of their initialisation,
	 * end the sessions, tell the context listeners. No request may be in flight. Does
	 * nothing the second time.
	 */
	public void stop() {
		if (guard().phase() == Phase.STOPPED) {
			return;
		}
		ServletRuntime running = this.runtime;
		this.runtime = null;
		guard().enter(Phase.STOPPED);
		ClassLoader before = enterContext();
		try {
			registry().initialised().forEach((servlet) -> stop(servlet.getName(), servlet::destroy));
			List<RegisteredFilter> filters = new ArrayList<>(registry().filters().values());
			Collections.reverse(filters);
			filters.forEach((filter) -> stop(filter.getName(), filter::destroy));
			if (running != null) {
				stop("sessions", running.sessions()::stop);
			}
			listeners().contextDestroyed(this);
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	private static void stop(String name, Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException ex) {
			logger.error("'{}' failed at the end of the application", name, ex);
		}
	}

}
