package io.millrace.ratelimit.redis;

import java.time.Duration;
import java.util.function.Supplier;

import io.lettuce.core.AbstractRedisClient;
import io.millrace.ratelimit.RateLimit;
import io.millrace.ratelimit.SharedTokenBuckets;
import io.millrace.ratelimit.TokenBuckets;
import io.millrace.ratelimit.TokenStore;

/**
 * Keeps token buckets in Redis, over one connection of its own.
 */
public final class RedisTokenStore implements TokenStore, AutoCloseable {

	// For the first connection: the application starts without it as well.
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final RedisConnector connector;

	private final String keyPrefix;

	private final Duration timeout;

	private final boolean failOpen;

	/**
	 * Create a store, and wait for two seconds at most until Redis is connected to.
	 * @param client the client of the application, which is not closed here
	 * @param keyPrefix what the keys in Redis begin with
	 * @param timeout how long a request waits for an answer, more than 0
	 * @param failOpen whether requests go on where there is none; otherwise they are
	 * refused
	 */
	public RedisTokenStore(Supplier<? extends AbstractRedisClient> client, String keyPrefix, Duration timeout,
			boolean failOpen) {
		this.connector = new RedisConnector(client);
		this.keyPrefix = keyPrefix;
		this.timeout = timeout;
		this.failOpen = failOpen;
		this.connector.await(PATIENCE);
	}

	// A bucket in Redis knows its limit: one that was changed has buckets of its own.
	@Override
	public TokenBuckets buckets(RateLimit limit) {
		String prefix = this.keyPrefix + limit.capacity() + "/" + limit.refillTokens() + "/" + limit.refillPeriod()
				+ ":";
		RedisBuckets buckets = new RedisBuckets(this.connector, limit, prefix, this.timeout);
		return new SharedTokenBuckets(buckets, this.timeout, this.failOpen);
	}

	/** Close the connection. Requests go on as if Redis were away. */
	@Override
	public void close() {
		this.connector.close();
	}

}
