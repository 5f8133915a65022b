package io.millrace.ratelimit.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.millrace.ratelimit.RateLimit;
import io.millrace.ratelimit.SharedTokenBuckets;
import org.jspecify.annotations.Nullable;

/**
 * Buckets in Redis. Each is a value that is read, and replaced if nobody has replaced it
 * since; it expires when it would be full again. Time is that of the processes, whose
 * clocks should agree.
 */
final class RedisBuckets implements SharedTokenBuckets.Store {

	private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(10);

	private final RedisConnector connector;

	private final BucketConfiguration configuration;

	private final String prefix;

	private final Duration timeout;

	private volatile @Nullable AsyncProxyManager<String> buckets;

	/**
	 * Create buckets.
	 * @param connector connects to Redis
	 * @param limit what each bucket holds
	 * @param prefix what the keys in Redis begin with
	 * @param timeout after which time an answer is not waited for any more
	 */
	RedisBuckets(RedisConnector connector, RateLimit limit, String prefix, Duration timeout) {
		this.connector = connector;
		this.configuration = limit.configuration();
		this.prefix = prefix;
		this.timeout = timeout;
	}

	@Override
	public CompletableFuture<Long> tryConsume(String key) {
		CompletableFuture<StatefulConnection<String, byte[]>> connected = this.connector.connect();
		if (!connected.isDone()) {
			return connected.thenCompose((connection) -> tryConsume(connection, key));
		}
		if (connected.isCompletedExceptionally()) {
			return connected.thenApply((connection) -> 0L);
		}
		return tryConsume(connected.join(), key);
	}

	private CompletableFuture<Long> tryConsume(StatefulConnection<String, byte[]> connection, String key) {
		if (!connection.isOpen()) {
			// Lettuce would keep what it is asked until it has connected again, all of
			// it.
			return CompletableFuture.failedFuture(new IllegalStateException("There is no connection to Redis"));
		}
		return buckets(connection).getProxy(this.prefix + key, this::configuration)
			.tryConsumeAndReturnRemaining(1)
			.thenApply(RedisBuckets::nanosToWait);
	}

	private CompletableFuture<BucketConfiguration> configuration() {
		return CompletableFuture.completedFuture(this.configuration);
	}

	private static Long nanosToWait(ConsumptionProbe probe) {
		return probe.isConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
	}

	// Made twice where two ask first: both are of the one connection.
	private AsyncProxyManager<String> buckets(StatefulConnection<String, byte[]> connection) {
		AsyncProxyManager<String> known = this.buckets;
		if (known == null) {
			known = builder(connection)
				.expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(EXPIRY_MARGIN))
				.requestTimeout(this.timeout)
				.build()
				.asAsync();
			this.buckets = known;
		}
		return known;
	}

	private static Bucket4jLettuce.LettuceBasedProxyManagerBuilder<String> builder(
			StatefulConnection<String, byte[]> connection) {
		if (connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster) {
			return Bucket4jLettuce.casBasedBuilder(cluster);
		}
		return Bucket4jLettuce.casBasedBuilder((StatefulRedisConnection<String, byte[]>) connection);
	}

}
