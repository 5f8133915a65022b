package io.millrace.servlet;

import java.io.IOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import io.millrace.core.http.Exchange;
import io.netty.handler.codec.http.HttpHeaderNames;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * A request as the application sees it (Servlet 6.1 §3): a view on the exchange, plus the
 * state that dispatches change. For one thread at a time; never used for another
 * exchange, so what an application does with it too late harms nobody else.
 */
final class ExchangeServletRequest extends RequestBodyView {

	private final @Nullable String sessionIdInUrl;

	private @Nullable RequestSession session;

	private String method;

	private String requestUri;

	private @Nullable String queryString;

	private @Nullable ServletTarget target;

	private DispatcherType dispatcherType = DispatcherType.REQUEST;

	private boolean asyncSupported = true;

	private @Nullable RequestAttributes attributes;

	ExchangeServletRequest(ServletRuntime runtime, Exchange exchange, ServletCycle cycle, @Nullable String sessionId) {
		super(runtime, exchange, cycle);
		this.sessionIdInUrl = sessionId;
		this.method = exchange.request().method();
		this.requestUri = exchange.request().target().path();
		this.queryString = exchange.request().target().query();
	}

	ExchangeServletResponse response() {
		return cycle().response();
	}

	@Nullable ServletTarget target() {
		return this.target;
	}

	@Override
	@Nullable MultipartConfigElement multipartConfig() {
		return (this.target != null) ? this.target.servlet().multipartConfig() : null;
	}

	/**
	 * Where the request stands among its dispatches.
	 * @return what {@link #restore} takes
	 */
	DispatchState dispatchState() {
		return new DispatchState(this.target, this.dispatcherType, this.requestUri, this.queryString, this.method);
	}

	void restore(DispatchState state) {
		this.target = state.target();
		this.dispatcherType = state.type();
		this.requestUri = state.requestUri();
		this.queryString = state.queryString();
		this.method = state.method();
	}

	void enter(ServletTarget target, DispatcherType type) {
		this.target = target;
		this.dispatcherType = type;
	}

	void enter(DispatcherType type) {
		this.dispatcherType = type;
	}

	void path(String requestUri, @Nullable String queryString) {
		this.requestUri = requestUri;
		this.queryString = queryString;
	}

	void method(String method) {
		this.method = method;
	}

	void asyncUnsupported() {
		this.asyncSupported = false;
	}

	void asyncSupportUnknown() {
		this.asyncSupported = true;
	}

	RequestSession session() {
		RequestSession known = this.session;
		if (known == null) {
			known = new RequestSession(this, runtime(), this.sessionIdInUrl);
			this.session = known;
		}
		return known;
	}

	/** The request has come: §7.6. Costs next to nothing for a client without session. */
	void accessSession() {
		ServletRuntime runtime = runtime();
		if (!runtime.sessions().isEmpty() && (this.sessionIdInUrl != null || runtime.sessionSettings().usesTls()
				|| exchange().request().headers().contains(HttpHeaderNames.COOKIE))) {
			session().access();
		}
	}

	String sessionParameter() {
		return runtime().sessionSettings().pathParameterName();
	}

	/** The exchange has ended: give back what the request holds. */
	void end() {
		if (this.session != null) {
			this.session.end();
		}
		releaseBody();
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		RequestAttributes known = this.attributes;
		Object value = (known != null) ? known.get(name) : null;
		return (value != null) ? value : TlsAttributes.get(exchange().connection(), name);
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		RequestAttributes known = this.attributes;
		List<String> names = (known != null) ? known.names() : new ArrayList<>();
		for (String name : TlsAttributes.names(exchange().connection())) {
			if (!names.contains(name)) {
				names.add(name);
			}
		}
		return Collections.enumeration(names);
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (name == null) {
			throw new IllegalArgumentException("The name of an attribute is null");
		}
		Object previous = putAttribute(name, value);
		if (previous != null || value != null) {
			runtime().listeners().requestAttribute(getServletContext(), this, name, previous, value);
		}
	}

	@Override
	public void removeAttribute(String name) {
		setAttribute(name, null);
	}

	/**
	 * Set or remove an attribute without telling the listeners.
	 * @param name the name
	 * @param value the value, {@code null} to remove it
	 * @return the value before
	 */
	@Nullable Object putAttribute(String name, @Nullable Object value) {
		RequestAttributes known = this.attributes;
		if (known == null) {
			if (value == null) {
				return null;
			}
			known = new RequestAttributes();
			this.attributes = known;
		}
		return (value != null) ? known.put(name, value) : known.remove(name);
	}

	@Override
	public String getMethod() {
		return this.method;
	}

	@Override
	public String getRequestURI() {
		return this.requestUri;
	}

	@Override
	public StringBuffer getRequestURL() {
		return new StringBuffer(64).append(getScheme())
			.append("://")
			.append(exchange().origin().authority())
			.append(this.requestUri);
	}

