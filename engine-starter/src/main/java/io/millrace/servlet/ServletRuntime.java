package io.millrace.servlet;

import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Map;

import io.millrace.core.http.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * What a started application answers requests with: everything is computed here, nothing
 * on a request. Immutable, for all threads.
 */
final class ServletRuntime {

	private final ServletApplication application;

	private final ApplicationListeners listeners;

	private final SessionStore sessions;

	private final SessionSettings sessionSettings;

	private final ServletMappings mappings;

	private final ErrorPages errorPages;

	private final @Nullable SecurityConstraints constraints;

	private final String contextPath;

	ServletRuntime(ServletApplication application, ApplicationListeners listeners, SessionStore sessions,
			SessionSettings sessionSettings) {
		this.application = application;
		this.listeners = listeners;
		this.sessions = sessions;
		this.sessionSettings = sessionSettings;
		this.contextPath = application.options().contextPath();
		this.errorPages = new ErrorPages(application.options().errorPages());
		ApplicationRegistry registry = application.registry();
		this.mappings = new ServletMappings(registry.patterns());
		this.constraints = SecurityConstraints.of(registry.servlets().values());
		for (RegisteredServlet servlet : registry.servlets().values()) {
			servlet.computePipelines(registry.filterMappings());
		}
	}

	ServletApplication application() {
		return this.application;
	}

	ServletOptions options() {
		return this.application.options();
	}

	/**
	 * Run something of the application's with its class loader as that of the thread.
	 * @param task the task
	 */
	void inContext(Runnable task) {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		ClassLoader own = this.application.getClassLoader();
		if (before != own) {
			thread.setContextClassLoader(own);
		}
		try {
			task.run();
		}
		finally {
			if (before != own) {
				thread.setContextClassLoader(before);
			}
		}
	}

	String contextPath() {
		return this.contextPath;
	}

	ApplicationListeners listeners() {
		return this.listeners;
	}

	SessionStore sessions() {
		return this.sessions;
	}

	SessionSettings sessionSettings() {
		return this.sessionSettings;
	}

	ErrorPages errorPages() {
		return this.errorPages;
	}

	/**
	 * The constraints on requests of clients.
	 * @return the constraints, {@code null} for none
	 */
	@Nullable SecurityConstraints constraints() {
		return this.constraints;
	}

	/**
	 * Find the servlet for a path.
	 * @param path the canonical path within the context
	 * @return the target, {@code null} where no servlet is mapped
	 */
	@Nullable ServletTarget find(String path) {
		return this.mappings.find(path);
	}

	/**
	 * A dispatcher for a path within the context.
	 * @param path the path, still encoded, with a query perhaps
	 * @return the dispatcher, {@code null} where the path is malformed, leaves the
	 * context or no servlet is mapped
	 */
	@Nullable ServletDispatcher dispatcher(String path) {
		int question = path.indexOf('?');
		String rawPath = (question < 0) ? path : path.substring(0, question);
		String query = (question < 0) ? null : path.substring(question + 1);
		try {
			ServletTarget target = find(CanonicalPath.of(rawPath).path());
			return (target != null) ? ServletDispatcher.of(this, target, this.contextPath + rawPath, query) : null;
		}
		catch (ProtocolException ex) {
			return null;
		}
	}

	/**
	 * The character encoding that the locale of a response implies.
	 * @param locale the locale
	 * @return the charset, {@code null} for none
	 */
	@Nullable Charset charset(Locale locale) {
		Map<Locale, Charset> charsets = options().localeCharsets();
		Charset charset = charsets.get(locale);
		return (charset != null) ? charset
				: charsets.get(new Locale.Builder().setLanguage(locale.getLanguage()).build());
	}

}
