package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.core.observe.WatchOptions;
import io.millrace.core.worker.WorkerMode;

/**
 * Looks whether probes are answered under load, and whether trouble is seen at all.
 */
class ProbeAdvisor implements Advisor {

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		WatchOptions watch = situation.config().watch();
		boolean threads = situation.mode() != WorkerMode.INLINE;
		if (threads && situation.config().worker().reserved() == 0) {
			advice.accept(Advice.warning("probes",
					"nothing is kept for urgent requests (millrace.worker.reserved is 0)",
					"Where all threads are busy a probe waits with all others, and the orchestrator restarts what is only "
							+ "busy",
					"millrace.worker.reserved=2, the default"));
		}
		if (watch.eventLoop().isZero()) {
			advice.accept(off("event-loop", "An event loop that is blocked keeps all its connections waiting", "2s"));
		}
		if (threads && watch.starved().isZero()) {
			advice.accept(off("starved", "Where all threads hang, requests wait and nothing is done", "5s"));
		}
	}

	private static Advice off(String name, String what, String usual) {
		return Advice.info("watch-" + name + "-off", "millrace.watch." + name + " is 0, which is off",
				what + ": neither log nor health would tell", "millrace.watch." + name + "=" + usual + ", the default");
	}

}