	@Override
	public @Nullable String getQueryString() {
		return this.queryString;
	}

	@Override
	public String getContextPath() {
		return CanonicalPath.context(this.requestUri, runtime().contextPath());
	}

	@Override
	public String getServletPath() {
		return (this.target != null) ? this.target.servletPath() : "";
	}

	@Override
	public @Nullable String getPathInfo() {
		return (this.target != null) ? this.target.pathInfo() : null;
	}

	@Override
	public @Nullable String getPathTranslated() {
		String info = getPathInfo();
		return (info != null) ? getServletContext().getRealPath(info) : null;
	}

	@Override
	public HttpServletMapping getHttpServletMapping() {
		return (this.target != null) ? this.target.match() : UrlMatch.NONE;
	}

	@Override
	public DispatcherType getDispatcherType() {
		return this.dispatcherType;
	}

	@Override
	public ServletContext getServletContext() {
		return runtime().application();
	}

	@Override
	public @Nullable RequestDispatcher getRequestDispatcher(@Nullable String path) {
		if (path == null) {
			return null;
		}
		if (path.startsWith("/")) {
			return runtime().dispatcher(path);
		}
		// §9.1.1: relative to the servlet that asks, which may have been included.
		Object included = (this.dispatcherType == DispatcherType.INCLUDE)
				? getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI) : null;
		String uri = (included instanceof String text) ? text : this.requestUri;
		String own = uri.substring(CanonicalPath.context(uri, runtime().contextPath()).length());
		return runtime().dispatcher(own.substring(0, own.lastIndexOf('/') + 1) + path);
	}

	@Override
	public @Nullable ServletSession getSession(boolean create) {
		return (create || mayHaveSession()) ? session().get(create) : null;
	}

	// Frameworks ask every request; most have nothing that could name a session.
	private boolean mayHaveSession() {
		return this.session != null || hasCookies() || this.sessionIdInUrl != null
				|| exchange().connection().sslSession() != null;
	}

	@Override
	@SuppressWarnings("NullAway") // Never null when it is asked to create one.
	public ServletSession getSession() {
		return session().get(true);
	}

	@Override
	public String changeSessionId() {
		return session().changeId();
	}

	@Override
	public @Nullable String getRequestedSessionId() {
		return session().requestedId();
	}

	@Override
	public boolean isRequestedSessionIdValid() {
		return session().isRequestedIdValid();
	}

	@Override
	public boolean isRequestedSessionIdFromCookie() {
		return session().isRequestedIdFromCookie();
	}

	@Override
	public boolean isRequestedSessionIdFromURL() {
		return session().isRequestedIdFromUrl();
	}

	@Override
	public @Nullable String getAuthType() {
		return null;
	}

	@Override
	public @Nullable String getRemoteUser() {
		return null;
	}

	@Override
	public @Nullable Principal getUserPrincipal() {
		return null;
	}

	@Override
	public boolean isUserInRole(String role) {
		return false;
	}

	@Override
	public boolean authenticate(HttpServletResponse response) throws IOException {
		// There is no login mechanism that could ask the client to come back: refused
		// as by a constraint that nobody can satisfy, see SecurityConstraints.
		if (response.isCommitted()) {
			throw new IllegalStateException("The response has been committed: nobody can be authenticated any more");
		}
		response.sendError(HttpServletResponse.SC_FORBIDDEN, "Nobody can be authenticated by this server");
		return false;
	}

	@Override
	public void login(String user, String password) throws ServletException {
		throw new ServletException("The server has no realm to log in to: use Spring Security");
	}

	@Override
	public void logout() {
		// Nobody is logged in.
	}

	@Override
	public boolean isAsyncSupported() {
		return this.asyncSupported;
	}

	@Override
	public boolean isAsyncStarted() {
		AsyncCycle async = cycle().async();
		return async != null && async.isStarted();
	}

	@Override
	public AsyncContext startAsync() {
		return cycle().startAsync(this, cycle().response(), true);
	}

	@Override
	public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
		return cycle().startAsync(request, response, false);
	}

	@Override
	public AsyncContext getAsyncContext() {
		AsyncCycle async = cycle().async();
		if (async == null || !async.isStarted()) {
			throw new IllegalStateException("The request is not in asynchronous mode");
		}
		return async;
	}

	@Override
	public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws IOException, ServletException {
		return cycle().upgrade(type);
	}

	/**
	 * What a dispatch changes of a request.
	 *
	 * @param target the servlet
	 * @param type the kind of dispatch
	 * @param requestUri the raw path
	 * @param queryString the raw query
	 * @param method the method
	 */
	record DispatchState(@Nullable ServletTarget target, DispatcherType type, String requestUri,
			@Nullable String queryString, String method) {

	}

}
