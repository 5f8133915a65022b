package io.millrace.servlet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * A filter, its registration and its life (Servlet 6.1 §6.2.1).
 */
final class RegisteredFilter extends RegisteredComponent implements FilterRegistration.Dynamic, FilterConfig {

	private final ComponentSource<Filter> source;

	private @Nullable Filter filter;

	private boolean initialised;

	RegisteredFilter(ContextRegistrations application, String name, ComponentSource<Filter> source) {
		super(application, name, source.className());
		this.source = source;
	}

	@Override
	public String getFilterName() {
		return getName();
	}

	@Override
	public void addMappingForServletNames(@Nullable EnumSet<DispatcherType> dispatcherTypes, boolean isMatchAfter,
			String... servletNames) {
		map(dispatcherTypes, isMatchAfter, servletNames, FilterMapping::forServlet);
	}

	@Override
	public void addMappingForUrlPatterns(@Nullable EnumSet<DispatcherType> dispatcherTypes, boolean isMatchAfter,
			String... urlPatterns) {
		map(dispatcherTypes, isMatchAfter, urlPatterns, FilterMapping::forPattern);
	}

	private void map(@Nullable EnumSet<DispatcherType> dispatcherTypes, boolean isMatchAfter, String[] targets,
			FilterMapping.Factory factory) {
		requireConfigurable();
		if (targets == null || targets.length == 0) {
			throw new IllegalArgumentException("A filter mapping needs a servlet name or a URL pattern");
		}
		Set<DispatcherType> types = (dispatcherTypes != null && !dispatcherTypes.isEmpty())
				? Set.copyOf(dispatcherTypes) : Set.of(DispatcherType.REQUEST);
		List<FilterMapping> mappings = new ArrayList<>();
		for (String target : targets) {
			mappings.add(factory.create(this, types, target));
		}
		application().registry().map(mappings, isMatchAfter);
	}

	@Override
	public Collection<String> getServletNameMappings() {
		return application().registry().targets(this, true);
	}

	@Override
	public Collection<String> getUrlPatternMappings() {
		return application().registry().targets(this, false);
	}

	Filter filter() {
		Filter filter = this.filter;
		if (filter == null) {
			throw new IllegalStateException("Filter '" + getName() + "' is not initialised");
		}
		return filter;
	}

	void initialise() throws ServletException {
		Filter filter = this.source.get();
		this.filter = filter;
		filter.init(this);
		this.initialised = true;
	}

	void destroy() {
		if (this.initialised) {
			this.initialised = false;
			filter().destroy();
		}
	}

}
