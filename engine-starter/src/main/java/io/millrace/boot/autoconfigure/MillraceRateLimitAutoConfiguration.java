package io.millrace.boot.autoconfigure;

import java.util.List;

import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.core.http.RateLimiter;
import io.millrace.core.http.RoutePolicy;
import io.millrace.ratelimit.LocalTokenBuckets;
import io.millrace.ratelimit.TokenStore;
import io.millrace.ratelimit.redis.RedisTokenStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the rate limit that the
 * properties ask for. A {@link RateLimiter} of the application takes its place.
 */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty(name = "millrace.enabled", matchIfMissing = true)
@Conditional(OnRateLimitCondition.class)
@EnableConfigurationProperties(MillraceProperties.class)
public final class MillraceRateLimitAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RateLimiter millraceRateLimiter(MillraceProperties properties, Environment environment, ApplicationContext context,
			ObjectProvider<TokenStore> stores) {
		RateLimitProperties limit = properties.getRateLimit();
		RateLimitLibraries.check(limit.getStore(), getClass().getClassLoader());
		ApplicationPaths paths = ApplicationPaths.of(environment, context instanceof ReactiveWebApplicationContext);
		List<RoutePolicy> probes = new ProbePaths(environment).policies(paths.context() + paths.dispatcher());
		return new ConfiguredRateLimit(limit, paths, probes).limiter(store(limit, stores));
	}

	private static TokenStore store(RateLimitProperties properties, ObjectProvider<TokenStore> stores) {
		if (properties.getStore() == RateLimitProperties.Store.LOCAL) {
			return (limit) -> new LocalTokenBuckets(limit, properties.getMaxBuckets());
		}
		TokenStore shared = stores.getIfAvailable();
		if (shared == null) {
			throw new UnsupportedFeatureException(OnRateLimitCondition.PREFIX + ".store=redis",
					"The application has no LettuceConnectionFactory.",
					"Configure one by spring.data.redis, with Lettuce as its client, or set the store to local.");
		}
		return shared;
	}

	/**
	 * Buckets in the Redis of the application.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RedisClient.class, LettuceConnectionFactory.class, Bucket4jLettuce.class })
	@ConditionalOnProperty(name = "millrace.rate-limit.store", havingValue = "redis")
	static class RedisConfiguration {

		@Bean
		@ConditionalOnBean(LettuceConnectionFactory.class)
		@ConditionalOnMissingBean({ TokenStore.class, RateLimiter.class })
		RedisTokenStore millraceRedisTokenStore(LettuceConnectionFactory redis, MillraceProperties properties) {
			RateLimitProperties.Redis options = properties.getRateLimit().getRedis();
			if (options.getTimeout().isZero() || options.getTimeout().isNegative()) {
				throw new InvalidConfigurationPropertyValueException(OnRateLimitCondition.PREFIX + ".redis.timeout",
						options.getTimeout(), "The value has to be more than 0.");
			}
			return new RedisTokenStore(redis::getRequiredNativeClient, options.getKeyPrefix(), options.getTimeout(),
					options.isFailOpen());
		}

	}

}
