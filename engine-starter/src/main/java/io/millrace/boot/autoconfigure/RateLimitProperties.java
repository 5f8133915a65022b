package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How many requests may come in some time. Needs Bucket4j on the class path.
 */
public class RateLimitProperties {

	/**
	 * How many requests may come at once after a time without any: the size of the token
	 * bucket. Above, the client gets 429 with Retry-After. With 0 any number may come.
	 */
	private long capacity = 0;

	/**
	 * How many requests may come in refill-period in the long run, 1 or more: tokens come
	 * back evenly. Unset: capacity.
	 */
	private @Nullable Long refillTokens;

	/**
	 * The time in which refill-tokens come back, more than 0.
	 */
	private Duration refillPeriod = Duration.ofSeconds(1);

	/**
	 * Which requests share a bucket: client for those of an IPv4 address or an IPv6
	 * network of 64 bits, as trusted proxies tell it; header:NAME for those with the same
	 * value of a header field, or of one client where it is missing; global for all.
	 */
	private String key = "client";

	/**
	 * For which paths the limit is, in the syntax of Spring's PathPattern, without the
	 * context path. Empty: all but the actuator and the probes.
	 */
	private List<String> paths = new ArrayList<>();

	/**
	 * How many buckets there may be in this process, 1 or more. Where more clients come
	 * in a time, those that come least are forgotten first and begin anew.
	 */
	private long maxBuckets = 100000;

	/**
	 * Where the buckets are: local for this process, redis for all that share a Redis.
	 * Redis needs Lettuce and Bucket4j's module for it, and is configured by
	 * spring.data.redis.
	 */
	private Store store = Store.LOCAL;

	private final Redis redis = new Redis();

	public long getCapacity() {
		return this.capacity;
	}

	public void setCapacity(long capacity) {
		this.capacity = capacity;
	}

	public @Nullable Long getRefillTokens() {
		return this.refillTokens;
	}

	public void setRefillTokens(@Nullable Long refillTokens) {
		this.refillTokens = refillTokens;
	}

	public Duration getRefillPeriod() {
		return this.refillPeriod;
	}

	public void setRefillPeriod(Duration refillPeriod) {
		this.refillPeriod = refillPeriod;
	}

	public String getKey() {
		return this.key;
	}

	public void setKey(String key) {
		this.key = key;
	}

	public List<String> getPaths() {
		return this.paths;
	}

	public void setPaths(List<String> paths) {
		this.paths = paths;
	}

	public Store getStore() {
		return this.store;
	}

	public void setStore(Store store) {
		this.store = store;
	}

	public Redis getRedis() {
		return this.redis;
	}

	public long getMaxBuckets() {
		return this.maxBuckets;
	}

	public void setMaxBuckets(long maxBuckets) {
		this.maxBuckets = maxBuckets;
	}

	/**
	 * Where buckets are.
	 */
	public enum Store {

		/**
		 * In this process.
		 */
		LOCAL,

		/**
		 * In Redis, shared between processes.
		 */
		REDIS

	}

	/**
	 * How buckets in Redis are asked.
	 */
	public static class Redis {

		/**
		 * How long a request waits for the answer of Redis, more than 0. After one that
		 * did not come, Redis is asked once a second until it answers.
		 */
		private Duration timeout = Duration.ofMillis(100);

		/**
		 * Whether requests go on where Redis does not answer. Otherwise they get 429.
		 */
		private boolean failOpen = true;

		/**
		 * What the keys in Redis begin with. Applications with the same prefix and the
		 * same limit share it.
		 */
		private String keyPrefix = "millrace:rate-limit:";

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public boolean isFailOpen() {
			return this.failOpen;
		}

		public void setFailOpen(boolean failOpen) {
			this.failOpen = failOpen;
		}

		public String getKeyPrefix() {
			return this.keyPrefix;
		}

		public void setKeyPrefix(String keyPrefix) {
			this.keyPrefix = keyPrefix;
		}

	}

}
