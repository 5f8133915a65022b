package io.millrace.boot.autoconfigure;

import java.time.Duration;

import io.millrace.boot.autoconfigure.RouteProperties.Mode;
import io.millrace.core.http.PathMatcher;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.system.JavaVersion;

/**
 * What a route may say, whether by configuration or by annotation: everything that
 * contradicts itself stops start-up.
 */
final class RouteRules {

	private static final int WAITING_FOR_EACH = 10;

	private RouteRules() {
	}

	/**
	 * Check what a route says.
	 * @param route what it says
	 * @param source where it says so
	 */
	static void check(RouteProperties route, Source source) {
		Integer limit = route.getMaxConcurrency();
		Integer queue = route.getQueue();
		if (limit != null && limit < 1) {
			throw source.invalid("max-concurrency", limit, "The value has to be 1 or more. Leave it out for no limit.");
		}
		if (queue != null && queue < 0) {
			throw source.invalid("queue", queue, "The value has to be 0 (nobody waits) or more.");
		}
		if (queue != null && limit == null) {
			throw source.invalid("queue", queue, "Nothing ever waits in it without " + source.name("max-concurrency")
					+ ". Set that too, or millrace.worker.queue.capacity for all requests together.");
		}
		if (route.getMode() == Mode.INLINE && route.getPriority() != Priority.NORMAL) {
			throw source.invalid("priority", route.getPriority(),
					"It means nothing with mode inline, where no request waits for a thread. Leave out one of the two.");
		}
		if (route.getMode() == Mode.VIRTUAL && JavaVersion.getJavaVersion().isOlderThan(JavaVersion.TWENTY_ONE)) {
			throw source.invalid("mode", "virtual", "Virtual threads need JDK 21 or later, and this is JDK "
					+ JavaVersion.getJavaVersion() + ". Run the application on a later one, or write pool.");
		}
		Duration timeout = route.getTimeout();
		if (timeout != null && timeout.isNegative()) {
			throw source.invalid("timeout", timeout, "The value has to be 0 (for ever) or more.");
		}
	}

	/**
	 * Whether a route says anything.
	 * @param route what it says
	 * @return whether anything is otherwise than with all others
	 */
	static boolean isUseful(RouteProperties route) {
		return isOfRunning(route) || !route.isCompression();
	}

	/**
	 * Whether a route says how its requests are run.
	 * @param route what it says
	 * @return whether they are run otherwise than all others
	 */
	static boolean isOfRunning(RouteProperties route) {
		return route.getMode() != null || route.getMaxConcurrency() != null || route.getTimeout() != null
				|| route.getPriority() != Priority.NORMAL;
	}

	/**
	 * Make the policy of a route that is right.
	 * @param name how messages name it; routes of one name share their bulkhead
	 * @param matcher which requests are its
	 * @param route what it says
	 * @return the policy
	 */
	static RoutePolicy policy(String name, PathMatcher matcher, RouteProperties route) {
		Integer limit = route.getMaxConcurrency();
		Integer queue = route.getQueue();
		int concurrency = (limit != null) ? limit : 0;
		int capacity = (queue != null) ? queue
				: (int) Math.min(Integer.MAX_VALUE, (long) concurrency * WAITING_FOR_EACH);
		return new RoutePolicy(name, matcher, mode(route.getMode()), concurrency, capacity, route.getTimeout(),
				route.getPriority());
	}

	private static @Nullable WorkerMode mode(@Nullable Mode mode) {
		return (mode != null) ? WorkerMode.valueOf(mode.name()) : null;
	}

	/**
	 * Where a route is said.
	 */
	interface Source {

		/**
		 * How what it says is named there.
		 * @param key the key of {@code millrace.routes[]}
		 * @return the name
		 */
		String name(String key);

		/**
		 * It is not right.
		 * @param key the key of {@code millrace.routes[]}, empty for the whole route
		 * @param value what stands there
		 * @param reason why, and what to write instead
		 * @return to be thrown
		 */
		RuntimeException invalid(String key, @Nullable Object value, String reason);

	}

}
