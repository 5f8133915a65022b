package io.millrace.core.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All routes of an engine, looked up for every request: exact paths first, then patterns
 * in the order they were given. Immutable.
 */
public final class Routes {

	/** No routes. */
	public static final Routes NONE = new Routes(List.of());

	private final Map<String, List<Route>> exact = new HashMap<>();

	private final List<Route> patterns = new ArrayList<>();

	private final boolean empty;

	private final @Nullable HttpsRedirect redirect;

	/**
	 * Create the table.
	 * @param routes the routes
	 */
	public Routes(List<Route> routes) {
		this.empty = routes.isEmpty();
		this.redirect = null;
		for (Route route : routes) {
			if (route.isExact()) {
				this.exact.computeIfAbsent(route.path(), (path) -> new ArrayList<>(1)).add(route);
			}
			else {
				this.patterns.add(route);
			}
		}
	}

	private Routes(Routes others, HttpsRedirect redirect) {
		this.empty = false;
		this.redirect = redirect;
		this.exact.putAll(others.exact);
		this.patterns.addAll(others.patterns);
	}

	/**
	 * The same behind a redirect.
	 * @param first answers most requests before all routes
	 * @return another table
	 */
	Routes behind(HttpsRedirect first) {
		return new Routes(this, first);
	}

	/**
	 * Find who answers a request.
	 * @param request the head
	 * @return the handler, {@code null} if it is the application
	 */
	public @Nullable ExchangeHandler find(RequestHead request) {
		if (this.empty) {
			return null;
		}
		if (this.redirect != null && this.redirect.isFor(request)) {
			return this.redirect;
		}
		String path = request.target().path();
		for (Route route : this.exact.getOrDefault(path, List.of())) {
			if (route.acceptsMethod(request.method())) {
				return route.handler();
			}
		}
		for (Route route : this.patterns) {
			if (route.acceptsMethod(request.method()) && route.matches(path)) {
				return route.handler();
			}
		}
		return null;
	}

}
