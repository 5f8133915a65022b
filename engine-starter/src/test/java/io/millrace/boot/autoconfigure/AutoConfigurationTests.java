package io.millrace.boot.autoconfigure;

import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.boot.autoconfigure.actuate.MillraceEndpointAutoConfiguration;
import io.millrace.boot.autoconfigure.actuate.MillraceHealthContributorAutoConfiguration;
import io.millrace.boot.autoconfigure.actuate.dashboard.MillraceDashboardAutoConfiguration;
import io.millrace.boot.autoconfigure.metrics.MillraceMetricsAutoConfiguration;
import io.millrace.boot.autoconfigure.reactive.MillraceReactiveManagementContextAutoConfiguration;
import io.millrace.boot.autoconfigure.reactive.MillraceReactiveWebServerAutoConfiguration;
import io.millrace.boot.autoconfigure.reactive.MillraceReactorAutoConfiguration;
import io.millrace.boot.autoconfigure.servlet.MillraceServletManagementContextAutoConfiguration;
import io.millrace.boot.autoconfigure.servlet.MillraceServletWebServerAutoConfiguration;
import io.millrace.boot.autoconfigure.tracing.MillraceTracingAutoConfiguration;
import io.millrace.boot.reactive.MillraceReactiveWebServerFactory;
import io.millrace.boot.servlet.MillraceServletWebServerFactory;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who steps back for whom, and what is left where something is not on the class path.
 */
class AutoConfigurationTests {

	private static final AutoConfigurations ALL = AutoConfigurations.of(MillraceServletWebServerAutoConfiguration.class,
			MillraceReactiveWebServerAutoConfiguration.class, MillraceReactorAutoConfiguration.class,
			MillraceServletManagementContextAutoConfiguration.class,
			MillraceReactiveManagementContextAutoConfiguration.class, TomcatServletWebServerAutoConfiguration.class,
			TomcatReactiveWebServerAutoConfiguration.class, NettyReactiveWebServerAutoConfiguration.class);

	private final WebApplicationContextRunner servlet = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withConfiguration(ALL)
		.withPropertyValues("server.port=0");

	private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner(
			AnnotationConfigReactiveWebServerApplicationContext::new)
		.withConfiguration(ALL)
		.withPropertyValues("server.port=0")
		.withBean(HttpHandler.class, () -> (request, response) -> Mono.empty());

	@Test
	void allOfThemAreRegistered() {
		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()).getCandidates())
			.filteredOn((name) -> name.startsWith("io.millrace."))
			.containsExactlyInAnyOrder(MillraceRateLimitAutoConfiguration.class.getName(),
					MillraceAccessLogAutoConfiguration.class.getName(), MillraceJfrAutoConfiguration.class.getName(),
					MillraceMetricsAutoConfiguration.class.getName(), MillraceTracingAutoConfiguration.class.getName(),
					MillraceEndpointAutoConfiguration.class.getName(),
					MillraceHealthContributorAutoConfiguration.class.getName(),
					MillraceDashboardAutoConfiguration.class.getName(),
					MillraceServletWebServerAutoConfiguration.class.getName(),
					MillraceReactiveWebServerAutoConfiguration.class.getName(),
					MillraceReactorAutoConfiguration.class.getName(),
					MillraceServletManagementContextAutoConfiguration.class.getName(),
					MillraceReactiveManagementContextAutoConfiguration.class.getName());
	}

	@Test
	void thereIsOneFactoryAndItIsOurs() {
		this.servlet.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(ServletWebServerFactory.class)
			.hasSingleBean(MillraceServletWebServerFactory.class)
			.doesNotHaveBean(MillraceReactiveWebServerFactory.class));
		this.reactive.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(ReactiveWebServerFactory.class)
			.hasSingleBean(MillraceReactiveWebServerFactory.class)
			.doesNotHaveBean(MillraceServletWebServerFactory.class));
	}

	@Test
	void withoutBootsServersNothingIsMissing() {
		FilteredClassLoader alone = new FilteredClassLoader("org.apache.catalina", "org.apache.tomcat", "reactor.netty",
				"org.springframework.boot.tomcat", "org.springframework.boot.reactor.netty");
		this.servlet.withClassLoader(alone)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(MillraceServletWebServerFactory.class)
				.doesNotHaveBean(ReactorResourceFactory.class));
		this.reactive.withClassLoader(alone)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(MillraceReactiveWebServerFactory.class)
				.doesNotHaveBean(ReactorResourceFactory.class));
	}

	@Test
	void aServletApplicationNeedsNoReactor() {
		this.servlet.withClassLoader(new FilteredClassLoader("reactor", "org.reactivestreams"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(MillraceServletWebServerFactory.class));
	}

	@Test
	void aReactiveApplicationNeedsNoServlets() {
		this.reactive.withClassLoader(new FilteredClassLoader("jakarta.servlet", "org.apache.catalina"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(MillraceReactiveWebServerFactory.class));
	}

	@Test
	void withoutWebStackThereIsNothingOfUs() {
		new ApplicationContextRunner().withConfiguration(ALL)
			.withClassLoader(new FilteredClassLoader("org.springframework.web", "jakarta.servlet", "reactor",
					"org.springframework.http"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MillraceProperties.class)
				.doesNotHaveBean(ServerProperties.class));
	}

	@Test
	void withMillraceDisabledThereIsNothingOfUs() {
		this.servlet.withPropertyValues("millrace.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MillraceServletWebServerFactory.class)
				.doesNotHaveBean(MillraceProperties.class)
				.hasSingleBean(ServletWebServerFactory.class));
		this.reactive.withPropertyValues("millrace.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MillraceReactiveWebServerFactory.class)
				.doesNotHaveBean(MillraceProperties.class)
				.hasSingleBean(ReactiveWebServerFactory.class));
	}

	@Test
	void theManagementContextIsOursWhereThePortIsAnother() {
		this.servlet.run((context) -> assertThat(context).doesNotHaveBean(ManagementContextFactory.class));
		this.servlet.withPropertyValues("management.server.port=0")
			.run((context) -> assertThat(context).hasSingleBean(ManagementContextFactory.class)
				.hasBean("millraceServletManagementContextFactory"));
		this.reactive.withPropertyValues("management.server.port=0")
			.run((context) -> assertThat(context).hasSingleBean(ManagementContextFactory.class)
				.hasBean("millraceReactiveManagementContextFactory"));
	}

	@Test
	void resourcesOfTheApplicationsOwnStandAboveOurs() {
		this.reactive.withBean("own", ReactorResourceFactory.class, ReactorResourceFactory::new)
			.run((context) -> assertThat(context).hasSingleBean(ReactorResourceFactory.class).hasBean("own"));
	}

	@Test
	void reactorNettyHasToBeThereToServe() {
		this.reactive.withClassLoader(new FilteredClassLoader("reactor.netty"))
			.withPropertyValues("millrace.engine=reactor-netty")
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(UnsupportedFeatureException.class)
				.rootCause()
				.hasMessageContaining("Reactor Netty is not on the class path")
				.hasMessageContaining("spring-boot-starter-reactor-netty"));
	}

}
