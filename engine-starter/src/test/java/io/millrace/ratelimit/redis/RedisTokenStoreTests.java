package io.millrace.ratelimit.redis;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.RateLimiter;
import io.millrace.ratelimit.RateLimit;
import io.millrace.ratelimit.TokenBuckets;
import io.netty.util.concurrent.DefaultEventExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Token buckets in a real Redis, which is stopped, hangs and comes back.
 */
@Timeout(120)
class RedisTokenStoreTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final DefaultEventExecutor loop = new DefaultEventExecutor();

	private final Exchange exchange = mock(Exchange.class);

	private RedisServer redis;

	private RedisClient client;

	@BeforeEach
	void connect() throws Exception {
		this.redis = new RedisServer();
		this.client = RedisClient.create(RedisURI.create("127.0.0.1", this.redis.port()));
		ExchangeStream stream = mock(ExchangeStream.class);
		given(stream.executor()).willReturn(this.loop);
		given(this.exchange.stream()).willReturn(stream);
	}

	@AfterEach
	void disconnect() throws Exception {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
		if (this.client != null) {
			this.client.shutdown(0, 1, TimeUnit.SECONDS);
			this.redis.close();
		}
	}

	private RedisTokenStore store() {
		return new RedisTokenStore(() -> this.client, "test:", TIMEOUT, true);
	}

	private long ask(TokenBuckets buckets, String key) throws InterruptedException {
		BlockingQueue<Long> answers = new LinkedBlockingQueue<>();
		long answer = buckets.tryConsume(key, this.exchange, (of, later) -> answers.add(later));
		return (answer != RateLimiter.LATER) ? answer : answers.poll(20, TimeUnit.SECONDS);
	}

	@Test
	void nodesShareABucket() throws Exception {
		RateLimit limit = new RateLimit(3, 1, Duration.ofHours(1));
		try (RedisTokenStore first = store(); RedisTokenStore second = store()) {
			TokenBuckets here = first.buckets(limit);
			TokenBuckets there = second.buckets(limit);
			assertThat(ask(here, "a")).isEqualTo(RateLimiter.ADMITTED);
			assertThat(ask(there, "a")).isEqualTo(RateLimiter.ADMITTED);
			assertThat(ask(here, "a")).isEqualTo(RateLimiter.ADMITTED);
			assertThat(ask(there, "a")).isBetween(Duration.ofMinutes(59).toNanos(), Duration.ofHours(1).toNanos());
			assertThat(ask(here, "a")).isPositive();
			assertThat(ask(here, "b")).isEqualTo(RateLimiter.ADMITTED);
			assertThat(ask(first.buckets(new RateLimit(4, 1, Duration.ofHours(1))), "a"))
				.isEqualTo(RateLimiter.ADMITTED);
		}
	}

	@Test
	void aBucketThatWouldBeFullAgainIsNotKept() throws Exception {
		try (RedisTokenStore store = store(); var connection = this.client.connect()) {
			assertThat(ask(store.buckets(new RateLimit(1, 1, Duration.ofSeconds(1))), "a"))
				.isEqualTo(RateLimiter.ADMITTED);
			assertThat(connection.sync().keys("test:*")).hasSize(1);
			assertThat(connection.sync().pttl(connection.sync().keys("test:*").get(0))).isBetween(1L, 12_000L);
		}
	}

	@Test
	void aRedisThatGoesAwayLetsRequestsThroughUntilItIsBack() throws Exception {
		TokenBuckets buckets;
		try (RedisTokenStore store = store()) {
			buckets = store.buckets(new RateLimit(1, 1, Duration.ofHours(1)));
			assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
			assertThat(ask(buckets, "a")).isPositive();
			this.redis.stop();
			Awaitility.await().untilAsserted(() -> assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.UNKNOWN));
			this.redis.start();
			// It has forgotten everything.
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED));
			assertThat(ask(buckets, "a")).isPositive();
		}
	}

	@Test
	void aRedisThatHangsHoldsUpNoRequestForLongerThanTheTimeout() throws Exception {
		try (RedisTokenStore store = store()) {
			TokenBuckets buckets = store.buckets(new RateLimit(1, 1, Duration.ofHours(1)));
			assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED);
			this.redis.signal("STOP");
			assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.UNKNOWN);
			this.redis.signal("CONT");
			Awaitility.await().untilAsserted(() -> assertThat(ask(buckets, "a")).isPositive());
		}
	}

	@Test
	void anApplicationMayStartBeforeRedis() throws Exception {
		this.redis.stop();
		try (RedisTokenStore store = store()) {
			TokenBuckets buckets = store.buckets(new RateLimit(1, 1, Duration.ofHours(1)));
			assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.UNKNOWN);
			this.redis.start();
			Awaitility.await().untilAsserted(() -> assertThat(ask(buckets, "a")).isEqualTo(RateLimiter.ADMITTED));
			assertThat(ask(buckets, "a")).isPositive();
		}
	}

}
