package io.millrace.boot.autoconfigure.explain;

import io.millrace.core.EngineConfig;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * All that advice is given about.
 *
 * @param environment what was set
 * @param config what has come of it
 * @param transport the transport in use
 * @param eventLoops how many event loops there are
 * @param reactive whether the application's handlers run on the event loops
 * @param machine what it runs on
 * @param beans the application
 */
public record Situation(Environment environment, EngineConfig config, Transport transport, int eventLoops,
		boolean reactive, Machine machine, ListableBeanFactory beans) {

	/**
	 * What runs the requests of the application.
	 * @return inline for a reactive application, otherwise what was set
	 */
	public WorkerMode mode() {
		return this.reactive ? WorkerMode.INLINE : this.config.worker().mode();
	}

	/**
	 * How many requests of the application are handled at once.
	 * @return the number of threads, or of what may run at once; 0 where nothing bounds
	 * it, or nobody knows
	 */
	public int concurrency() {
		if (this.config.workerPool() != null) {
			return 0;
		}
		return switch (mode()) {
			case POOL -> this.config.worker().maxThreads();
			case VIRTUAL, LOOP -> this.config.worker().maxConcurrency();
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
	 * Whether somebody has set a property.
	 * @param property the property
	 * @return {@code false} where it has its default
	 */
	public boolean isSet(String property) {
		return this.environment.containsProperty(property);
	}

}
