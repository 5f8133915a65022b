package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.millrace.boot.autoconfigure.RouteProperties.Mode;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.system.JavaVersion;
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

	private static final int WAITING_FOR_EACH = 10;

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
		List<Entry> entries = new ArrayList<>();
		for (int i = 0; i < this.routes.size(); i++) {
			Entry entry = entry(PREFIX + "[" + i + "]", this.routes.get(i));
			entries.forEach((earlier) -> checkReachable(earlier, entry));
			entries.add(entry);
		}
		entries.sort(Comparator.comparing(Entry::pattern, PathPattern.SPECIFICITY_COMPARATOR));
		return entries.stream().map((entry) -> policy(entry, context)).toList();
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
		try {
			return new Entry(name, route, PathPatternParser.defaultInstance.parse(pattern), methods(name, route));
		}
		catch (PatternParseException ex) {
			throw invalid(name + ".pattern", pattern, "It is no pattern: " + ex.toDetailedString().strip());
		}
	}

	private static Set<String> methods(String name, RouteProperties route) {
		for (String method : route.getMethods()) {
			if (!method.strip().matches("[A-Za-z]+")) {
				throw invalid(name + ".methods", method, "It is no method. Write for example GET,POST.");
			}
		}
		return route.getMethods()
			.stream()
			.map((method) -> method.strip().toUpperCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
	}

	private static void checkReachable(Entry earlier, Entry later) {
		boolean shadowed = earlier.methods.isEmpty()
				|| (!later.methods.isEmpty() && earlier.methods.containsAll(later.methods));
		if (earlier.pattern.equals(later.pattern) && shadowed) {
			throw invalid(later.name + ".pattern", later.pattern, "No request is left for it: " + earlier.name
					+ " has the same pattern and all of its methods. Make them one route, or give them methods of their own.");
		}
	}

	private static RoutePolicy policy(Entry entry, String context) {
		RouteProperties route = entry.route;
		check(entry.name, route);
		Integer limit = route.getMaxConcurrency();
		Integer queue = route.getQueue();
		int concurrency = (limit != null) ? limit : 0;
		int capacity = (queue != null) ? queue
				: (int) Math.min(Integer.MAX_VALUE, (long) concurrency * WAITING_FOR_EACH);
		return new RoutePolicy(entry.name + " (" + entry.pattern + ")",
				new RouteMatcher(entry.methods, context, entry.pattern), mode(entry.name, route.getMode()), concurrency,
				capacity, route.getTimeout(), route.getPriority());
	}

	private static void check(String name, RouteProperties route) {
		Integer limit = route.getMaxConcurrency();
		Integer queue = route.getQueue();
		if (limit != null && limit < 1) {
			throw invalid(name + ".max-concurrency", limit,
					"The value has to be 1 or more. Leave it out for no limit.");
		}
		if (queue != null && queue < 0) {
			throw invalid(name + ".queue", queue, "The value has to be 0 (nobody waits) or more.");
		}
		if (queue != null && limit == null) {
			throw invalid(name + ".queue", queue, "Nothing ever waits in it without " + name
					+ ".max-concurrency. Set that too, or millrace.worker.queue.capacity for all requests together.");
		}
		if (route.getMode() == Mode.INLINE && route.getPriority() != Priority.NORMAL) {
			throw invalid(name + ".priority", route.getPriority(),
					"It means nothing with mode inline, where no request waits for a thread. Leave out one of the two.");
		}
		Duration timeout = route.getTimeout();
		if (timeout != null && timeout.isNegative()) {
			throw invalid(name + ".timeout", timeout, "The value has to be 0 (off) or more.");
		}
		if (route.getMode() == null && limit == null && timeout == null && route.getPriority() == Priority.NORMAL) {
			throw invalid(name, route.getPattern(),
					"The route says nothing. Give it a mode, max-concurrency, a timeout or a priority, or leave it out.");
		}
	}

	private static @Nullable WorkerMode mode(String name, @Nullable Mode mode) {
		if (mode == null) {
			return null;
		}
		return switch (mode) {
			case POOL -> WorkerMode.POOL;
			case LOOP -> WorkerMode.LOOP;
			case INLINE -> WorkerMode.INLINE;
			case VIRTUAL -> {
				if (JavaVersion.getJavaVersion().isOlderThan(JavaVersion.TWENTY_ONE)) {
					throw invalid(name + ".mode", "virtual", "Virtual threads need JDK 21 or later, and this is JDK "
							+ JavaVersion.getJavaVersion() + ". Run the application on a later one, or write pool.");
				}
				yield WorkerMode.VIRTUAL;
			}
		};
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(name, Objects.toString(value, ""), reason);
	}

	private record Entry(String name, RouteProperties route, PathPattern pattern, Set<String> methods) {

	}

}
