package io.millrace.boot.autoconfigure;

import java.net.http.HttpResponse;

import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.core.http.RateLimiter;
import io.millrace.ratelimit.redis.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Applications that say how many requests may come.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class RateLimitTests {

	private static final String TWO = "millrace.rate-limit.capacity=2";

	private static final String HOUR = "millrace.rate-limit.refill-period=1h";

	private static TestServer start(String type, String... properties) {
		return type.equals("servlet") ? TestServer.servlet(Application.class, properties)
				: TestServer.reactive(Application.class, properties);
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void aClientThatSendsMoreIsToldWhenToComeBackAndProbesAreAnswered(String type) throws Exception {
		try (TestServer server = start(type, TWO, HOUR)) {
			assertThat(server.get("/hello/a").statusCode()).isEqualTo(200);
			assertThat(server.get("/hello/b").statusCode()).isEqualTo(200);
			HttpResponse<String> refused = server.get("/hello/c");
			assertThat(refused.statusCode()).isEqualTo(429);
			assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1700L, 1800L);
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void behindATrustedProxyClientsAreWhomItSays() throws Exception {
		try (TestServer server = start("servlet", TWO, HOUR, "server.forward-headers-strategy=native")) {
			for (int i = 0; i < 2; i++) {
				assertThat(server.get("/hello/a", "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(200);
				assertThat(server.get("/hello/a", "X-Forwarded-For", "2001:db8::" + i).statusCode()).isEqualTo(200);
			}
			assertThat(server.get("/hello/a", "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(429);
			assertThat(server.get("/hello/a", "X-Forwarded-For", "2001:db8::99").statusCode()).isEqualTo(429);
			assertThat(server.get("/hello/a", "X-Forwarded-For", "2001:db8:0:1::").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void whatAStrangerSaysOfItselfCountsForNothing() throws Exception {
		try (TestServer server = start("servlet", TWO, HOUR, "server.forward-headers-strategy=native",
				"millrace.forwarded.trusted-proxies=192.0.2.0/24")) {
			assertThat(server.get("/hello/a", "X-Forwarded-For", "198.51.100.1").statusCode()).isEqualTo(200);
			assertThat(server.get("/hello/a", "X-Forwarded-For", "198.51.100.2").statusCode()).isEqualTo(200);
			assertThat(server.get("/hello/a", "X-Forwarded-For", "198.51.100.3").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void aHeaderMayTellWhoSharesABucket() throws Exception {
		String long1 = "k".repeat(5000) + "1";
		String long2 = "k".repeat(5000) + "2";
		try (TestServer server = start("servlet", TWO, HOUR, "millrace.rate-limit.key=header:X-Api-Key")) {
			for (String key : new String[] { "one", "two", long1, long2 }) {
				assertThat(server.get("/hello/a", "X-Api-Key", key).statusCode()).isEqualTo(200);
				assertThat(server.get("/hello/a", "x-api-key", key).statusCode()).isEqualTo(200);
				assertThat(server.get("/hello/a", "X-Api-Key", key).statusCode()).isEqualTo(429);
			}
			assertThat(server.get("/hello/a").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource({ "servlet, server.servlet.context-path", "reactive, spring.webflux.base-path" })
	void onlyThePathsThatAreNamedAreLimited(String type, String contextPath) throws Exception {
		try (TestServer server = start(type, TWO, HOUR, "millrace.rate-limit.paths=/hello/a,/hello/{x}/**",
				"millrace.rate-limit.key=global", contextPath + "=/desk")) {
			for (int i = 0; i < 2; i++) {
				assertThat(server.get("/desk/hello/a").statusCode()).isEqualTo(200);
			}
			assertThat(server.get("/desk/hello/%61").statusCode()).isEqualTo(429);
			assertThat(server.get("/desk/other").statusCode()).isEqualTo(200);
			assertThat(server.get("/desk/other").statusCode()).isEqualTo(200);
			assertThat(server.get("/desk/other").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void theManagementServerIsNotLimited() throws Exception {
		try (TestServer server = start("servlet", "millrace.rate-limit.capacity=1", HOUR, "management.server.port=0")) {
			assertThat(server.get("/hello/a").statusCode()).isEqualTo(200);
			assertThat(server.get("/hello/a").statusCode()).isEqualTo(429);
			for (int i = 0; i < 3; i++) {
				assertThat(server.get(server.managementPort(), "/actuator/health").statusCode()).isEqualTo(200);
			}
		}
	}

	@Test
	void aLimiterOfTheApplicationTakesThePlaceOfOurs() throws Exception {
		try (TestServer server = TestServer.servlet(OwnLimiter.class, TWO)) {
			HttpResponse<String> refused = server.get("/hello/a");
			assertThat(refused.statusCode()).isEqualTo(429);
			assertThat(refused.headers().firstValue("Retry-After")).contains("7");
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void withoutAskingForItThereIsNone() {
		try (TestServer server = start("servlet", "millrace.rate-limit.capacity=0", HOUR)) {
			assertThat(server.context().getBeansOfType(RateLimiter.class)).isEmpty();
			assertThat(server.millrace().getEngine().config().rateLimiter()).isNull();
		}
	}

	@Test
	void nodesShareALimitByTheRedisOfTheApplication() throws Exception {
		try (RedisServer redis = new RedisServer();
				TestServer first = TestServer.servlet(WithRedis.class, TWO, HOUR, "millrace.rate-limit.store=redis",
						"test.redis.port=" + redis.port());
				TestServer second = TestServer.reactive(WithRedis.class, TWO, HOUR, "millrace.rate-limit.store=REDIS",
						"test.redis.port=" + redis.port())) {
			assertThat(first.get("/hello/a").statusCode()).isEqualTo(200);
			assertThat(second.get("/hello/a").statusCode()).isEqualTo(200);
			assertThat(first.get("/hello/a").statusCode()).isEqualTo(429);
			assertThat(second.get("/hello/a").statusCode()).isEqualTo(429);
			assertThat(first.get("/actuator/health").statusCode()).isEqualTo(200);
			redis.stop();
			assertThat(first.get("/hello/a").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "millrace.rate-limit.capacity|-1|It has to be 1 or more",
			"millrace.rate-limit.refill-tokens|0|The value has to be 1 or more",
			"millrace.rate-limit.refill-period|0s|The value has to be more than 0",
			"millrace.rate-limit.max-buckets|0|The value has to be 1 or more",
			"millrace.rate-limit.key|ip|It has to be client, global, or header:",
			"millrace.rate-limit.key|header:|It has to be client, global, or header:",
			"millrace.rate-limit.paths[0]|api/**|Write /api/**.", "millrace.rate-limit.paths[0]|/{x|It is no pattern" })
	void whatContradictsItselfStopsStartUp(String property, String value, String reason, CapturedOutput output) {
		fail(TWO, property + "=" + value);
		assertThat(output).contains("APPLICATION FAILED TO START", property, reason);
	}

	@Test
	void aLimitWithoutCapacityStopsStartUp(CapturedOutput output) {
		fail("millrace.rate-limit.refill-tokens=5");
		assertThat(output).contains("millrace.rate-limit.capacity", "It has to be 1 or more");
	}

	@Test
	void aRedisThatTheApplicationDoesNotHaveStopsStartUp(CapturedOutput output) {
		fail(TWO, "millrace.rate-limit.store=redis");
		assertThat(output).contains("The application has no LettuceConnectionFactory", "spring.data.redis");
	}

	@Test
	void aLibraryThatIsMissingIsNamedWithWhatToAdd() {
		ClassLoader neither = new FilteredClassLoader("io.github.bucket4j", "com.github.benmanes.caffeine");
		assertThatExceptionOfType(UnsupportedFeatureException.class)
			.isThrownBy(() -> RateLimitLibraries.check(RateLimitProperties.Store.LOCAL, neither))
			.withMessageContaining("needs Bucket4j and Caffeine")
			.withMessageContaining("<artifactId>bucket4j_jdk17-core</artifactId>")
			.withMessageContaining("<artifactId>caffeine</artifactId>");
		ClassLoader noRedis = new FilteredClassLoader("io.github.bucket4j.redis", "org.springframework.data.redis");
		assertThatExceptionOfType(UnsupportedFeatureException.class)
			.isThrownBy(() -> RateLimitLibraries.check(RateLimitProperties.Store.REDIS, noRedis))
			.withMessageContaining("<artifactId>bucket4j_jdk17-lettuce</artifactId>")
			.withMessageContaining("<artifactId>spring-boot-starter-data-redis</artifactId>");
	}

	private static void fail(String... properties) {
		assertThatException().isThrownBy(() -> start("servlet", properties).close());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class OwnLimiter {

		@Bean
		RateLimiter ownLimiter() {
			return (exchange, answer) -> 6_500_000_000L;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class WithRedis {

		// As Boot's module for Redis makes it of spring.data.redis.
		@Bean
		LettuceConnectionFactory redisConnectionFactory(Environment environment) {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1",
					environment.getRequiredProperty("test.redis.port", Integer.class)));
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/hello/{name}")
		String hello(@PathVariable String name) {
			return name;
		}

		@GetMapping("/other")
		String other() {
			return "other";
		}

	}

}
