package io.millrace.core;

import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdjustableLimit;
import io.millrace.core.worker.ResizableWorkerPool;
import io.millrace.core.worker.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * What of an engine can be changed while it runs.
 *
 * @param workers the pool that runs what says nothing else, {@code null} where the engine
 * has not been started
 * @param used whether anything runs there
 * @param admission what bounds the requests in flight, {@code null} where nothing does
 */
record Adjustables(@Nullable WorkerPool workers, boolean used, @Nullable Admission admission) {

	@Nullable ResizableWorkerPool pool() {
		return (this.used && this.workers instanceof ResizableWorkerPool pool) ? pool : null;
	}

	@Nullable AdjustableLimit limit() {
		return (this.workers != null && this.admission != null) ? this.admission.adjustable() : null;
	}

	/**
	 * Why something cannot be changed.
	 * @param setting what is asked for, and cannot be changed
	 * @return the reason
	 */
	String whyNot(EngineSetting setting) {
		if (this.workers == null) {
			return "the engine has not been started";
		}
		return switch (setting) {
			case WORKERS, QUEUE_CAPACITY -> noPool(this.workers);
			case LIMIT, LIMIT_MIN, LIMIT_MAX -> noLimit();
		};
	}

	private String noPool(WorkerPool pool) {
		return !this.used ? "the event loops handle the requests themselves" : "the workers are the application's own ("
				+ pool.getClass().getName() + "), which are no ResizableWorkerPool";
	}

	private String noLimit() {
		if (this.admission == null) {
			return "nothing limits the requests in flight";
		}
		return (limit() != null) ? "the limit is fixed: it has no bounds, only the limit itself"
				: "the limit is the application's own (" + this.admission.getClass().getName()
						+ "), which has nothing to adjust";
	}

}
