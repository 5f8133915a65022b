package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.web.util.pattern.PathPattern;

/**
 * From {@link io.millrace.boot.MillraceRoute @MillraceRoute} to policies. Of several
 * mappings that match a request Spring takes the most specific one, and so does the
 * engine: methods without annotation that stand before an annotated one take part.
 */
class AnnotatedRoutes {

	// As Spring compares mappings, as far as the engine sees it.
	private static final Comparator<Mapping> ORDER = Comparator
		.comparing(Mapping::pattern, PathPattern.SPECIFICITY_COMPARATOR)
		.thenComparing((mapping) -> mapping.handler.methods().isEmpty());

	private final List<Mapping> mappings = new ArrayList<>();

	/**
	 * Read the annotations.
	 * @param handlers the methods that Spring maps requests to
	 * @param environment for placeholders
	 * @throws InvalidRouteException where something contradicts itself, or the engine
	 * cannot tell apart what is run differently
	 */
	AnnotatedRoutes(List<MappedHandler> handlers, Environment environment) {
		for (MappedHandler handler : handlers) {
			AnnotatedRoute route = AnnotatedRoute.of(handler, environment);
			for (PathPattern pattern : handler.patterns()) {
				this.mappings.add(new Mapping(handler, pattern, route));
			}
		}
		if (this.mappings.stream().allMatch((mapping) -> mapping.route == null)) {
			this.mappings.clear();
		}
		checkToldApart();
		this.mappings.sort(ORDER);
	}

	/**
	 * Check that there are event loops that can carry virtual threads, where that is
	 * asked for: they are made before the annotations are known.
	 * @param carrying whether there are
	 * @throws InvalidRouteException where there are none
	 */
	void checkLoops(boolean carrying) {
		for (Mapping mapping : this.mappings) {
			if (!carrying && mapping.route != null && mapping.route.route().getMode() == RouteProperties.Mode.LOOP) {
				throw mapping.route.invalid("mode", "LOOP",
						"Event loops that carry virtual threads are made before controllers are known. Set "
								+ "millrace.worker.mode=loop too, or write a route of millrace.routes[] with mode=loop.");
			}
		}
	}

	/**
	 * Whether some requests go before others.
	 * @return whether the queue needs lanes
	 */
	boolean usesPriorities() {
		return this.mappings.stream()
			.anyMatch((mapping) -> mapping.route != null && mapping.route.route().getPriority() != Priority.NORMAL);
	}

	/**
	 * The policies, the most specific pattern first.
	 * @return the policies, none where there is no annotation
	 */
	List<RoutePolicy> policies() {
		List<RoutePolicy> policies = new ArrayList<>();
		List<Mapping> annotated = new ArrayList<>();
		for (int i = this.mappings.size() - 1; i >= 0; i--) {
			Mapping mapping = this.mappings.get(i);
			if (mapping.route != null) {
				annotated.add(mapping);
				policies.add(RouteRules.policy(mapping.route.name(), mapping.matcher(), mapping.route.route()));
			}
			else if (annotated.stream().anyMatch(mapping::mayMeet)) {
				policies.add(RoutePolicy.usual(mapping.handler.toString(), mapping.matcher()));
			}
		}
		Collections.reverse(policies);
		return policies;
	}

	// Spring has more to tell them apart, or it would not have started.
	private void checkToldApart() {
		Map<String, List<Mapping>> alike = new HashMap<>();
		for (Mapping mapping : this.mappings) {
			List<Mapping> others = alike.computeIfAbsent(PathPatterns.withoutNames(mapping.pattern),
					(pattern) -> new ArrayList<>(1));
			others.forEach((other) -> other.checkToldApart(mapping));
			others.add(mapping);
		}
	}

	private record Mapping(MappedHandler handler, PathPattern pattern, @Nullable AnnotatedRoute route) {

		RouteMatcher matcher() {
			return new RouteMatcher(this.handler.methods(), this.handler.context(), this.pattern,
					this.handler.caseSensitive());
		}

		boolean mayMeet(Mapping other) {
			return sharesMethods(other) && PathPatterns.mayMeet(this.pattern, other.pattern);
		}

		private boolean sharesMethods(Mapping other) {
			return this.handler.methods().isEmpty() || other.handler.methods().isEmpty()
					|| !Collections.disjoint(this.handler.methods(), other.handler.methods());
		}

		// Of two that differ in that, Spring takes the one that names the method.
		private boolean areBothForAllMethodsOrNeither(Mapping other) {
			return this.handler.methods().isEmpty() == other.handler.methods().isEmpty();
		}

		private boolean isLike(Mapping other) {
			return (this.route != null && other.route != null) ? this.route.isLike(other.route)
					: this.route == other.route;
		}

		void checkToldApart(Mapping other) {
			if (!isLike(other) && areBothForAllMethodsOrNeither(other) && sharesMethods(other)) {
				throw new InvalidRouteException("@MillraceRoute of " + ((this.route != null) ? this : other).handler,
						"The engine decides by path and method alone, and " + this.handler + " and " + other.handler
								+ ", which are to be run differently, both have " + this.pattern
								+ ". Annotate them alike, or give them paths or methods of their own.");
			}
		}

	}

}
