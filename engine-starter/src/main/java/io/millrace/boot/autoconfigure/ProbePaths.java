package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.millrace.core.http.PlainPath;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * The paths by which a server is watched on the port of the application: they have to
 * answer while everything else is full, or an orchestrator restarts what is only busy.
 */
class ProbePaths {

	private static final String ACTUATOR = "org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties";

	private static final Set<String> WATCHING = Set.of("health", "info", "metrics", "prometheus", "threaddump",
			"millrace");

	private static final String GROUPS = "management.endpoint.health.group";

	private final Environment environment;

	ProbePaths(Environment environment) {
		this.environment = environment;
	}

	/**
	 * The policies of these paths.
	 * @param context the context path of the application, empty for the root
	 * @return high priority, and no limit of time for the stream; nothing where there is
	 * no actuator
	 */
	List<RoutePolicy> policies(String context) {
		if (!ClassUtils.isPresent(ACTUATOR, getClass().getClassLoader())) {
			return List.of();
		}
		List<RoutePolicy> policies = new ArrayList<>();
		if (isSamePort()) {
			policies.add(stream(context, Priority.HIGH));
		}
		paths().forEach((path) -> policies.add(RoutePolicy.of(path, new Under(context + path), Priority.HIGH)));
		return policies;
	}

	/**
	 * The policies of a management server on a port of its own.
	 * @return that of the stream, nothing where there is no actuator
	 */
	List<RoutePolicy> managementPolicies() {
		return ClassUtils.isPresent(ACTUATOR, getClass().getClassLoader())
				? List.of(stream(managementContext(), Priority.NORMAL)) : List.of();
	}

	// As Boot cleans it.
	private String managementContext() {
		String path = StringUtils.trimTrailingCharacter(property("management.server.base-path", "").strip(), '/');
		return (path.isEmpty() || path.startsWith("/")) ? path : "/" + path;
	}

	// It lasts as long as its reader likes, whatever holds for requests that answer.
	private RoutePolicy stream(String context, Priority priority) {
		String path = context + base() + "/" + property("management.endpoints.web.path-mapping.millrace", "millrace")
				+ "/stream";
		return new RoutePolicy(path, (request) -> request.target().path().equals(path), null, 0, 0, Duration.ZERO,
				priority);
	}

	private String base() {
		return StringUtils.trimTrailingCharacter(property("management.endpoints.web.base-path", "/actuator"), '/');
	}

	private List<String> paths() {
		List<String> paths = new ArrayList<>();
		String base = base();
		if (isSamePort()) {
			paths.addAll(base.isEmpty() ? endpoints() : List.of(base));
		}
		if (this.environment.getProperty("management.endpoint.health.probes.add-additional-paths", Boolean.class,
				false)) {
			paths.addAll(List.of("/livez", "/readyz"));
		}
		// For example server:/healthz, on the application's port wherever the others are.
		ConfiguredKeys.under(this.environment, GROUPS)
			.stream()
			.filter((key) -> key.endsWith(".additional-path"))
			.map((key) -> property(key, ""))
			.filter((value) -> value.startsWith("server:/"))
			.forEach((value) -> paths.add(value.substring("server:".length())));
		return paths;
	}

	// Without a base they stand between the paths of the application: only those that are
	// exposed by their names are told apart, and of all of them those that watch.
	private List<String> endpoints() {
		Set<String> exposed = new LinkedHashSet<>(ids("include", Set.of("health")));
		if (exposed.remove("*")) {
			exposed.addAll(WATCHING);
		}
		exposed.removeAll(ids("exclude", Set.of()));
		return exposed.stream().map((id) -> "/" + property("management.endpoints.web.path-mapping." + id, id)).toList();
	}

	private Set<String> ids(String which, Set<String> otherwise) {
		return Binder.get(this.environment)
			.bind("management.endpoints.web.exposure." + which, Bindable.setOf(String.class))
			.orElse(otherwise);
	}

	private boolean isSamePort() {
		String port = property("management.server.port", "");
		return port.isEmpty() || port.equals(property("server.port", "8080"));
	}

	private String property(String name, String otherwise) {
		return this.environment.getProperty(name, otherwise);
	}

	/** A path and all below it. */
	private record Under(String path) implements Predicate<RequestHead> {

		@Override
		public boolean test(RequestHead request) {
			String asked = request.target().path();
			return asked.startsWith(this.path)
					&& (asked.length() == this.path.length() || asked.charAt(this.path.length()) == '/')
					// It leads elsewhere for whoever resolves it behind us.
					&& !PlainPath.of(asked).contains("..");
		}

	}

}
