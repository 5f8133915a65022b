package io.millrace.boot.autoconfigure.explain;

import io.millrace.core.EngineConfig;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.AdjustableLimit;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * All that advice is given about.
 *
 * @param environment what was set
 * @param config what has come of it
 * @param running what the engine has chosen, and what was changed since it was started
 * @param reactive whether the application's handlers run on the event loops
 * @param machine what it runs on
 * @param beans the application
 */
public record Situation(Environment environment, EngineConfig config, Running running, boolean reactive,
		Machine machine, ListableBeanFactory beans) {

	/**
	 * The transport in use.
	 * @return the transport
	 */
	public Transport transport() {
		return this.running.transport();
	}

	/**
	 * How many event loops there are.
	 * @return 1 or more
	 */
	public int eventLoops() {
		return this.running.eventLoops();
	}

	/**
	 * What runs requests.
	 * @return the options, with the size that is in force now
	 */
	public WorkerOptions worker() {
		return this.running.worker();
	}

	/**
	 * What runs the requests of the application.
	 * @return inline for a reactive application, otherwise what was set
	 */
	public WorkerMode mode() {
		return this.reactive ? WorkerMode.INLINE : worker().mode();
	}

	/**
	 * How many requests of the application can be handled at once by what runs them.
	 * @return the number of threads, or of what may run at once; 0 where nothing bounds
	 * it, or nobody knows
	 * @see #atOnce()
	 */
	public int concurrency() {
		if (this.config.workerPool() != null) {
			return 0;
		}
		return switch (mode()) {
			case POOL -> worker().maxThreads();
			case VIRTUAL, LOOP -> worker().maxConcurrency();
			case INLINE -> 0;
		};
	}

	/**
	 * What sets {@link #concurrency()}.
	 * @return a property
	 */
	public String concurrencyProperty() {
		return (mode() == WorkerMode.POOL) ? "millrace.worker.max-threads" : "millrace.worker.max-concurrency";
	}

	/**
	 * How many requests of the application are handled at once at most:
	 * {@link #concurrency()}, or a limit of requests in flight below it.
	 * @return the number; 0 where nothing bounds it, or nobody knows
	 */
	public int atOnce() {
		int concurrency = concurrency();
		return isLimited() ? Math.min(concurrency, limit()) : concurrency;
	}

	/**
	 * What sets {@link #atOnce()}.
	 * @return a property
	 */
	public String atOnceProperty() {
		return isLimited() ? "millrace.admission.max" : concurrencyProperty();
	}

	private boolean isLimited() {
		int limit = limit();
		return limit > 0 && limit < concurrency();
	}

	// What an adaptive one may rise to. Of the application's own that says nothing of
	// itself nobody knows.
	private int limit() {
		Admission admission = this.config.admission();
		AdjustableLimit limit = (admission != null) ? admission.adjustable() : null;
		return (limit != null) ? limit.max() : 0;
	}

	/**
	 * Whether somebody has set a property.
	 * @param property the property
	 * @return {@code false} where it has its default
	 */
	public boolean isSet(String property) {
		return this.environment.containsProperty(property);
	}

}
