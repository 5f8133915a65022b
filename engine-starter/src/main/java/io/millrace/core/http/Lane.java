package io.millrace.core.http;

import java.util.function.Predicate;

import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerSet;
import org.jspecify.annotations.Nullable;

/**
 * The way that the requests of a {@link RoutePolicy} go: settled at start.
 */
final class Lane {

	private final Predicate<RequestHead> matcher;

	// The same, where it is one.
	private final @Nullable PathMatcher pathMatcher;

	private final int position;

	private final boolean usual;

	private final Priority priority;

	// Null where the event loop runs them.
	private final @Nullable WorkerPool workers;

	private final @Nullable Bulkhead bulkhead;

	private final boolean lending;

	// Negative for what holds for all others, 0 for no limit.
	private final long timeoutNanos;

	/**
	 * Settle the way.
	 * @param policy what is asked for
	 * @param position how many stand before it
	 * @param bulkhead its bulkhead, if it has one
	 * @param workers the pools of the engine
	 * @param mayBlock whether the application may block
	 */
	Lane(RoutePolicy policy, int position, @Nullable Bulkhead bulkhead, WorkerSet workers, boolean mayBlock) {
		this.matcher = policy.matcher();
		this.pathMatcher = (this.matcher instanceof PathMatcher path) ? path : null;
		this.position = position;
		this.usual = policy.isUsual();
		this.priority = policy.priority();
		this.timeoutNanos = (policy.timeout() != null) ? policy.timeout().toNanos() : -1;
		this.workers = workers(policy, workers, mayBlock);
		this.bulkhead = bulkhead;
		// Whose permit waits for the end of the response has it told by the loop.
		this.lending = this.bulkhead == null && this.workers == workers.standard();
	}

	private static @Nullable WorkerPool workers(RoutePolicy policy, WorkerSet workers, boolean mayBlock) {
		WorkerMode mode = policy.mode();
		if (mode == WorkerMode.INLINE || (mode == null && !mayBlock)) {
			return null;
		}
		WorkerPool pool = (mode != null) ? workers.of(mode) : workers.standard();
		return (pool == workers.standard() && policy.priority() == Priority.HIGH) ? workers.urgent() : pool;
	}

	/**
	 * The only path that it is for.
	 * @return the path, {@code null} where there are several or nobody knows
	 */
	@Nullable String exactPath() {
		return (this.pathMatcher != null) ? this.pathMatcher.exactPath() : null;
	}

	/**
	 * Where it stands among all.
	 * @return how many stand before it
	 */
	int position() {
		return this.position;
	}

	/**
	 * Whether its requests are run like all others, and it stands there only to keep them
	 * from what comes behind it.
	 * @return whether it is no way of its own
	 */
	boolean isUsual() {
		return this.usual;
	}

	boolean accepts(RequestHead request, String path) {
		return (this.pathMatcher != null) ? this.pathMatcher.matches(request, path) : this.matcher.test(request);
	}

	Priority priority() {
		return this.priority;
	}

	/**
	 * How meters and logs call what runs its requests.
	 * @return see {@link WorkerPool#mode()}; where the urgent have two pools, what runs
	 * one is known when one of them has taken it
	 */
	String mode() {
		return (this.workers != null) ? this.workers.mode() : WorkerMode.INLINE.id();
	}

	/**
	 * How long a request may take.
	 * @param otherwise what holds for all others
	 * @return nanoseconds, 0 for no limit
	 */
	long timeoutNanos(long otherwise) {
		return (this.timeoutNanos >= 0) ? this.timeoutNanos : otherwise;
	}

	/**
	 * Whether the worker may write the response itself.
	 * @return whether the connection is {@linkplain ExchangeStream#lend lent}
	 */
	boolean isLending() {
		return this.lending;
	}

	/**
	 * Whether its requests take threads.
	 * @return {@code false} where the event loop runs them
	 */
	boolean hasWorkers() {
		return this.workers != null;
	}

	@Nullable Bulkhead bulkhead() {
		return this.bulkhead;
	}

	/**
	 * Have a request run. Called by its event loop.
	 * @param work the request
	 * @return {@code false} where nobody takes it
	 */
	boolean submit(LaneWork work) {
		return (this.bulkhead != null) ? this.bulkhead.submit(work) : start(work);
	}

	/**
	 * Have a request run that needs no permit, or has it.
	 * @param work the request
	 * @return {@code false} where nobody takes it
	 */
	boolean start(LaneWork work) {
		if (this.workers != null) {
			return work.runBy(this.workers);
		}
		work.runInLoop();
		return true;
	}

}
