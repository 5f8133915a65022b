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
	 * @param workers the pools of the engine
	 * @param mayBlock whether the application may block
	 */
	Lane(RoutePolicy policy, WorkerSet workers, boolean mayBlock) {
		this.matcher = policy.matcher();
		this.priority = policy.priority();
		this.timeoutNanos = (policy.timeout() != null) ? policy.timeout().toNanos() : -1;
		this.workers = workers(policy, workers, mayBlock);
		this.bulkhead = (policy.maxConcurrency() > 0) ? new Bulkhead(policy.maxConcurrency(), policy.queueCapacity())
				: null;
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

	boolean accepts(RequestHead request) {
		return this.matcher.test(request);
	}

	Priority priority() {
		return this.priority;
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
