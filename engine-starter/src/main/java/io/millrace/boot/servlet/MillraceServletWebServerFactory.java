package io.millrace.boot.servlet;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.millrace.boot.MillraceWebServer;
import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.servlet.ServletApplication;
import io.millrace.servlet.ServletOptions;
import io.millrace.servlet.SessionStorage;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.server.servlet.ContextPath;
import org.springframework.boot.web.server.servlet.ServletContextInitializers;
import org.springframework.boot.web.server.servlet.ServletWebServerSettings;
import org.springframework.boot.web.server.servlet.Session;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ResourceLoaderAware;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * Creates {@link MillraceWebServer servers} for servlet applications.
 */
public class MillraceServletWebServerFactory extends MillraceWebServerFactory
		implements ConfigurableServletWebServerFactory, ResourceLoaderAware {

	private static final Log logger = LogFactory.getLog(MillraceServletWebServerFactory.class);

	private static final String SESSION_FILE = "sessions.millrace";

	private final ServletWebServerSettings settings = new ServletWebServerSettings();

	private ServletLimits limits = ServletLimits.defaults();

	private int maxSessions = SessionStorage.DEFAULT_MAX_SESSIONS;

	private List<String> storedSessionClasses = List.of();

	private final Map<ServletContainerInitializer, Set<Class<?>>> containerInitializers = new LinkedHashMap<>();

	private @Nullable ResourceLoader resourceLoader;

	/**
	 * Create a factory for a server on port 8080.
	 */
	public MillraceServletWebServerFactory() {
	}

	/**
	 * Create a factory.
	 * @param port the port, 0 for any that is free, negative for a server that does not
	 * listen
	 */
	public MillraceServletWebServerFactory(int port) {
		super(port);
	}

	/**
	 * Create a factory.
	 * @param contextPath the context path, empty or with a leading slash
	 * @param port the port, 0 for any that is free, negative for a server that does not
	 * listen
	 */
	public MillraceServletWebServerFactory(String contextPath, int port) {
		super(port);
		this.settings.setContextPath(ContextPath.of(contextPath));
	}

	@Override
	public ServletWebServerSettings getSettings() {
		return this.settings;
	}

	@Override
	public void setResourceLoader(ResourceLoader resourceLoader) {
		this.resourceLoader = resourceLoader;
	}

	/**
	 * Set the limits of forms.
	 * @param limits the limits
	 */
	public void setLimits(ServletLimits limits) {
		this.limits = limits;
	}

	/**
	 * Set how many sessions there may be at once; a request that needs one more gets 503.
	 * @param maxSessions the limit, negative for none
	 */
	public void setMaxSessions(int maxSessions) {
		this.maxSessions = maxSessions;
	}

	/**
	 * Set which classes the attributes of persistent sessions are restored of, besides
	 * values of the JDK and what Spring keeps in sessions.
	 * @param classes patterns like {@code com.example.**}
	 */
	public void setStoredSessionClasses(List<String> classes) {
		this.storedSessionClasses = List.copyOf(classes);
	}

	/**
	 * Add a servlet container initializer. As with Boot's other embedded servers nothing
	 * is looked for: neither {@code META-INF/services} nor, for {@code @HandlesTypes},
	 * the class path. It is called after all of Boot's own initializers, in the order of
	 * addition, and may register servlets, filters and listeners.
	 * @param initializer the initializer
	 * @param classes the classes that it is given, as they are, whatever its
	 * {@code @HandlesTypes} says; with none it is given {@code null}
	 */
	public void addServletContainerInitializer(ServletContainerInitializer initializer, Class<?>... classes) {
		this.containerInitializers.put(initializer, Collections.unmodifiableSet(new LinkedHashSet<>(List.of(classes))));
	}

	@Override
	public WebServer getWebServer(ServletContextInitializer... initializers) {
		sayWhatIsNotServed();
		TempDirs tempDirs = new TempDirs(getPort());
		ServletApplication application = null;
		WebSocketEndpoints endpoints = null;
		try {
			ServletOptions options = new ServletOptionsMapper(this.settings, getErrorPages(), this.limits,
					sessionStorage())
				.map(tempDirs.createTempDir("millrace"));
			application = new ServletApplication(options, classLoader());
			endpoints = WebSocketEndpoints.install(application, this.settings.getInitParameters());
			initialize(application, initializers);
			if (endpoints != null) {
				endpoints.registered();
			}
			application.start();
			return createWebServer(new ServletServedApplication(application, tempDirs, endpoints));
		}
		catch (Exception ex) {
			if (application != null) {
				application.stop();
			}
			if (endpoints != null) {
				endpoints.destroy();
			}
			tempDirs.cleanup();
			throw (ex instanceof UnsupportedFeatureException known) ? known
					: new WebServerException("Unable to start Millrace's servlet container", ex);
		}
	}

	private void sayWhatIsNotServed() {
		if (this.settings.getJsp().getRegistered()
				&& ClassUtils.isPresent(this.settings.getJsp().getClassName(), classLoader())) {
			logger
				.info("Millrace does not serve JSPs: " + this.settings.getJsp().getClassName() + " is not registered");
		}
	}

	private SessionStorage sessionStorage() {
		Session session = this.settings.getSession();
		Path file = session.isPersistent()
				? session.getSessionStoreDirectory().getValidDirectory(true).toPath().resolve(SESSION_FILE) : null;
		return new SessionStorage(this.maxSessions, file, this.storedSessionClasses);
	}

	private ClassLoader classLoader() {
		ClassLoader loader = (this.resourceLoader != null) ? this.resourceLoader.getClassLoader() : null;
		loader = (loader != null) ? loader : ClassUtils.getDefaultClassLoader();
		return (loader != null) ? loader : getClass().getClassLoader();
	}

	private void initialize(ServletApplication application, ServletContextInitializer... initializers)
			throws ServletException {
		this.settings.getWebListenerClassNames().forEach(application::declareListener);
		for (ServletContextInitializer initializer : ServletContextInitializers.from(this.settings, initializers)) {
			initializer.onStartup(application);
		}
		this.containerInitializers.forEach(application::addInitializer);
	}

}
