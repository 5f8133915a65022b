package io.millrace.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Threads for requests that may block: all of Spring MVC, and routes that say so.
 */
public class WorkerProperties {

	private static final int DEFAULT_MIN_THREADS = 10;

	/**
	 * What runs requests that may block: pool for platform threads, virtual for a virtual
	 * thread each (JDK 21 or later), loop for a virtual thread each that is carried by
	 * the event loop of its connection (JDK 24 or later with --add-opens
	 * java.base/java.lang=ALL-UNNAMED), inline for the event loops, which a single
	 * blocking request stops. With auto virtual where spring.threads.virtual.enabled is
	 * true on JDK 21 or later, otherwise pool.
	 */
	private Mode mode = Mode.AUTO;

	/**
	 * How many platform threads the pool grows to, 1 to 100000. When all are busy,
	 * requests wait in the queue. With loop, how many requests at once may have one of
	 * their own because they hold their event loop.
	 */
	private int maxThreads = 200;

	/**
	 * How many platform threads stay when they are idle, 0 to max-threads. Unset: 10, or
	 * max-threads where that is less.
	 */
	private @Nullable Integer minThreads;

	/**
	 * How long an idle platform thread above min-threads stays, more than 0.
	 */
	private Duration keepAlive = Duration.ofSeconds(60);

	/**
	 * How many requests run at once on virtual threads, 1 or more. When all run, requests
	 * wait in the queue.
	 */
	private int maxConcurrency = 10000;

	/**
	 * How many requests of high priority run besides, when all threads are busy: what is
	 * under the path of the actuator, additional paths of health groups, and routes with
	 * priority high. With 0 they wait like all others.
	 */
	private int reserved = 2;

	/**
	 * Whether a thread is interrupted when the client goes away whose request it handles.
	 * What the handler does then has to stand it: an interrupt closes channels of files
	 * and databases that are in use. Event loops are never interrupted.
	 */
	private boolean interruptOnDisconnect;

	@NestedConfigurationProperty
	private final QueueProperties queue = new QueueProperties();

	public Mode getMode() {
		return this.mode;
	}

	public void setMode(Mode mode) {
		this.mode = mode;
	}

	public int getMaxThreads() {
		return this.maxThreads;
	}

	public void setMaxThreads(int maxThreads) {
		this.maxThreads = maxThreads;
	}

	public int getMinThreads() {
		return (this.minThreads != null) ? this.minThreads : Math.min(DEFAULT_MIN_THREADS, this.maxThreads);
	}

	public void setMinThreads(int minThreads) {
		this.minThreads = minThreads;
	}

	public Duration getKeepAlive() {
		return this.keepAlive;
	}

	public void setKeepAlive(Duration keepAlive) {
		this.keepAlive = keepAlive;
	}

	public int getMaxConcurrency() {
		return this.maxConcurrency;
	}

	public void setMaxConcurrency(int maxConcurrency) {
		this.maxConcurrency = maxConcurrency;
	}

	public int getReserved() {
		return this.reserved;
	}

	public void setReserved(int reserved) {
		this.reserved = reserved;
	}

	public boolean isInterruptOnDisconnect() {
		return this.interruptOnDisconnect;
	}

	public void setInterruptOnDisconnect(boolean interruptOnDisconnect) {
		this.interruptOnDisconnect = interruptOnDisconnect;
	}

	public QueueProperties getQueue() {
		return this.queue;
	}

	/**
	 * What runs requests that may block.
	 */
	public enum Mode {

		/**
		 * Virtual threads where spring.threads.virtual.enabled is true on JDK 21 or
		 * later, otherwise the pool.
		 */
		AUTO,

		/**
		 * Platform threads, grown on demand.
		 */
		POOL,

		/**
		 * A virtual thread for each request, JDK 21 or later.
		 */
		VIRTUAL,

		/**
		 * A virtual thread for each request, carried by the event loop of its connection:
		 * JDK 24 or later with --add-opens java.base/java.lang=ALL-UNNAMED.
		 */
		LOOP,

		/**
		 * The event loops, for applications known never to block.
		 */
		INLINE

	}

}
