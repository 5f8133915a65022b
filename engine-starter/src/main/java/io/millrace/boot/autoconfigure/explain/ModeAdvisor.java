package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.core.worker.WorkerMode;

/**
 * Looks whether what runs requests fits this Java and the kind of application.
 */
class ModeAdvisor implements Advisor {

	private static final String MODE = "millrace.worker.mode";

	private static final String VIRTUAL = "spring.threads.virtual.enabled";

	private static final int MANY_THREADS = 500;

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		int version = situation.machine().jvm().version();
		boolean asked = situation.environment().getProperty(VIRTUAL, Boolean.class, false);
		WorkerMode mode = situation.mode();
		if (asked && version < 21 && !situation.reactive()) {
			advice
				.accept(Advice.warning("virtual-threads-unavailable", VIRTUAL + " is true, and this is JDK " + version,
						"There are no virtual threads before JDK 21: requests run on at most "
								+ situation.worker().maxThreads() + " platform threads",
						"JDK 25, or without " + VIRTUAL));
		}
		else if (asked && mode == WorkerMode.POOL) {
			advice.accept(Advice.info("virtual-threads-unused", VIRTUAL + " is true, and " + MODE + " is pool",
					"Requests run on platform threads all the same", MODE + "=auto"));
		}
		if ((mode == WorkerMode.VIRTUAL) && version < 24) {
			advice.accept(Advice.warning("virtual-threads-pinned", "virtual threads run requests on JDK " + version,
					"Before JDK 24 a virtual thread that waits within synchronized, as many drivers and libraries do, keeps "
							+ "its carrier: as many of them as there are processors, and nothing runs any more",
					"JDK 24 or later, or " + MODE
							+ "=pool; the meter and log of millrace.watch.pinned show who does it"));
		}
		if (!situation.reactive() && mode == WorkerMode.INLINE) {
			advice.accept(Advice.warning("mode-inline", "Spring MVC runs on the event loops (" + MODE + " is inline)",
					"One handler that waits for anything, as a database, keeps all connections of its loop waiting",
					MODE + "=auto, and a route with mode: inline for what is known never to block"));
		}
		if (mode == WorkerMode.LOOP) {
			advice.accept(
					Advice.info("mode-loop", "virtual threads are carried by the event loops (" + MODE + " is loop)",
							"It was measured to be slower than virtual where handlers wait, see docs/modes.md",
							"measure it with the application, or " + MODE + "=virtual"));
		}
		if (mode == WorkerMode.POOL && situation.concurrency() >= MANY_THREADS) {
			advice.accept(Advice.warning("threads-many",
					"up to " + situation.concurrency() + " platform threads run requests (millrace.worker.max-threads)",
					"Each takes a stack, and what they all wait for, such as a database, is asked by all of them at once",
					(version >= 21) ? MODE + "=virtual, with millrace.worker.max-concurrency as what is behind can do"
							: "some hundreds, with millrace.worker.queue.max-wait for those that wait; virtual threads come "
									+ "with JDK 21"));
		}
		adviseOfFew(situation, advice);
	}

	private static void adviseOfFew(Situation situation, Consumer<Advice> advice) {
		int atOnce = situation.concurrency();
		int processors = situation.machine().processors();
		if (atOnce > 0 && atOnce < 2 * processors) {
			advice.accept(Advice.warning("threads-few",
					atOnce + " requests are handled at once (" + situation.concurrencyProperty() + ") on " + processors
							+ " processors",
					"Where handlers wait for anything, as a database, the processors have nothing to do and requests queue up",
					situation.concurrencyProperty()
							+ "=200, the default of threads, or as much as what is behind can do"));
		}
	}

}
