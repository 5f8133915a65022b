package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.WorkerMode;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;

/**
 * Adds what {@link io.millrace.boot.MillraceRoute @MillraceRoute} says, when the engine
 * starts: when the server is made there are no handler mappings yet. Not for the
 * management server.
 */
public class MillraceRouteCustomizer implements WebServerFactoryCustomizer<MillraceWebServerFactory>, Ordered {

	private final ObjectProvider<MappedHandlers> handlers;

	private final ApplicationContext context;

	/**
	 * Create a customizer.
	 * @param handlers tell to which methods requests are mapped
	 * @param context the context of the server
	 */
	public MillraceRouteCustomizer(ObjectProvider<MappedHandlers> handlers, ApplicationContext context) {
		this.handlers = handlers;
		this.context = context;
	}

	@Override
	public int getOrder() {
		return 1;
	}

	@Override
	public void customize(MillraceWebServerFactory factory) {
		if (!WebServerApplicationContext.hasServerNamespace(this.context, "management")) {
			factory.addEngineCustomizers((builder) -> builder.atStart(this::addRoutes));
		}
	}

	private static boolean carriesThreads(EngineConfig config) {
		return (config.workerPool() == null && config.worker().mode() == WorkerMode.LOOP)
				|| config.policies().stream().anyMatch((policy) -> policy.mode() == WorkerMode.LOOP);
	}

	// Behind all others: operators overrule code, and probes answer whatever is
	// annotated.
	private void addRoutes(EngineConfig.Builder builder) {
		List<MappedHandler> mapped = this.handlers.stream().flatMap((each) -> each.find().stream()).toList();
		AnnotatedRoutes annotated = new AnnotatedRoutes(mapped, this.context.getEnvironment());
		EngineConfig current = builder.build();
		annotated.checkLoops(carriesThreads(current));
		List<RoutePolicy> policies = new ArrayList<>(current.policies());
		policies.addAll(annotated.policies());
		builder.policies(policies);
		if (annotated.usesPriorities()) {
			builder.worker(current.worker().withLanes());
		}
		new UnmappedRoutes(this.context).warn(mapped);
	}

}
