package io.millrace.servlet;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.ServletSecurity;
import org.jspecify.annotations.Nullable;

/**
 * A servlet, its registration and its life (Servlet 6.1 §2.3).
 */
final class RegisteredServlet extends RegisteredComponent implements ServletRegistration.Dynamic, ServletConfig {

	private final ServletApplication application;

	private final @Nullable Servlet given;

	private final Class<? extends Servlet> type;

	private final Set<String> mappings = new LinkedHashSet<>();

	// Not a monitor: init may block, and for long.
	private final ReentrantLock initLock = new ReentrantLock();

	private int loadOnStartup = -1;

	private @Nullable MultipartConfigElement multipartConfig;

	private @Nullable String runAsRole;

	// By ordinal of the kind of dispatch; computed before the first request.
	private FilterPipeline[] pipelines = {};

	private volatile @Nullable Servlet ready;

	// Guarded by initLock: 0 while available, otherwise until when, or MAX_VALUE.
	private volatile long unavailableUntil;

	RegisteredServlet(ServletApplication application, String name, Class<? extends Servlet> type,
			@Nullable Servlet given) {
		super(application, name, type.getName());
		this.application = application;
		this.type = type;
		this.given = given;
		readAnnotations();
	}

	private void readAnnotations() {
		MultipartConfig multipart = this.type.getAnnotation(MultipartConfig.class);
		if (multipart != null) {
			this.multipartConfig = new MultipartConfigElement(multipart);
		}
		if (this.type.isAnnotationPresent(ServletSecurity.class)) {
			throw unenforced();
		}
	}

	private static UnsupportedOperationException unenforced() {
		// Taking a constraint and not enforcing it would be a hole.
		return new UnsupportedOperationException(
				"Declarative security constraints are not enforced by this server: use Spring Security");
	}

	@Override
	public String getServletName() {
		return getName();
	}

	@Override
	public Set<String> addMapping(String... patterns) {
		requireConfigurable();
		if (patterns.length == 0) {
			throw new IllegalArgumentException("A servlet mapping needs a URL pattern");
		}
		Set<String> conflicts = this.application.registry().map(this, List.of(patterns));
		if (conflicts.isEmpty()) {
			this.mappings.addAll(List.of(patterns));
		}
		return conflicts;
	}

	void removeMapping(String pattern) {
		this.mappings.remove(pattern);
	}

	@Override
	public Collection<String> getMappings() {
		return List.copyOf(this.mappings);
	}

	@Override
	public void setLoadOnStartup(int loadOnStartup) {
		requireConfigurable();
		this.loadOnStartup = loadOnStartup;
	}

	int loadOnStartup() {
		return this.loadOnStartup;
	}

	@Override
	public Set<String> setServletSecurity(ServletSecurityElement constraint) {
		throw unenforced();
	}

	@Override
	public void setMultipartConfig(MultipartConfigElement multipartConfig) {
		requireConfigurable();
		if (multipartConfig == null) {
			throw new IllegalArgumentException("The multipart configuration is null");
		}
		this.multipartConfig = multipartConfig;
	}

	@Nullable MultipartConfigElement multipartConfig() {
		return this.multipartConfig;
	}

	@Override
	public void setRunAsRole(String roleName) {
		requireConfigurable();
		if (roleName == null) {
			throw new IllegalArgumentException("The role is null");
		}
		this.runAsRole = roleName;
	}

	@Override
	public @Nullable String getRunAsRole() {
		return this.runAsRole;
	}

	void computePipelines(List<FilterMapping> mappings) {
		DispatcherType[] types = DispatcherType.values();
		FilterPipeline[] computed = new FilterPipeline[types.length];
		for (DispatcherType type : types) {
			computed[type.ordinal()] = FilterPipeline.of(this, type, mappings);
		}
		this.pipelines = computed;
	}

	FilterPipeline pipeline(DispatcherType type) {
		return this.pipelines[type.ordinal()];
	}

	/**
	 * The servlet, initialised by the first who needs it.
	 * @return the servlet, ready to serve
	 * @throws ServletException where its init fails or it is unavailable
	 */
	Servlet servlet() throws ServletException {
		Servlet servlet = this.ready;
		return (servlet != null) ? servlet : initialise();
	}

	private Servlet initialise() throws ServletException {
		this.initLock.lock();
		try {
			Servlet servlet = this.ready;
			if (servlet == null) {
				requireAvailable();
				servlet = (this.given != null) ? this.given : this.application.createServlet(this.type);
				servlet.init(this);
				this.ready = servlet;
			}
			return servlet;
		}
		catch (UnavailableException ex) {
			unavailable(ex);
			throw ex;
		}
		finally {
			this.initLock.unlock();
		}
	}

	private void requireAvailable() throws UnavailableException {
		long until = this.unavailableUntil;
		if (until == Long.MAX_VALUE) {
			throw new UnavailableException("Servlet '" + getName() + "' is not available");
		}
		long left = (until == 0) ? 0 : until - System.currentTimeMillis();
		if (left > 0) {
			throw new UnavailableException("Servlet '" + getName() + "' is not available now",
					Math.max(1, (int) (left / 1000)));
		}
		this.unavailableUntil = 0;
	}

	/**
	 * The servlet has said that it cannot serve (§2.3.3.2). If that is for ever it is
	 * destroyed.
	 * @param unavailable what it said
	 */
	void unavailable(UnavailableException unavailable) {
		if (!unavailable.isPermanent()) {
			this.unavailableUntil = System.currentTimeMillis() + unavailable.getUnavailableSeconds() * 1000L;
		}
		else if (this.unavailableUntil != Long.MAX_VALUE) {
			this.unavailableUntil = Long.MAX_VALUE;
			destroy();
		}
	}

	/** Destroy the servlet if it was initialised. */
	void destroy() {
		this.initLock.lock();
		try {
			Servlet servlet = this.ready;
			this.ready = null;
			if (servlet != null) {
				servlet.destroy();
			}
		}
		finally {
			this.initLock.unlock();
		}
	}

}
