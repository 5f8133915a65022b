package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.Objects;

import io.millrace.boot.MillraceRoute;
import io.millrace.core.worker.Priority;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.env.Environment;

/**
 * What {@link MillraceRoute @MillraceRoute} says of a method: its own attributes, and for
 * those that it does not give those of its class.
 */
final class AnnotatedRoute implements RouteRules.Source {

	private final MappedHandler handler;

	private final MergedAnnotation<MillraceRoute> own;

	private final MergedAnnotation<MillraceRoute> common;

	private final RouteProperties route;

	private AnnotatedRoute(MappedHandler handler, MergedAnnotation<MillraceRoute> own,
			MergedAnnotation<MillraceRoute> common, Environment environment) {
		this.handler = handler;
		this.own = own;
		this.common = common;
		this.route = read(environment);
	}

	/**
	 * Read what is said of a method.
	 * @param handler the method
	 * @param environment for placeholders
	 * @return {@code null} where nothing is said
	 * @throws InvalidRouteException where it contradicts itself
	 */
	static @Nullable AnnotatedRoute of(MappedHandler handler, Environment environment) {
		MergedAnnotation<MillraceRoute> own = MergedAnnotations.from(handler.method(), SearchStrategy.TYPE_HIERARCHY)
			.get(MillraceRoute.class);
		MergedAnnotation<MillraceRoute> common = MergedAnnotations.from(handler.type(), SearchStrategy.TYPE_HIERARCHY)
			.get(MillraceRoute.class);
		return (own.isPresent() || common.isPresent()) ? new AnnotatedRoute(handler, own, common, environment) : null;
	}

	private RouteProperties read(Environment environment) {
		checkSaysSomething(this.own, this.handler.toString());
		checkSaysSomething(this.common, this.handler.type().getName());
		if (isGiven(this.own, "queue") && !isGiven(this.own, "maxConcurrency")
				&& isGiven(this.common, "maxConcurrency")) {
			throw invalid("queue", number("queue"), "The requests of the method wait together with all others of "
					+ "its class. Give it a maxConcurrency of its own too, or the class the queue.");
		}
		RouteProperties route = new RouteProperties();
		if (given("mode").isPresent()) {
			route.setMode(RouteProperties.Mode.valueOf(given("mode").getEnum("mode", MillraceRoute.Mode.class).name()));
		}
		route.setMaxConcurrency(number("maxConcurrency"));
		route.setQueue(number("queue"));
		route.setTimeout(timeout(environment));
		if (given("priority").isPresent()) {
			route.setPriority(
					Priority.valueOf(given("priority").getEnum("priority", MillraceRoute.Priority.class).name()));
		}
		RouteRules.check(route, this);
		return route;
	}

	private static void checkSaysSomething(MergedAnnotation<MillraceRoute> annotation, String where) {
		if (annotation.isPresent() && annotation.filterDefaultValues().asMap().isEmpty()) {
			throw new InvalidRouteException("@MillraceRoute of " + where,
					"It says nothing. Give it a mode, maxConcurrency, a timeout or a priority, or leave it out.");
		}
	}

	private @Nullable Integer number(String attribute) {
		MergedAnnotation<MillraceRoute> given = given(attribute);
		return given.isPresent() ? given.getInt(attribute) : null;
	}

	private @Nullable Duration timeout(Environment environment) {
		MergedAnnotation<MillraceRoute> given = given("timeout");
		if (!given.isPresent()) {
			return null;
		}
		String text = given.getString("timeout");
		try {
			return DurationStyle.detectAndParse(environment.resolveRequiredPlaceholders(text).strip());
		}
		catch (IllegalArgumentException ex) {
			throw invalid("timeout", text, ex.getMessage() + ". Write for example 20s or 500ms.");
		}
	}

	private MergedAnnotation<MillraceRoute> given(String attribute) {
		if (isGiven(this.own, attribute)) {
			return this.own;
		}
		return isGiven(this.common, attribute) ? this.common : MergedAnnotation.missing();
	}

	private static boolean isGiven(MergedAnnotation<MillraceRoute> annotation, String attribute) {
		return annotation.isPresent() && annotation.hasNonDefaultValue(attribute);
	}

	MappedHandler handler() {
		return this.handler;
	}

	RouteProperties route() {
		return this.route;
	}

	/**
	 * Whether two methods are run alike, so that it does not matter which of them it is.
	 * @param other another one
	 * @return whether they say the same, and share their bulkhead or have none
	 */
	boolean isLike(AnnotatedRoute other) {
		return this.route.getMode() == other.route.getMode() && this.route.getPriority() == other.route.getPriority()
				&& Objects.equals(this.route.getTimeout(), other.route.getTimeout())
				&& Objects.equals(this.route.getMaxConcurrency(), other.route.getMaxConcurrency())
				&& Objects.equals(this.route.getQueue(), other.route.getQueue());
	}

	/**
	 * How messages name it: by where its bulkhead stands, which those share that stand in
	 * the same place.
	 * @return the class or the method
	 */
	String name() {
		boolean shared = given("maxConcurrency") == this.common && this.common.isPresent();
		return "@MillraceRoute of " + (shared ? this.handler.type().getName() : this.handler.toString());
	}

	@Override
	public String name(String key) {
		return key.equals("max-concurrency") ? "maxConcurrency" : key;
	}

	@Override
	public InvalidRouteException invalid(String key, @Nullable Object value, String reason) {
		String attribute = name(key);
		boolean atClass = given(attribute) == this.common && this.common.isPresent();
		return new InvalidRouteException("@MillraceRoute(" + attribute + " = " + value + ") of "
				+ (atClass ? this.handler.type().getName() : this.handler.toString()), reason);
	}

}
