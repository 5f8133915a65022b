package io.millrace.servlet;

import org.jspecify.annotations.Nullable;

/**
 * The servlet that a request is dispatched to, and the path as it sees it.
 *
 * @param servlet the servlet
 * @param match how it was found
 * @param path the canonical path within the context, which filters are mapped by;
 * {@code null} where the servlet was named
 * @param servletPath the part of the path that belongs to the servlet
 * @param pathInfo the rest, {@code null} where there is none
 */
record ServletTarget(RegisteredServlet servlet, UrlMatch match, @Nullable String path, String servletPath,
		@Nullable String pathInfo) {

	/**
	 * A servlet by its name, without a path (Servlet 6.1 §9.1).
	 * @param servlet the servlet
	 * @return the target
	 */
	static ServletTarget named(RegisteredServlet servlet) {
		return new ServletTarget(servlet, UrlMatch.NONE, null, "", null);
	}

}
