package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import io.millrace.core.http.PlainPath;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RoutePolicy;
import io.millrace.ratelimit.RateLimit;
import io.millrace.ratelimit.RateLimitKey;
import io.millrace.ratelimit.RateLimitRule;
import io.millrace.ratelimit.RuleRateLimiter;
import io.millrace.ratelimit.TokenBuckets;
import io.millrace.ratelimit.TokenStore;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * From {@code millrace.rate-limit} to a limiter: everything that contradicts itself stops
 * start-up. Touches Bucket4j, which has to be on the class path.
 */
class ConfiguredRateLimit {

	private static final String HEADER = "header:";

	private final RateLimitProperties properties;

	private final ApplicationPaths paths;

	private final List<RoutePolicy> probes;

	/**
	 * Read the properties.
	 * @param properties the properties
	 * @param paths where the application stands
	 * @param probes what is never limited
	 */
	ConfiguredRateLimit(RateLimitProperties properties, ApplicationPaths paths, List<RoutePolicy> probes) {
		this.properties = properties;
		this.paths = paths;
		this.probes = probes;
	}

	/**
	 * The limiter.
	 * @param store where the buckets of a limit are
	 * @return the limiter
	 */
	RuleRateLimiter limiter(TokenStore store) {
		RateLimitKey key = key();
		List<Predicate<RequestHead>> matchers = matchers();
		TokenBuckets buckets = store.buckets(limit());
		List<RateLimitRule> rules = new ArrayList<>();
		this.probes.forEach((probe) -> rules.add(RateLimitRule.unlimited(probe.matcher())));
		matchers.forEach((matcher) -> rules.add(new RateLimitRule(matcher, key, buckets)));
		return new RuleRateLimiter(rules);
	}

	private RateLimit limit() {
		long capacity = this.properties.getCapacity();
		if (capacity < 1) {
			throw invalid("capacity", capacity,
					"It has to be 1 or more, so that any request can come. Leave out all of "
							+ OnRateLimitCondition.PREFIX + " for any number of requests.");
		}
		if (this.properties.getMaxBuckets() < 1) {
			throw invalid("max-buckets", this.properties.getMaxBuckets(), "The value has to be 1 or more.");
		}
		Long tokens = this.properties.getRefillTokens();
		long refill = (tokens != null) ? tokens : capacity;
		try {
			return new RateLimit(capacity, refill, this.properties.getRefillPeriod());
		}
		catch (IllegalArgumentException ex) {
			String message = String.valueOf(ex.getMessage());
			boolean period = message.startsWith("refillPeriod");
			String rule = message.substring(message.indexOf(' ') + 1, message.indexOf(", and is "));
			throw invalid(period ? "refill-period" : "refill-tokens",
					period ? this.properties.getRefillPeriod() : refill, "The value " + rule + ".");
		}
	}

	private RateLimitKey key() {
		String key = this.properties.getKey().strip();
		if (key.startsWith(HEADER) && key.substring(HEADER.length()).strip().matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
			return RateLimitKey.header(key.substring(HEADER.length()).strip());
		}
		return switch (key) {
			case "client" -> RateLimitKey.CLIENT;
			case "global" -> RateLimitKey.GLOBAL;
			default -> throw invalid("key", key, "It has to be client, global, or header: with the name of a header "
					+ "field, for example header:X-Api-Key.");
		};
	}

	private List<Predicate<RequestHead>> matchers() {
		List<String> patterns = this.properties.getPaths();
		if (patterns.isEmpty()) {
			return List.of((request) -> true);
		}
		List<Predicate<RequestHead>> matchers = new ArrayList<>();
		for (int i = 0; i < patterns.size(); i++) {
			matchers.add(matcher("paths[" + i + "]", patterns.get(i)));
		}
		return matchers;
	}

	private Predicate<RequestHead> matcher(String name, String pattern) {
		if (!pattern.startsWith("/")) {
			throw invalid(name, pattern, "No path matches: it has to start with a slash. Write /" + pattern + ".");
		}
		try {
			RouteMatcher matcher = new RouteMatcher(Set.of(), this.paths.context(),
					PathPatternParser.defaultInstance.parse(pattern));
			// What somebody behind us may read as another path is limited in any case.
			return (request) -> matcher.test(request)
					|| RouteMatcher.isAmbiguous(PlainPath.of(request.target().path()));
		}
		catch (PatternParseException ex) {
			throw invalid(name, pattern, "It is no pattern: " + ex.toDetailedString().strip());
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(OnRateLimitCondition.PREFIX + "." + name,
				Objects.toString(value, ""), reason);
	}

}
