package io.millrace.boot.autoconfigure;

import java.util.Locale;
import java.util.regex.Pattern;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/**
 * What two of Spring's patterns have to do with each other.
 */
final class PathPatterns {

	private static final Pattern VARIABLE = Pattern.compile("\\{(\\*?)[^{}:/]+");

	private PathPatterns() {
	}

	/**
	 * Whether two patterns are the same but for the names of their variables.
	 * @param one a pattern
	 * @param other another
	 * @return whether every path matches both or none
	 */
	static boolean sameRequests(PathPattern one, PathPattern other) {
		return withoutNames(one).equals(withoutNames(other));
	}

	/**
	 * A pattern without the names of its variables.
	 * @param pattern the pattern
	 * @return the same for those that match the same paths
	 */
	static String withoutNames(PathPattern pattern) {
		return VARIABLE.matcher(pattern.getPatternString()).replaceAll("{$1");
	}

	/**
	 * Whether there may be paths that match both of two patterns.
	 * @param one a pattern
	 * @param other another
	 * @return {@code false} where there is none for sure
	 */
	static boolean mayMeet(PathPattern one, PathPattern other) {
		if (!one.hasPatternSyntax()) {
			return other.matches(PathContainer.parsePath(one.getPatternString()));
		}
		if (!other.hasPatternSyntax()) {
			return one.matches(PathContainer.parsePath(other.getPatternString()));
		}
		String first = literal(one).toLowerCase(Locale.ROOT);
		String second = literal(other).toLowerCase(Locale.ROOT);
		return first.startsWith(second) || second.startsWith(first);
	}

	/**
	 * What every path begins with that matches, whole segments only. Of /a/b/{c} it is
	 * /a/b; of /a/b*&#47;c, and also of /a/b/**, which matches /a/b, it is /a.
	 * @param pattern a pattern
	 * @return the beginning, the pattern itself where it has no wildcard
	 */
	static String literal(PathPattern pattern) {
		String text = pattern.getPatternString();
		int end = 0;
		while (end < text.length() && "*?{\\".indexOf(text.charAt(end)) < 0) {
			end++;
		}
		int slash = text.lastIndexOf('/', end);
		return (end == text.length() || slash < 0) ? text : text.substring(0, slash);
	}

}
