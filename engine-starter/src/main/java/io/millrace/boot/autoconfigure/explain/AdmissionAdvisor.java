package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;

/**
 * Looks whether anything bounds how many requests are in flight.
 */
class AdmissionAdvisor implements Advisor {

	private static final int MANY = 5000;

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		Admission admission = situation.config().admission();
		WorkerMode mode = situation.mode();
		if (admission == null && situation.reactive()) {
			advice.accept(Advice.info("admission",
					"nothing bounds how many requests of this WebFlux application are in flight (millrace.admission.limit "
							+ "is none)",
					"What is above what it can do makes all of them slower, up to the last client's timeout",
					"millrace.admission.limit=vegas, or fixed with a number that was measured"));
		}
		else if (admission == null && mode == WorkerMode.VIRTUAL && situation.concurrency() >= MANY) {
			advice.accept(Advice.info("admission",
					"up to " + situation.concurrency()
							+ " virtual threads run requests (millrace.worker.max-concurrency), "
							+ "and nothing else bounds them",
					"They all ask what is behind at once, such as a database or another service",
					"millrace.worker.max-concurrency as what is behind can do, or millrace.admission.limit=vegas"));
		}
		if (admission != null && admission.snapshot().limit() < situation.machine().processors()) {
			advice.accept(Advice.warning("admission-low",
					admission.snapshot().limit() + " requests may be in flight (millrace.admission.max) on "
							+ situation.machine().processors() + " processors",
					"The others are refused while processors have nothing to do",
					"millrace.admission.max some times as many as there are processors, and more where handlers wait"));
		}
		if (admission != null && mode == WorkerMode.POOL) {
			long bound = (long) situation.concurrency() + situation.config().worker().queueCapacity();
			if (situation.concurrency() > 0 && admission.snapshot().limit() > bound) {
				advice.accept(Advice.warning("admission-high",
						"the limit of requests in flight is " + admission.snapshot().limit() + ", and no more than "
								+ bound + " can be (threads and queue)",
						"The queue is full before: the limit does nothing", "a lower millrace.admission.max"));
			}
		}
	}

}
