package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;
import java.util.function.Consumer;

import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.WorkerMode;

/**
 * Looks for how long requests may wait.
 */
class QueueAdvisor implements Advisor {

	private static final String CAPACITY = "millrace.worker.queue.capacity";

	private static final String WAIT = "millrace.worker.queue.max-wait";

	// So many for each that runs take ten times as long as a request.
	private static final int LONG = 10;

	private static final Duration BLINK = Duration.ofMillis(20);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		QueueOptions queue = situation.worker().queue();
		if (situation.mode() == WorkerMode.INLINE || situation.concurrency() == 0) {
			return;
		}
		long capacity = queue.capacity();
		int running = situation.concurrency();
		Duration request = situation.config().dispatch().timeout();
		if (queue.maxWait().isZero() && request.isZero() && capacity > (long) LONG * running) {
			String found = capacity + " requests may wait (" + CAPACITY + ") for " + running
					+ " that run, for any time (" + WAIT + " is 0)";
			String why = "With handlers that take a second the last one waits " + capacity / running
					+ " s. Its client has gone by then, and the work is done for nobody";
			String remedy = WAIT + "=2s, or a little less than the timeout of your clients";
			advice.accept(situation.isSet(CAPACITY) ? Advice.warning("queue-wait", found, why, remedy)
					: Advice.info("queue-wait", found, why, remedy));
		}
		if (!queue.maxWait().isZero() && queue.maxWait().compareTo(BLINK) < 0) {
			advice.accept(Advice.warning("queue-wait-short", WAIT + " is " + SettingValues.of(queue.maxWait()),
					"A pause of the garbage collector, or a few requests at the same moment, has clients refused that would be "
							+ "served at once",
					WAIT + "=500ms or more"));
		}
		if (queue.maxWait().compareTo(PATIENCE) > 0) {
			advice.accept(Advice.info("queue-wait-long", WAIT + " is " + SettingValues.of(queue.maxWait()),
					"Few clients and proxies wait for longer than 60 s: the rest is done for nobody",
					WAIT + " a little less than the timeout of your clients"));
		}
		if (situation.isSet(CAPACITY) && capacity < running && queue.maxWait().isZero()) {
			advice.accept(Advice.info("queue-short",
					capacity + " requests may wait (" + CAPACITY + ") for " + running + " that run",
					"A burst of more is refused with " + situation.config().dispatch().refusalStatus()
							+ " although it would be served within moments",
					"a larger " + CAPACITY + ", bounded in time by " + WAIT));
		}
	}

}
