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

	/**
	 * Create the table.
	 * @param routes the routes
	 */
	public Routes(List<Route> routes) {
		this.empty = routes.isEmpty();
		for (Route route : routes) {
			if (route.isExact()) {
				this.exact.computeIfAbsent(route.path(), (path) -> new ArrayList<>(1)).add(route);
			}
			else {
				this.patterns.add(route);
			}
		}
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
