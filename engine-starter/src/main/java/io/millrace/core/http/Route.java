package io.millrace.core.http;

import org.jspecify.annotations.Nullable;

/**
 * A route that the engine serves itself, before the application and without the servlet
 * or reactive layer: no filter sees the request, Spring Security's neither. Its handler
 * is called by the event loop unless {@link ExchangeHandler#mayBlock()} says otherwise.
 * <p>
 * The path is {@code /exact/path}; a segment may be {@code *} or <code>{name}</code> for
 * any one segment, and the last may be <code>**</code> for any number of segments. Paths
 * are compared as the client sent them, without decoding, and with the context path.
 *
 * @param method the method, {@code null} for all; GET answers HEAD too
 * @param path the pattern
 * @param handler who answers
 */
public record Route(@Nullable String method, String path, ExchangeHandler handler) {

	/**
	 * Check the pattern.
	 * @throws IllegalArgumentException where the path is not a pattern
	 */
	public Route {
		if (!path.startsWith("/")) {
			throw new IllegalArgumentException("The path of a route has to start with a slash, and is '" + path + "'");
		}
		int deep = path.indexOf("**");
		if (deep >= 0 && (deep != path.length() - 2 || path.charAt(deep - 1) != '/')) {
			throw new IllegalArgumentException("'**' has to be the last segment of the path '" + path + "'");
		}
		for (String segment : path.substring(1).split("/")) {
			boolean pattern = segment.equals("*") || segment.equals("**") || isVariable(segment);
			if (!pattern && (segment.indexOf('*') >= 0 || segment.indexOf('{') >= 0)) {
				throw new IllegalArgumentException("A segment has to be a pattern or text as a whole, and '" + segment
						+ "' of the path '" + path + "' is both");
			}
		}
	}

	private static boolean isVariable(String segment) {
		return segment.startsWith("{") && segment.indexOf('}') == segment.length() - 1;
	}

	/**
	 * A route for GET and HEAD.
	 * @param path the pattern
	 * @param handler who answers
	 * @return the route
	 */
	public static Route get(String path, ExchangeHandler handler) {
		return new Route("GET", path, handler);
	}

	/**
	 * A route for POST.
	 * @param path the pattern
	 * @param handler who answers
	 * @return the route
	 */
	public static Route post(String path, ExchangeHandler handler) {
		return new Route("POST", path, handler);
	}

	boolean acceptsMethod(String requested) {
		return this.method == null || this.method.equals(requested)
				|| (requested.equals("HEAD") && this.method.equals("GET"));
	}

	boolean isExact() {
		return this.path.indexOf('*') < 0 && this.path.indexOf('{') < 0;
	}

	boolean matches(String requested) {
		int at = 0;
		int wanted = 0;
		while (wanted < this.path.length()) {
			int wantedEnd = segmentEnd(this.path, wanted);
			String pattern = this.path.substring(wanted + 1, wantedEnd);
			if (pattern.equals("**")) {
				return true;
			}
			if (at >= requested.length()) {
				return false;
			}
			int end = segmentEnd(requested, at);
			boolean any = pattern.equals("*") || isVariable(pattern);
			boolean same = pattern.length() == end - at - 1
					&& requested.regionMatches(at + 1, pattern, 0, pattern.length());
			if (!(any ? end > at + 1 : same)) {
				return false;
			}
			at = end;
			wanted = wantedEnd;
		}
		return at == requested.length();
	}

	private static int segmentEnd(String path, int start) {
		int end = path.indexOf('/', start + 1);
		return (end < 0) ? path.length() : end;
	}

}
