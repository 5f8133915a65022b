package io.millrace.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import org.jspecify.annotations.Nullable;

/**
 * The request attributes that tell of a path besides the one that the request shows
 * (Servlet 6.1 §9.3.1, §9.4.2, §9.7.2).
 */
enum DispatchAttributes {

	/** The path that the client asked for, during a forward. */
	FORWARD(RequestDispatcher.FORWARD_REQUEST_URI, RequestDispatcher.FORWARD_CONTEXT_PATH,
			RequestDispatcher.FORWARD_SERVLET_PATH, RequestDispatcher.FORWARD_PATH_INFO,
			RequestDispatcher.FORWARD_QUERY_STRING, RequestDispatcher.FORWARD_MAPPING),

	/** The path that is included, during an include. */
	INCLUDE(RequestDispatcher.INCLUDE_REQUEST_URI, RequestDispatcher.INCLUDE_CONTEXT_PATH,
			RequestDispatcher.INCLUDE_SERVLET_PATH, RequestDispatcher.INCLUDE_PATH_INFO,
			RequestDispatcher.INCLUDE_QUERY_STRING, RequestDispatcher.INCLUDE_MAPPING),

	/** The path that the client asked for, after an asynchronous dispatch. */
	ASYNC(AsyncContext.ASYNC_REQUEST_URI, AsyncContext.ASYNC_CONTEXT_PATH, AsyncContext.ASYNC_SERVLET_PATH,
			AsyncContext.ASYNC_PATH_INFO, AsyncContext.ASYNC_QUERY_STRING, AsyncContext.ASYNC_MAPPING);

	private final String[] names;

	DispatchAttributes(String... names) {
		this.names = names;
	}

	/**
	 * Set the attributes to where the request is now, unless they are set already.
	 * @param request the request
	 * @return the values before, for {@link #restore}, {@code null} where nothing has
	 * changed
	 */
	@Nullable Object @Nullable [] setOnce(ExchangeServletRequest request) {
		return isSet(request) ? null : set(request, values(request));
	}

	/**
	 * Take the attributes away: what is dispatched to does not see those of a dispatch
	 * further out.
	 * @param request the request
	 * @return the values before, for {@link #restore}, {@code null} where nothing has
	 * changed
	 */
	@Nullable Object @Nullable [] hide(ExchangeServletRequest request) {
		return isSet(request) ? set(request, new @Nullable Object[this.names.length]) : null;
	}

	private boolean isSet(ExchangeServletRequest request) {
		return request.getAttribute(this.names[0]) != null;
	}

	private static @Nullable Object[] values(ExchangeServletRequest request) {
		return new @Nullable Object[] { request.getRequestURI(), request.getContextPath(), request.getServletPath(),
				request.getPathInfo(), request.getQueryString(), request.getHttpServletMapping() };
	}

	/**
	 * Set the attributes to another path.
	 * @param request the request
	 * @param values URI, context path, servlet path, path info, query, mapping
	 * @return the values before
	 */
	@Nullable Object[] set(ExchangeServletRequest request, @Nullable Object[] values) {
		@Nullable Object[] before = new @Nullable Object[this.names.length];
		for (int i = 0; i < this.names.length; i++) {
			before[i] = request.putAttribute(this.names[i], values[i]);
		}
		return before;
	}

	/**
	 * Put back what was there.
	 * @param request the request
	 * @param before the values, {@code null} where nothing has changed
	 */
	void restore(ExchangeServletRequest request, @Nullable Object @Nullable [] before) {
		if (before != null) {
			set(request, before);
		}
	}

}
