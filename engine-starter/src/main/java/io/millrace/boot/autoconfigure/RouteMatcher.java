package io.millrace.boot.autoconfigure;

import java.util.Set;
import java.util.function.Predicate;

import io.millrace.core.http.RequestHead;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Tells whether a request is one of a route, as Spring tells whether it is one of a
 * mapping. What cannot be is told by the beginning of the path, without taking it apart.
 */
class RouteMatcher implements Predicate<RequestHead> {

	private final Set<String> methods;

	private final String context;

	private final PathPattern pattern;

	// What a path begins with that matches, if nothing in it is encoded.
	private final String beginning;

	private final boolean exact;

	/**
	 * Create a matcher.
	 * @param methods the methods in upper case, empty for all
	 * @param context the context path, empty for the root
	 * @param pattern the pattern within the context path
	 */
	RouteMatcher(Set<String> methods, String context, PathPattern pattern) {
		this.methods = methods;
		this.context = context;
		this.pattern = pattern;
		this.beginning = context + literal(pattern.getPatternString());
		this.exact = !pattern.hasPatternSyntax();
	}

	// Of /a/b/{c} it is /a/b; of /a/b*/c, and also of /a/b/**, which matches /a/b, it is
	// /a.
	private static String literal(String pattern) {
		int end = 0;
		while (end < pattern.length() && "*?{\\".indexOf(pattern.charAt(end)) < 0) {
			end++;
		}
		int slash = pattern.lastIndexOf('/', end);
		return (end == pattern.length() || slash < 0) ? pattern : pattern.substring(0, slash);
	}

	@Override
	public boolean test(RequestHead request) {
		String path = request.target().path();
		if (!isEncoded(path)) {
			if (!path.startsWith(this.beginning)) {
				return false;
			}
			if (this.exact) {
				return path.length() == this.beginning.length() && accepts(request.method());
			}
		}
		return accepts(request.method()) && path.startsWith(this.context)
				&& this.pattern.matches(PathContainer.parsePath(path.substring(this.context.length())));
	}

	// Also with parameters, which are no part of what is matched.
	private static boolean isEncoded(String path) {
		return path.indexOf('%') >= 0 || path.indexOf(';') >= 0;
	}

	private boolean accepts(String method) {
		return this.methods.isEmpty() || this.methods.contains(method)
				|| (method.equals("HEAD") && this.methods.contains("GET"));
	}

}
