package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import io.millrace.core.http.PlainPath;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;

import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * The paths by which a server is watched on the port of the application: they have to
 * answer while everything else is full, or an orchestrator restarts what is only busy.
 */
class ProbePaths {

	private static final String ACTUATOR = "org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties";

	private static final String GROUPS = "management.endpoint.health.group";

	private final Environment environment;

	ProbePaths(Environment environment) {
		this.environment = environment;
	}

	/**
	 * The policies of these paths.
	 * @param context the context path of the application, empty for the root
	 * @return high priority, nothing where there is no actuator
	 */
	List<RoutePolicy> policies(String context) {
		if (!ClassUtils.isPresent(ACTUATOR, getClass().getClassLoader())) {
			return List.of();
		}
		return paths().stream().map((path) -> RoutePolicy.of(path, new Under(context + path), Priority.HIGH)).toList();
	}

	private List<String> paths() {
		List<String> paths = new ArrayList<>();
		String base = StringUtils.trimTrailingCharacter(property("management.endpoints.web.base-path", "/actuator"),
				'/');
		if (isSamePort() && !base.isEmpty()) {
			paths.add(base);
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
