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

	public long getMaxBuckets() {
		return this.maxBuckets;
	}

	public void setMaxBuckets(long maxBuckets) {
		this.maxBuckets = maxBuckets;
	}

}
