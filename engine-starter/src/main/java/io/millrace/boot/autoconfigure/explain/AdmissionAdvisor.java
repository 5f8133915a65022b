package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.core.worker.AdjustableLimit;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;

/**
 * Looks whether anything bounds how many requests are in flight.
 */
class AdmissionAdvisor implements Advisor {

	private static final int MANY = 5000;

	// Where the library is not there, an adaptive one stops start-up.
	private static final String LIMIT = "millrace.admission.limit=fixed with a number that was measured, or vegas with "
			+ "com.netflix.concurrency-limits:concurrency-limits-core on the class path";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		Admission admission = situation.config().admission();
		WorkerMode mode = situation.mode();
		if (admission == null && situation.reactive()) {
			advice.accept(Advice.info("admission",
					"nothing bounds how many requests of this WebFlux application are in flight (millrace.admission.limit "
							+ "is none)",
					"What is above what it can do makes all of them slower, up to the last client's timeout", LIMIT));
		}
		else if (admission == null && mode == WorkerMode.VIRTUAL && situation.concurrency() >= MANY) {
			advice.accept(Advice.info("admission",
					"up to " + situation.concurrency()
							+ " virtual threads run requests (millrace.worker.max-concurrency), "
							+ "and nothing else bounds them",
					"They all ask what is behind at once, such as a database or another service",
					"millrace.worker.max-concurrency as what is behind can do, or " + LIMIT));
		}
		if (admission != null && highest(admission) < situation.machine().processors()) {
			advice.accept(Advice.warning("admission-low",
					highest(admission) + " requests may be in flight (millrace.admission.max) on "
							+ situation.machine().processors() + " processors",
					"The others are refused while processors have nothing to do",
					"millrace.admission.max some times as many as there are processors, and more where handlers wait"));
		}
		if (admission != null && mode == WorkerMode.POOL) {
			long bound = (long) situation.concurrency() + situation.worker().queueCapacity();
			if (situation.concurrency() > 0 && highest(admission) > bound) {
				advice.accept(Advice.warning("admission-high",
						"the limit of requests in flight is " + highest(admission) + ", and no more than " + bound
								+ " can be (threads and queue)",
						"The queue is full before: the limit does nothing", "a lower millrace.admission.max"));
			}
		}
	}

	// An adaptive one is low at times, as it should be.
	private static int highest(Admission admission) {
		AdjustableLimit limit = admission.adjustable();
		return (limit != null && limit.isAdaptive()) ? limit.max() : admission.snapshot().limit();
	}

}
