package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import io.millrace.boot.MillraceWebServerFactory;
import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.http3.Http3Options;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.boot.web.server.reactive.ConfigurableReactiveWebServerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Applies the properties that mean the same to servlet and reactive applications. The
 * management server on a port of its own gets them too, but for three: it has one event
 * loop, nothing limits how many requests are in flight, and it speaks no HTTP/3.
 */
public class MillraceWebServerFactoryCustomizer
		implements WebServerFactoryCustomizer<MillraceWebServerFactory>, Ordered {

	private static final String MANAGEMENT_SSL = "management.server.ssl";

	private final Environment environment;

	private final ServerProperties serverProperties;

	private final MillraceProperties properties;

	private final ObjectProvider<Admission> admission;

	private final boolean management;

	/**
	 * Create a customizer.
	 * @param environment tells of virtual threads and of the cloud
	 * @param serverProperties Boot's properties
	 * @param properties our properties
	 * @param admission the application's own, if it has one
	 * @param management whether it is the management server on a port of its own
	 */
	public MillraceWebServerFactoryCustomizer(Environment environment, ServerProperties serverProperties,
			MillraceProperties properties, ObjectProvider<Admission> admission, boolean management) {
		this.environment = environment;
		this.serverProperties = serverProperties;
		this.properties = properties;
		this.admission = admission;
		this.management = management;
	}

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public void customize(MillraceWebServerFactory factory) {
		// Boot sets it for servlet applications only.
		factory.setServerHeader(this.serverProperties.getServerHeader());
		factory.getEngineCustomizers()
			.add(0, new PropertiesEngineCustomizer(this.properties, this.serverProperties.getMaxHttpRequestHeaderSize(),
					workerMode(), isForwarded(), policies(factory)));
		factory.getEngineCustomizers().add(1, new ConfiguredCompression(this.properties, uncompressed(factory)));
		if (this.management) {
			// Without these it has those of the application.
			if (!ConfiguredKeys.under(this.environment, MANAGEMENT_SSL).isEmpty()) {
				factory.setSslProperty(MANAGEMENT_SSL);
			}
			factory.getEngineCustomizers().add(1, (builder) -> builder.eventLoops(1));
		}
		else {
			Admission limit = new ConfiguredAdmission(this.properties.getAdmission(), this.environment)
				.orElse(this.admission.getIfAvailable());
			factory.getEngineCustomizers().add(1, (builder) -> builder.admission(limit));
			Http3Options http3 = ConfiguredHttp3.options(this.properties.getHttp3());
			factory.getEngineCustomizers().add(2, (builder) -> builder.http3(http3));
			factory.getEngineCustomizers().add(3, new ListenersEngineCustomizer(this.properties, factory));
			new ForeignServerKeys(this.environment).warn();
		}
	}

	// What the application says itself stands above what goes without saying. All that
	// the management server serves is about the application, and has threads of its own.
	private List<RoutePolicy> policies(MillraceWebServerFactory factory) {
		if (this.management) {
			return new ProbePaths(this.environment).managementPolicies();
		}
		ApplicationPaths paths = paths(factory);
		List<RoutePolicy> policies = new ArrayList<>(
				new ConfiguredRoutes(this.properties.getRoutes()).policies(paths.context()));
		policies.addAll(new ProbePaths(this.environment).policies(paths.context() + paths.dispatcher()));
		return policies;
	}

	private Predicate<RequestHead> uncompressed(MillraceWebServerFactory factory) {
		if (this.management) {
			return (request) -> false;
		}
		return new ConfiguredRoutes(this.properties.getRoutes()).uncompressed(paths(factory).context());
	}

	private ApplicationPaths paths(MillraceWebServerFactory factory) {
		boolean reactive = factory instanceof ConfigurableReactiveWebServerFactory;
		return ApplicationPaths.of(this.environment, reactive);
	}

	private WorkerMode workerMode() {
		return switch (this.properties.getWorker().getMode()) {
			case AUTO -> Threading.VIRTUAL.isActive(this.environment) ? WorkerMode.VIRTUAL : WorkerMode.POOL;
			case POOL -> WorkerMode.POOL;
			case VIRTUAL -> virtual(JavaVersion.getJavaVersion());
			// Whether it is to be had, the engine says.
			case LOOP -> WorkerMode.LOOP;
			case INLINE -> WorkerMode.INLINE;
		};
	}

	static WorkerMode virtual(JavaVersion version) {
		if (version.isOlderThan(JavaVersion.TWENTY_ONE)) {
			throw new UnsupportedFeatureException("millrace.worker.mode=virtual",
					"Virtual threads need JDK 21 or later, and this is JDK " + version + ".",
					"Run the application on JDK 21 or later, or set millrace.worker.mode=auto.");
		}
		return WorkerMode.VIRTUAL;
	}

	// As every server of Boot does it.
	private boolean isForwarded() {
		ForwardHeadersStrategy strategy = this.serverProperties.getForwardHeadersStrategy();
		if (strategy == null) {
			CloudPlatform platform = CloudPlatform.getActive(this.environment);
			return platform != null && platform.isUsingForwardHeaders();
		}
		return strategy == ForwardHeadersStrategy.NATIVE;
	}

}
