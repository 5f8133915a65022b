package io.millrace.servlet;

import java.io.IOException;

import io.millrace.servlet.ExchangeServletRequest.DispatchState;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Dispatches a request to another servlet (Servlet 6.1 §9). The path of the container's
 * own request object is changed for the time of the dispatch, so that wrappers of the
 * application stay in place, whatever they wrap.
 */
final class ServletDispatcher implements RequestDispatcher {

	private final ServletRuntime runtime;

	private final ServletTarget target;

	// Null where the servlet was named: then the request keeps its path.
	private final @Nullable String requestUri;

	private final @Nullable String query;

	private ServletDispatcher(ServletRuntime runtime, ServletTarget target, @Nullable String requestUri,
			@Nullable String query) {
		this.runtime = runtime;
		this.target = target;
		this.requestUri = requestUri;
		this.query = query;
	}

	static ServletDispatcher of(ServletRuntime runtime, ServletTarget target, String requestUri,
			@Nullable String query) {
		return new ServletDispatcher(runtime, target, requestUri, query);
	}

	static ServletDispatcher named(ServletRuntime runtime, RegisteredServlet servlet) {
		return new ServletDispatcher(runtime, ServletTarget.named(servlet), null, null);
	}

	@Override
	public void forward(ServletRequest request, ServletResponse response) throws ServletException, IOException {
		if (response.isCommitted()) {
			throw new IllegalStateException("A request cannot be forwarded after the response has been committed");
		}
		response.resetBuffer();
		ExchangeServletRequest base = base(request);
		// Whoever is forwarded to is not included. A named servlet has no path to tell
		// of.
		@Nullable Object[] included = DispatchAttributes.INCLUDE.hide(base);
		@Nullable Object[] forwarded = (this.requestUri != null) ? DispatchAttributes.FORWARD.setOnce(base) : null;
		try {
			dispatch(base, request, response, DispatcherType.FORWARD);
		}
		finally {
			DispatchAttributes.FORWARD.restore(base, forwarded);
			DispatchAttributes.INCLUDE.restore(base, included);
		}
		if (!base.isAsyncStarted()) {
			finish(base.response(), response);
		}
	}

	/**
	 * Dispatch to this error page. It sees a GET (§10.9.2).
	 * @param request the request, not wrapped
	 * @param response the response, not wrapped
	 * @throws ServletException by the page
	 * @throws IOException by the page
	 */
	void error(ExchangeServletRequest request, ExchangeServletResponse response) throws ServletException, IOException {
		DispatchState before = request.dispatchState();
		request.method("GET");
		request.asyncSupportUnknown();
		// As Tomcat does: Spring finds the path of the client by them.
		@Nullable Object[] forwarded = DispatchAttributes.FORWARD.setOnce(request);
		try {
			dispatch(request, request, response, DispatcherType.ERROR);
		}
		finally {
			DispatchAttributes.FORWARD.restore(request, forwarded);
			request.restore(before);
		}
	}

	private void dispatch(ExchangeServletRequest base, ServletRequest request, ServletResponse response,
			DispatcherType type) throws ServletException, IOException {
		DispatchState before = base.dispatchState();
		RequestParameters.Pushed pushed = push(base);
		try {
			if (this.requestUri != null) {
				base.path(this.requestUri, (this.query != null) ? this.query : base.getQueryString());
				base.enter(this.target, type);
			}
			else {
				base.enter(type);
			}
			this.target.servlet().pipeline(type).run(this.target, request, response, base);
		}
		finally {
			base.restore(before);
			restore(base, pushed);
		}
	}

	private RequestParameters.@Nullable Pushed push(ExchangeServletRequest base) {
		return (this.query != null) ? base.parameters().pushQuery(this.query) : null;
	}

	private void restore(ExchangeServletRequest base, RequestParameters.@Nullable Pushed pushed) {
		if (this.query != null) {
			base.parameters().restore(pushed);
		}
	}

	// §9.4: what was forwarded to has had the last word. The container's own response is
	// not closed but kept from being written, so that an error further out still gets its
	// page. A wrapper is closed, as it may end what it writes then; but one that has kept
	// everything to itself passes it on later.
	private static void finish(ExchangeServletResponse own, ServletResponse response) throws IOException {
		ExchangeOutputStream output = own.output();
		if (response == own) {
			output.suspend();
		}
		else if (!output.isUntouched()) {
			output.forwarded(true);
			try {
				close(response);
			}
			finally {
				output.forwarded(false);
				output.suspend();
			}
		}
	}

	private static void close(ServletResponse response) throws IOException {
		try {
			response.getWriter().close();
		}
		catch (IllegalStateException ex) {
			response.getOutputStream().close();
		}
	}

	@Override
	public void include(ServletRequest request, ServletResponse response) throws ServletException, IOException {
		ExchangeServletRequest base = base(request);
		DispatchState before = base.dispatchState();
		@Nullable Object[] included = (this.requestUri != null) ? setIncluded(base) : DispatchAttributes.INCLUDE.hide(base);
		RequestParameters.Pushed pushed = push(base);
		base.enter(DispatcherType.INCLUDE);
		base.response().enterInclude();
		try {
			this.target.servlet().pipeline(DispatcherType.INCLUDE).run(this.target, request, response, base);
		}
		finally {
			base.response().leaveInclude();
			base.restore(before);
			restore(base, pushed);
			DispatchAttributes.INCLUDE.restore(base, included);
		}
	}

	private @Nullable Object[] setIncluded(ExchangeServletRequest base) {
		return DispatchAttributes.INCLUDE.set(base,
				new @Nullable Object[] { this.requestUri, this.runtime.contextPath(), this.target.servletPath(),
						this.target.pathInfo(), this.query, this.target.match() });
	}

	private static ExchangeServletRequest base(ServletRequest request) {
		ServletRequest inner = request;
		while (inner instanceof ServletRequestWrapper wrapper) {
			inner = wrapper.getRequest();
		}
		if (inner instanceof ExchangeServletRequest base) {
			return base;
		}
		throw new IllegalArgumentException("The request is not this server's, nor does it wrap one");
	}

}
