package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.millrace.core.http.PlainPath;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Paths that are left out of something, by Spring's patterns.
 */
final class ExcludedPaths implements Predicate<String> {

	private final List<RouteMatcher> matchers;

	private ExcludedPaths(List<RouteMatcher> matchers) {
		this.matchers = matchers;
	}

	/**
	 * Read patterns.
	 * @param property the property that they come from
	 * @param patterns the patterns, within the context path
	 * @param context the context path, empty for the root
	 * @return the paths, {@code null} where there are none
	 * @throws InvalidConfigurationPropertyValueException naming the one that is wrong
	 */
	static @Nullable ExcludedPaths of(String property, List<String> patterns, String context) {
		List<RouteMatcher> matchers = new ArrayList<>();
		for (int i = 0; i < patterns.size(); i++) {
			matchers.add(matcher(property + "[" + i + "]", patterns.get(i), context));
		}
		return matchers.isEmpty() ? null : new ExcludedPaths(matchers);
	}

	private static RouteMatcher matcher(String name, String pattern, String context) {
		if (!pattern.startsWith("/")) {
			throw new InvalidConfigurationPropertyValueException(name, pattern,
					"No path matches: it has to start with a slash. Write /" + pattern + ".");
		}
		try {
			return new RouteMatcher(Set.of(), context, PathPatternParser.defaultInstance.parse(pattern));
		}
		catch (PatternParseException ex) {
			throw new InvalidConfigurationPropertyValueException(name, pattern,
					"It is no pattern: " + ex.toDetailedString().strip());
		}
	}

	@Override
	public boolean test(String path) {
		String plain = PlainPath.of(path);
		// Another path for whoever resolves it behind us is not left out.
		if (RouteMatcher.isAmbiguous(plain)) {
			return false;
		}
		try {
			for (RouteMatcher matcher : this.matchers) {
				if (matcher.matches(path, plain)) {
					return true;
				}
			}
		}
		catch (IllegalArgumentException ex) {
			// Half an escape, in what was refused: it is no path at all.
			return false;
		}
		return false;
	}

}
