package io.millrace.servlet;

import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

/**
 * A GET that allocates nothing, whatever it is asked: what a framework allocates with it
 * is the framework's own. To be used again and again; what it is not made for it refuses.
 */
final class CostlessRequest extends HttpServletRequestWrapper {

	private final ServletContext context;

	private final String path;

	private final Map<String, String> headers;

	private final @Nullable String[] names = new @Nullable String[64];

	private final @Nullable Object[] values = new @Nullable Object[64];

	private final Single single = new Single();

	private final HttpServletMapping mapping = new UrlMatch(MappingMatch.DEFAULT, "", "/", "dispatcher");

	CostlessRequest(ServletContext context, String path, Map<String, String> headers) {
		super((HttpServletRequest) Proxy.newProxyInstance(CostlessRequest.class.getClassLoader(),
				new Class<?>[] { HttpServletRequest.class }, (proxy, method, arguments) -> {
					throw new UnsupportedOperationException(method.getName());
				}));
		this.context = context;
		this.path = path;
		this.headers = headers;
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		int at = find(name);
		return (at >= 0) ? this.values[at] : null;
	}

	private int find(String name) {
		for (int i = 0; i < this.names.length; i++) {
			if (name.equals(this.names[i])) {
				return i;
			}
		}
		return -1;
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		int at = find(name);
		for (int i = 0; at < 0; i++) {
			at = (this.names[i] == null) ? i : -1;
		}
		this.names[at] = (value != null) ? name : null;
		this.values[at] = value;
	}

	@Override
	public void removeAttribute(String name) {
		int at = find(name);
		if (at >= 0) {
			this.names[at] = null;
			this.values[at] = null;
		}
	}

	void removeAttributes() {
		for (int i = 0; i < this.names.length; i++) {
			this.names[i] = null;
			this.values[i] = null;
		}
	}

	@Override
	public @Nullable String getHeader(String name) {
		return this.headers.get(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		String value = this.headers.get(name);
		return (value != null) ? this.single.of(value) : Collections.emptyEnumeration();
	}

	@Override
	public long getDateHeader(String name) {
		return -1;
	}

	@Override
	public @Nullable String getContentType() {
		return null;
	}

	@Override
	public long getContentLengthLong() {
		return -1;
	}

	@Override
	public String getCharacterEncoding() {
		return "UTF-8";
	}

	@Override
	public String getMethod() {
		return "GET";
	}

	@Override
	public String getRequestURI() {
		return this.path;
	}

	@Override
	public String getContextPath() {
		return "";
	}

	@Override
	public String getServletPath() {
		return this.path;
	}

	@Override
	public @Nullable String getPathInfo() {
		return null;
	}

	@Override
	public @Nullable String getQueryString() {
		return null;
	}

	@Override
	public HttpServletMapping getHttpServletMapping() {
		return this.mapping;
	}

	@Override
	public DispatcherType getDispatcherType() {
		return DispatcherType.REQUEST;
	}

	@Override
	public ServletContext getServletContext() {
		return this.context;
	}

	@Override
	public @Nullable HttpSession getSession(boolean create) {
		return null;
	}

	@Override
	public @Nullable String getParameter(String name) {
		return null;
	}

	@Override
	public boolean isAsyncStarted() {
		return false;
	}

	@Override
	public String getRemoteAddr() {
		return "127.0.0.1";
	}

	@Override
	public @Nullable String getRemoteUser() {
		return null;
	}

	@Override
	public java.security.@Nullable Principal getUserPrincipal() {
		return null;
	}

	@Override
	public java.util.@Nullable Locale getLocale() {
		return java.util.Locale.ENGLISH;
	}

	private static final class Single implements Enumeration<String> {

		private @Nullable String value;

		Single of(String value) {
			this.value = value;
			return this;
		}

		@Override
		public boolean hasMoreElements() {
			return this.value != null;
		}

		@Override
		@SuppressWarnings("NullAway") // Asked for once.
		public String nextElement() {
			String only = this.value;
			this.value = null;
			return only;
		}

	}

}
