package io.millrace.servlet;

import java.util.Objects;

import io.millrace.core.http.ProtocolException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where an asynchronous request is dispatched to (Servlet 6.1 §2.3.3.3).
 *
 * @param target the servlet, {@code null} where none is mapped
 * @param requestUri the raw path, with the context path
 * @param queryString the query that the target sees
 * @param addedQuery the query whose parameters come before those of the request itself,
 * {@code null} for none
 */
record AsyncDispatch(@Nullable ServletTarget target, String requestUri, @Nullable String queryString,
		@Nullable String addedQuery) {

	/**
	 * Where a given request is now, which a forward may have led to, or what a wrapper
	 * says.
	 * @param runtime the application
	 * @param given the request that asynchronous mode was started with
	 * @param base the container's own request
	 * @return the dispatch
	 */
	static AsyncDispatch of(ServletRuntime runtime, HttpServletRequest given, ExchangeServletRequest base) {
		String uri = given.getRequestURI();
		if (!uri.equals(base.getRequestURI())) {
			boolean within = uri.startsWith(runtime.contextPath() + "/");
			return new AsyncDispatch(within ? find(runtime, uri.substring(runtime.contextPath().length())) : null, uri,
					given.getQueryString(), null);
		}
		String query = base.getQueryString();
		boolean own = Objects.equals(query, base.exchange().request().target().query());
		return new AsyncDispatch(base.target(), uri, query, own ? null : query);
	}

	/**
	 * Where a path leads to.
	 * @param runtime the application
	 * @param path the path within the context, with a query perhaps
	 * @param queryString the query of the request, which stays where the path has none
	 * @return the dispatch
	 */
	static AsyncDispatch to(ServletRuntime runtime, String path, @Nullable String queryString) {
		if (path == null || !path.startsWith("/")) {
			throw new IllegalArgumentException("The path of a dispatch has to start with '/', and is '" + path + "'");
		}
		int question = path.indexOf('?');
		String rawPath = (question < 0) ? path : path.substring(0, question);
		String query = (question < 0) ? null : path.substring(question + 1);
		return new AsyncDispatch(find(runtime, rawPath), runtime.contextPath() + rawPath,
				(query != null) ? query : queryString, query);
	}

	private static @Nullable ServletTarget find(ServletRuntime runtime, String rawPath) {
		try {
			return runtime.find(CanonicalPath.of(rawPath).path());
		}
		catch (ProtocolException ex) {
			return null;
		}
	}

}
