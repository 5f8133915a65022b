package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

import io.millrace.core.worker.Priority;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of some paths are run, where that differs from all others.
 */
public class RouteProperties {

	/**
	 * Which paths, in the syntax of Spring's PathPattern, without the context path. Of
	 * several routes that match a request the most specific pattern is its.
	 */
	private @Nullable String pattern;

	/**
	 * Which methods. Empty: all. GET has HEAD with it.
	 */
	private Set<String> methods = new TreeSet<>();

	/**
	 * What runs them: pool, virtual (JDK 21 or later) or inline. Unset: what runs all
	 * others, which is millrace.worker.mode for MVC and inline for WebFlux.
	 */
	private @Nullable Mode mode;

	/**
	 * How many are under way at once, 1 or more. Unset: no limit of its own.
	 */
	private @Nullable Integer maxConcurrency;

	/**
	 * How many wait when max-concurrency are under way, 0 or more; above, the client gets
	 * 503 with Retry-After. Unset: ten for each that may be under way.
	 */
	private @Nullable Integer queue;

	/**
	 * How long one may take from its head to the last byte of its response, waiting
	 * included; 0 for ever. Unset: millrace.timeouts.request.
	 */
	private @Nullable Duration timeout;

	/**
	 * Who goes first where not everybody can, and who is refused last.
	 */
	private Priority priority = Priority.NORMAL;

	/**
	 * Whether responses are compressed, as far as server.compression says that they are.
	 * False is for those that have a secret next to what somebody else can choose
	 * (BREACH).
	 */
	private boolean compression = true;

	public @Nullable String getPattern() {
		return this.pattern;
	}

	public void setPattern(@Nullable String pattern) {
		this.pattern = pattern;
	}

	public Set<String> getMethods() {
		return this.methods;
	}

	public void setMethods(Set<String> methods) {
		this.methods = methods;
	}

	public @Nullable Mode getMode() {
		return this.mode;
	}

	public void setMode(@Nullable Mode mode) {
		this.mode = mode;
	}

	public @Nullable Integer getMaxConcurrency() {
		return this.maxConcurrency;
	}

	public void setMaxConcurrency(@Nullable Integer maxConcurrency) {
		this.maxConcurrency = maxConcurrency;
	}

	public @Nullable Integer getQueue() {
		return this.queue;
	}

	public void setQueue(@Nullable Integer queue) {
		this.queue = queue;
	}

	public @Nullable Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(@Nullable Duration timeout) {
		this.timeout = timeout;
	}

	public Priority getPriority() {
		return this.priority;
	}

	public void setPriority(Priority priority) {
		this.priority = priority;
	}

	public boolean isCompression() {
		return this.compression;
	}

	public void setCompression(boolean compression) {
		this.compression = compression;
	}

	/**
	 * What runs the requests of a route.
	 */
	public enum Mode {

		/**
		 * Platform threads.
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
		 * The event loops, for handlers known never to block.
		 */
		INLINE

	}

}
