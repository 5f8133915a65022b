package io.millrace.boot.autoconfigure;

import java.util.List;

import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.core.http.RateLimiter;
import io.millrace.core.http.RoutePolicy;
import io.millrace.ratelimit.LocalTokenBuckets;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the rate limit that the
 * properties ask for. A {@link RateLimiter} of the application takes its place.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "millrace.enabled", matchIfMissing = true)
@Conditional(OnRateLimitCondition.class)
@EnableConfigurationProperties(MillraceProperties.class)
public final class MillraceRateLimitAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RateLimiter millraceRateLimiter(MillraceProperties properties, Environment environment,
			ApplicationContext context) {
		require("io.github.bucket4j.Bucket", "Bucket4j", "com.bucket4j", "bucket4j_jdk17-core", "8.19.0");
		require("com.github.benmanes.caffeine.cache.Caffeine", "Caffeine", "com.github.ben-manes.caffeine", "caffeine",
				"");
		RateLimitProperties limit = properties.getRateLimit();
		ApplicationPaths paths = ApplicationPaths.of(environment, context instanceof ReactiveWebApplicationContext);
		List<RoutePolicy> probes = new ProbePaths(environment).policies(paths.context() + paths.dispatcher());
		return new ConfiguredRateLimit(limit, paths, probes)
			.limiter((each) -> new LocalTokenBuckets(each, limit.getMaxBuckets()));
	}

	private static void require(String type, String name, String group, String artifact, String version) {
		if (!ClassUtils.isPresent(type, MillraceRateLimitAutoConfiguration.class.getClassLoader())) {
			String line = version.isEmpty() ? "" : "\n        <version>" + version + "</version>";
			throw new UnsupportedFeatureException(OnRateLimitCondition.PREFIX, name + " is not on the class path.",
					"Add it:\n\n    <dependency>\n        <groupId>" + group + "</groupId>\n        <artifactId>"
							+ artifact + "</artifactId>" + line + "\n    </dependency>\n\nOr remove the properties.");
		}
	}

}
