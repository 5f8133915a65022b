package io.millrace.core.http;

import java.time.Duration;
import java.util.function.Predicate;

import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.jspecify.annotations.Nullable;

/**
 * How some of the application's requests are run, where that differs from all others. Not
 * for {@link Route}s, which the engine answers itself.
 *
 * @param name how messages name it; policies of one name share their bulkhead
 * @param matcher tells which requests they are; asked by event loops for every request,
 * must not block. A {@link PathMatcher} is not asked where its path is another
 * @param mode what runs them, {@code null} for what runs all others
 * @param maxConcurrency how many of them are under way at once, from the handler's begin
 * to the end of handler and response; 0 for no limit
 * @param queueCapacity how many wait for that, 0 for none; what comes above is refused
 * @param timeout how long one may take from its head to its last byte, waiting included;
 * 0 for no limit, {@code null} for what holds for all others
 * @param priority who goes first where not everybody can
 */
public record RoutePolicy(String name, Predicate<RequestHead> matcher, @Nullable WorkerMode mode, int maxConcurrency,
		int queueCapacity, @Nullable Duration timeout, Priority priority) {

	/**
	 * Check the policy.
	 * @throws IllegalArgumentException naming what is out of range
	 */
	public RoutePolicy {
		require(maxConcurrency >= 0, "maxConcurrency", maxConcurrency);
		require(queueCapacity >= 0, "queueCapacity", queueCapacity);
		require(timeout == null || !timeout.isNegative(), "timeout", timeout);
	}

	private static void require(boolean valid, String name, @Nullable Object value) {
		if (!valid) {
			throw new IllegalArgumentException(name + " has to be 0 or more, and is " + value);
		}
	}

	/**
	 * A policy that says nothing but how urgent its requests are.
	 * @param name how messages name it
	 * @param matcher tells which requests they are
	 * @param priority who goes first
	 * @return the policy
	 */
	public static RoutePolicy of(String name, Predicate<RequestHead> matcher, Priority priority) {
		return new RoutePolicy(name, matcher, null, 0, 0, null, priority);
	}

	/**
	 * A policy that leaves its requests to be run like all others, whatever the policies
	 * behind it say.
	 * @param name how messages name it
	 * @param matcher tells which requests they are
	 * @return the policy
	 */
	public static RoutePolicy usual(String name, Predicate<RequestHead> matcher) {
		return of(name, matcher, Priority.NORMAL);
	}

	boolean isUsual() {
		return this.mode == null && this.maxConcurrency == 0 && this.timeout == null
				&& this.priority == Priority.NORMAL;
	}

}
