package io.millrace.boot.autoconfigure;

import java.util.Set;
import java.util.stream.Collectors;

import io.millrace.core.http.PathMatcher;
import io.millrace.core.http.RequestHead;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Tells whether a request is one of a route, as Spring tells whether it is one of a
 * mapping. What cannot be is told by the beginning of the path, without taking it apart.
 */
class RouteMatcher implements PathMatcher {

	private final Set<String> methods;

	private final PathPattern pattern;

	private final String context;

	private final int contextLength;

	// How many segments a path has before those of the pattern.
	private final int contextSegments;

	// What a plain path begins with that matches.
	private final String beginning;

	private final @Nullable String exactPath;

	/**
	 * Create a matcher.
	 * @param methods the methods in upper case, empty for all
	 * @param context the context path, empty for the root
	 * @param pattern the pattern within the context path
	 */
	RouteMatcher(Set<String> methods, String context, PathPattern pattern) {
		this(methods, context, pattern, true);
	}

	/**
	 * Create a matcher.
	 * @param methods the methods in upper case, empty for all
	 * @param context the context path, empty for the root
	 * @param pattern the pattern within the context path
	 * @param caseSensitive whether that is how the pattern was parsed
	 */
	RouteMatcher(Set<String> methods, String context, PathPattern pattern, boolean caseSensitive) {
		this.methods = methods;
		this.pattern = pattern;
		this.context = context;
		this.contextLength = context.length();
		this.contextSegments = StringUtils.countOccurrencesOf(context, "/");
		this.beginning = caseSensitive ? context + PathPatterns.literal(pattern) : context;
		this.exactPath = (caseSensitive && !pattern.hasPatternSyntax()) ? this.beginning : null;
	}

	@Override
	public String pattern() {
		String methods = this.methods.stream().sorted().collect(Collectors.joining(","));
		return (methods.isEmpty() ? "" : methods + " ") + this.context + this.pattern;
	}

	@Override
	public @Nullable String exactPath() {
		return this.exactPath;
	}

	@Override
	public boolean matches(RequestHead request, String path) {
		return path.startsWith(this.beginning) && accepts(request.method())
				&& matchesFrom(request.target().path(), path);
	}

	/**
	 * Whether a path is one of the route, whatever the method.
	 * @param sent the path as it was sent
	 * @param path the same, plain
	 * @return whether it is
	 */
	boolean matches(String sent, String path) {
		return path.startsWith(this.beginning) && matchesFrom(sent, path);
	}

	// The beginning is right.
	private boolean matchesFrom(String sent, String path) {
		if (!isBelowContext(path)) {
			return false;
		}
		return (this.exactPath != null) ? path.length() == this.exactPath.length()
				: this.pattern.matches(PathContainer.parsePath(withinContext(sent)));
	}

	/**
	 * Whether somebody behind us may read a path as another one.
	 * @param path the path, plain
	 * @return whether it has segments that are empty or lead elsewhere
	 */
	static boolean isAmbiguous(String path) {
		return path.contains("//") || path.contains("/./") || path.contains("/../") || path.endsWith("/.")
				|| path.endsWith("/..");
	}

	// The pattern wants the path as it was sent, to tell an encoded slash from a slash.
	private String withinContext(String path) {
		int at = 0;
		for (int i = 0; i < this.contextSegments && at >= 0; i++) {
			at = path.indexOf('/', at + 1);
		}
		return (at < 0) ? "" : path.substring(at);
	}

	private boolean isBelowContext(String path) {
		return path.length() == this.contextLength || path.charAt(this.contextLength) == '/';
	}

	private boolean accepts(String method) {
		return this.methods.isEmpty() || this.methods.contains(method)
				|| (method.equals("HEAD") && this.methods.contains("GET"));
	}

}
