package io.millrace.core;

/**
 * What of an engine can be changed while it runs, by {@link EngineControl}.
 */
public enum EngineSetting {

	/**
	 * How many tasks the workers run at once: {@code maxThreads} with platform threads, 1
	 * to 100,000, otherwise {@code maxConcurrency}, 1 or more.
	 */
	WORKERS("workers"),

	/** How many tasks may wait for a worker, 1 to 1,000,000. */
	QUEUE_CAPACITY("queueCapacity"),

	/**
	 * How many requests may be in flight, 1 or more; where the limit adapts itself, what
	 * it goes on from, within its bounds.
	 */
	LIMIT("limit"),

	/** What an adaptive limit never falls below, 1 or more. */
	LIMIT_MIN("limitMin"),

	/** What an adaptive limit never rises above, {@link #LIMIT_MIN} or more. */
	LIMIT_MAX("limitMax");

	private final String id;

	EngineSetting(String id) {
		this.id = id;
	}

	/**
	 * How it is called by those who change it.
	 * @return the name
	 */
	public String id() {
		return this.id;
	}

}
