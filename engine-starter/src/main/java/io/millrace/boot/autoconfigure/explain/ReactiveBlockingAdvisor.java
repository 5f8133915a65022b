package io.millrace.boot.autoconfigure.explain;

import java.util.List;
import java.util.function.Consumer;

import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.WorkerMode;

import org.springframework.util.ClassUtils;

/**
 * Looks for what blocks in applications that must not.
 */
class ReactiveBlockingAdvisor implements Advisor {

	private static final List<String> BLOCKING = List.of("javax.sql.DataSource",
			"jakarta.persistence.EntityManagerFactory", "org.springframework.web.client.RestTemplate");

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		if (!situation.reactive() || hasThreads(situation)) {
			return;
		}
		ClassLoader loader = getClass().getClassLoader();
		for (String type : BLOCKING) {
			if (ClassUtils.isPresent(type, loader)) {
				String[] names = situation.beans()
					.getBeanNamesForType(ClassUtils.resolveClassName(type, loader), true, false);
				if (names.length > 0) {
					advice.accept(Advice.warning("reactive-blocking",
							"this WebFlux application has a bean of type " + type + " (" + names[0] + "), which blocks",
							"A handler that calls it keeps all connections of its event loop waiting, probes among them",
							"a route with mode: pool or virtual for the paths that use it (millrace.routes), or a scheduler of "
									+ "the application's own (publishOn(Schedulers.newBoundedElastic(...))): with "
									+ "Schedulers.boundedElastic() the actuator, which runs there, waits behind the handlers"));
					return;
				}
			}
		}
	}

	private static boolean hasThreads(Situation situation) {
		return situation.config()
			.policies()
			.stream()
			.map(RoutePolicy::mode)
			.anyMatch((mode) -> mode != null && mode != WorkerMode.INLINE);
	}

}
