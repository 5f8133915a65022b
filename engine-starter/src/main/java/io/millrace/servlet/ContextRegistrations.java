package io.millrace.servlet;

import java.util.EventListener;
import java.util.Map;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servlets, filters and listeners of an application, as it registers them (Servlet
 * 6.1 §4.4).
 */
abstract class ContextRegistrations extends ContextSettings {

	private static final Logger logger = LoggerFactory.getLogger(ServletApplication.class);

	private final ApplicationRegistry registry = new ApplicationRegistry();

	private final ComponentFactory components;

	ContextRegistrations(ServletOptions options, ClassLoader loader) {
		super(options, loader);
		this.components = new ComponentFactory(loader);
	}

	final ApplicationRegistry registry() {
		return this.registry;
	}

	final ComponentFactory components() {
		return this.components;
	}

	@Override
	public ServletRegistration.@Nullable Dynamic addServlet(String name, String className) {
		requireRegistrable("servlet", name, className);
		return add(name, ComponentSource.of(className, this.components.find(className, Servlet.class)));
	}

	@Override
	public ServletRegistration.@Nullable Dynamic addServlet(String name, Servlet servlet) {
		requireRegistrable("servlet", name, servlet);
		return add(name, ComponentSource.of(servlet));
	}

	@Override
	public ServletRegistration.@Nullable Dynamic addServlet(String name, Class<? extends Servlet> type) {
		requireRegistrable("servlet", name, type);
		return add(name, ComponentSource.of(type));
	}

	private @Nullable RegisteredServlet add(String name, ComponentSource<Servlet> source) {
		return this.registry.add(new RegisteredServlet(this, name, source));
	}

	/**
	 * JSP is not offered. The registration is taken, as by Tomcat without Jasper, so that
	 * an application that has pages besides starts; requests are told.
	 * @param name the name of the servlet
	 * @param file the page
	 * @return the registration
	 */
	@Override
	public ServletRegistration.@Nullable Dynamic addJspFile(String name, String file) {
		requireRegistrable("servlet", name, file);
		if (file.isEmpty()) {
			throw new IllegalArgumentException("A JSP needs a file");
		}
		logger.warn("JSP is not offered by this server: '{}' will be answered with 501", file);
		return add(name, ComponentSource.of(new JspRefusal(file)));
	}

	@Override
	public FilterRegistration.@Nullable Dynamic addFilter(String name, String className) {
		requireRegistrable("filter", name, className);
		Class<? extends Filter> type = this.components.find(className, Filter.class);
		return this.registry.add(new RegisteredFilter(this, name, ComponentSource.of(className, type)));
	}

	@Override
	public FilterRegistration.@Nullable Dynamic addFilter(String name, Filter filter) {
		requireRegistrable("filter", name, filter);
		return this.registry.add(new RegisteredFilter(this, name, ComponentSource.of(filter)));
	}

	@Override
	public FilterRegistration.@Nullable Dynamic addFilter(String name, Class<? extends Filter> type) {
		requireRegistrable("filter", name, type);
		return this.registry.add(new RegisteredFilter(this, name, ComponentSource.of(type)));
	}

	private void requireRegistrable(String kind, @Nullable String name, @Nullable Object component) {
		guard().requireConfigurable("adding a " + kind);
		if (name == null || name.isEmpty() || component == null) {
			throw new IllegalArgumentException("A " + kind + " needs a name and a class or an object");
		}
	}

	@Override
	public <T extends Servlet> T createServlet(Class<T> type) throws ServletException {
		guard().requireUnrestricted("creating a servlet");
		return this.components.createForApplication(type);
	}

	@Override
	public <T extends Filter> T createFilter(Class<T> type) throws ServletException {
		guard().requireUnrestricted("creating a filter");
		return this.components.createForApplication(type);
	}

	@Override
	public <T extends EventListener> T createListener(Class<T> type) throws ServletException {
		guard().requireUnrestricted("creating a listener");
		if (!ApplicationListeners.isKnown(type)) {
			throw new IllegalArgumentException("'" + type.getName() + "' is no listener that a servlet context knows");
		}
		return this.components.createForApplication(type);
	}

	@Override
	public @Nullable ServletRegistration getServletRegistration(String name) {
		guard().requireUnrestricted("reading a registration");
		return this.registry.servlets().get(name);
	}

	@Override
	public Map<String, ? extends ServletRegistration> getServletRegistrations() {
		guard().requireUnrestricted("reading registrations");
		return this.registry.servlets();
	}

	@Override
	public @Nullable FilterRegistration getFilterRegistration(String name) {
		guard().requireUnrestricted("reading a registration");
		return this.registry.filters().get(name);
	}

	@Override
	public Map<String, ? extends FilterRegistration> getFilterRegistrations() {
		guard().requireUnrestricted("reading registrations");
		return this.registry.filters();
	}

	@Override
	public void addListener(String className) {
		guard().requireConfigurable("adding a listener");
		addListener(listenerType(className));
	}

	@Override
	public void addListener(Class<? extends EventListener> type) {
		guard().requireConfigurable("adding a listener");
		addListener(listener(type));
	}

	@Override
	public <T extends EventListener> void addListener(T listener) {
		guard().requireConfigurable("adding a listener");
		if (guard().phase() == ConfigurationGuard.Phase.INITIALISING && listener instanceof ServletContextListener) {
			throw new IllegalArgumentException("A context listener cannot add another one");
		}
		listeners().add(listener, false);
	}

	/**
	 * Add a listener that the application has declared, by {@code @WebListener} for
	 * example: other than one that is added by the program, it may itself register
	 * servlets, filters and listeners when it is told of the start (Servlet 6.1 §4.4).
	 * @param className the name of its class
	 * @throws IllegalArgumentException where there is no such listener
	 */
	public void declareListener(String className) {
		guard().requireConfigurable("adding a listener");
		listeners().add(listener(listenerType(className)), true);
	}

	private Class<? extends EventListener> listenerType(@Nullable String className) {
		Class<? extends EventListener> type = (className != null) ? this.components.find(className, EventListener.class)
				: null;
		if (type == null) {
			throw new IllegalArgumentException("There is no class '" + className + "' in this application");
		}
		return type;
	}

	private static EventListener listener(Class<? extends EventListener> type) {
		try {
			return ComponentFactory.create(type);
		}
		catch (ServletException ex) {
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
	}

	/**
	 * Declare roles; nobody is ever in one, as the server authenticates nobody.
	 * @param roles their names
	 */
	@Override
	public void declareRoles(String... roles) {
		guard().requireConfigurable("declaring roles");
		for (String role : roles) {
			if (role == null || role.isEmpty()) {
				throw new IllegalArgumentException("A role needs a name");
			}
		}
	}

}
