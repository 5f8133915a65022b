package io.millrace.servlet;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.UnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A servlet and its registration (Servlet 6.1 §4.4.1); how it lives is in
 * {@link ServletLife}.
 */
final class RegisteredServlet extends RegisteredComponent implements ServletRegistration.Dynamic, ServletConfig {

	private static final Logger logger = LoggerFactory.getLogger(RegisteredServlet.class);

	private final ServletLife life;

	private final Set<String> mappings = new LinkedHashSet<>();

	private int loadOnStartup = -1;

	private @Nullable MultipartConfigElement multipartConfig;

	private @Nullable ServletSecurityElement security;

	private @Nullable String runAsRole;

	// By ordinal of the kind of dispatch; computed before the first request.
	private FilterPipeline[] pipelines = {};

	RegisteredServlet(ContextRegistrations application, String name, ComponentSource<Servlet> source) {
		super(application, name, source.className());
		this.life = new ServletLife(this, source);
		Class<? extends Servlet> type = source.type();
		if (type != null) {
			this.multipartConfig = ComponentAnnotations.multipartConfig(type);
			this.runAsRole = ComponentAnnotations.runAs(type);
			this.security = security(type, source.given());
		}
	}

	// The class of an object that the application made itself is not looked at (Javadoc
	// of createServlet; Tomcat does the same): Spring's beans keep being served.
	private @Nullable ServletSecurityElement security(Class<? extends Servlet> type, @Nullable Servlet given) {
		ServletSecurityElement declared = ComponentAnnotations.security(type);
		if (declared != null && given != null && !application().components().wasCreatedHere(given)) {
			logger.warn("@ServletSecurity of {} is not applied, as the servlet was registered as an object:"
					+ " call setServletSecurity or use Spring Security", type.getName());
			return null;
		}
		return declared;
	}

	@Override
	public String getServletName() {
		return getName();
	}

	@Override
	public Set<String> addMapping(String... patterns) {
		requireConfigurable();
		if (patterns == null || patterns.length == 0) {
			throw new IllegalArgumentException("A servlet mapping needs a URL pattern");
		}
		List<String> added = Arrays.asList(patterns);
		Set<String> conflicts = application().registry().map(this, added);
		if (conflicts.isEmpty()) {
			this.mappings.addAll(added);
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

	/**
	 * Constrain who may use the servlet (§13.4); it holds for all its patterns, also for
	 * those that are added later.
	 * @param constraint the constraint, in place of {@code @ServletSecurity}
	 * @return the patterns that are constrained by a descriptor: there is none, so none
	 */
	@Override
	public Set<String> setServletSecurity(ServletSecurityElement constraint) {
		requireConfigurable();
		if (constraint == null) {
			throw new IllegalArgumentException("The constraint is null");
		}
		this.security = constraint;
		return Set.of();
	}

	@Nullable ServletSecurityElement security() {
		return this.security;
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

	Servlet servlet() throws ServletException {
		return this.life.servlet();
	}

	void unavailable(UnavailableException unavailable) {
		this.life.unavailable(unavailable);
	}

	void destroy() {
		this.life.destroy();
	}

}
