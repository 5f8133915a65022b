package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * From {@code millrace.routes} to policies: everything that contradicts itself stops
 * start-up.
 */
class ConfiguredRoutes {

	private static final String PREFIX = "millrace.routes";

	// A question mark alone is a wildcard.
	private static final Pattern QUERY = Pattern.compile("\\?[^/]*=");

	private final List<RouteProperties> routes;

	ConfiguredRoutes(List<RouteProperties> routes) {
		this.routes = routes;
	}

	/**
	 * Whether some requests go before others.
	 * @return whether the queue needs lanes
	 */
	boolean usesPriorities() {
		return this.routes.stream().anyMatch((route) -> route.getPriority() != Priority.NORMAL);
	}

	/**
	 * The policies, the most specific pattern first.
	 * @param context the context path of the application, empty for the root
	 * @return the policies
	 */
	List<RoutePolicy> policies(String context) {
		return entries().stream()
			.filter((entry) -> RouteRules.isOfRunning(entry.route))
			.map((entry) -> entry.policy(context))
			.toList();
	}

	/**
	 * The requests whose responses are not compressed, whatever holds for all others.
	 * @param context the context path of the application, empty for the root
	 * @return tells them from the others
	 */
	Predicate<RequestHead> uncompressed(String context) {
		List<RouteMatcher> matchers = entries().stream()
			.filter((entry) -> !entry.route.isCompression())
			.map((entry) -> entry.matcher(context))
			.toList();
		return (request) -> matchers.stream().anyMatch((matcher) -> matcher.test(request));
	}

	private List<Entry> entries() {
		List<Entry> entries = new ArrayList<>();
		for (int i = 0; i < this.routes.size(); i++) {
			Entry entry = entry(PREFIX + "[" + i + "]", this.routes.get(i));
			entries.forEach((earlier) -> checkReachable(earlier, entry));
			entries.add(entry);
		}
		entries.sort(Comparator.comparing(Entry::pattern, PathPattern.SPECIFICITY_COMPARATOR));
		return entries;
	}

	private static Entry entry(String name, RouteProperties route) {
		String pattern = route.getPattern();
		if (!StringUtils.hasText(pattern)) {
			throw invalid(name + ".pattern", pattern,
					"A route has to say for which paths it is, for example /reports/**.");
		}
		if (!pattern.startsWith("/")) {
			throw invalid(name + ".pattern", pattern,
					"No path matches: it has to start with a slash. Write /" + pattern + ".");
		}
		Entry entry = new Entry(name, route, parse(name, pattern), methods(name, route));
		RouteRules.check(route, entry);
		if (!RouteRules.isUseful(route)) {
			throw invalid(name, pattern,
					"The route says nothing. Give it a mode, max-concurrency, a timeout, a priority or compression=false, or leave it out.");
		}
		return entry;
	}

	private static PathPattern parse(String name, String pattern) {
		if (QUERY.matcher(pattern.replaceAll("\\{[^}]*}", "")).find()) {
			throw invalid(name + ".pattern", pattern,
					"No path matches: a query is no part of it. Leave out what begins with the question mark.");
		}
		try {
			return PathPatternParser.defaultInstance.parse(pattern);
		}
		catch (PatternParseException ex) {
			throw invalid(name + ".pattern", pattern, "It is no pattern: " + ex.toDetailedString().strip());
		}
	}

	private static Set<String> methods(String name, RouteProperties route) {
		for (String method : route.getMethods()) {
			if (!method.strip().matches("[A-Za-z]+(-[A-Za-z]+)*")) {
				throw invalid(name + ".methods", method, "It is no method. Write for example GET,POST.");
			}
			if (method.strip().equalsIgnoreCase("CONNECT")) {
				throw invalid(name + ".methods", method,
						"No request of it reaches the application: it is refused with 501. Leave it out.");
			}
		}
		return route.getMethods()
			.stream()
			.map((method) -> method.strip().toUpperCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
	}

	private static void checkReachable(Entry earlier, Entry later) {
		boolean shadowed = earlier.methods.isEmpty()
				|| (!later.methods.isEmpty() && later.methods.stream().allMatch(earlier::accepts));
		if (shadowed && PathPatterns.sameRequests(earlier.pattern, later.pattern)) {
			throw invalid(later.name + ".pattern", later.pattern, "No request is left for it: " + earlier.name
					+ " has the same pattern and all of its methods. Make them one route, or give them methods of their own.");
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(name, Objects.toString(value, ""), reason);
	}

	private record Entry(String name, RouteProperties route, PathPattern pattern,
			Set<String> methods) implements RouteRules.Source {

		boolean accepts(String method) {
			return this.methods.contains(method) || (method.equals("HEAD") && this.methods.contains("GET"));
		}

		RoutePolicy policy(String context) {
			return RouteRules.policy(this.name + " (" + this.pattern + ")", matcher(context), this.route);
		}

		RouteMatcher matcher(String context) {
			return new RouteMatcher(this.methods, context, this.pattern);
		}

		@Override
		public String name(String key) {
			return this.name + "." + key;
		}

		@Override
		public RuntimeException invalid(String key, @Nullable Object value, String reason) {
			return ConfiguredRoutes.invalid(name(key), value, reason);
		}

	}

}
