package io.millrace.servlet;

import java.util.Set;

import jakarta.servlet.DispatcherType;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of a filter, to a URL pattern or to a servlet (Servlet 6.1 §6.2.4).
 *
 * @param filter the filter
 * @param types the kinds of dispatch that it applies to
 * @param pattern the URL pattern, {@code null} for a mapping to a servlet
 * @param servletName the name of the servlet, {@code *} for all, {@code null} for a
 * mapping to a URL pattern
 */
record FilterMapping(RegisteredFilter filter, Set<DispatcherType> types, @Nullable UrlPattern pattern,
		@Nullable String servletName) {

	static FilterMapping forPattern(RegisteredFilter filter, Set<DispatcherType> types, String pattern) {
		// Tomcat takes a star for everything, so applications have it.
		UrlPattern parsed = "*".equals(pattern) ? new UrlPattern(pattern, UrlPattern.Kind.PATH, "")
				: UrlPattern.of(pattern);
		return new FilterMapping(filter, types, parsed, null);
	}

	static FilterMapping forServlet(RegisteredFilter filter, Set<DispatcherType> types, String servletName) {
		return new FilterMapping(filter, types, null, servletName);
	}

	String target() {
		if (this.pattern != null) {
			return this.pattern.text();
		}
		return (this.servletName != null) ? this.servletName : "";
	}

	boolean appliesToServlet(@Nullable String name) {
		return this.servletName != null && (this.servletName.equals("*") || this.servletName.equals(name));
	}

	interface Factory {

		FilterMapping create(RegisteredFilter filter, Set<DispatcherType> types, String target);

	}

}
