package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Looks whether threads that compute are as many as processors.
 */
class CpuAdvisor implements Advisor {

	private static final double OFTEN = 0.05;

	private static final String LOOPS = "millrace.event-loops";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		int processors = situation.machine().processors();
		Double limit = situation.machine().linux().cpus();
		adviseOfLimit(processors, limit, advice);
		adviseOfThrottling(situation.machine().linux().throttled(), advice);
		adviseOfLoops(situation,
				(limit != null) ? Math.min(processors, Math.max(1, (int) Math.ceil(limit))) : processors, advice);
	}

	private static void adviseOfLimit(int processors, @Nullable Double limit, Consumer<Advice> advice) {
		if (limit == null) {
			return;
		}
		if (processors > Math.ceil(limit)) {
			advice.accept(Advice.warning("cpu-limit",
					"Java sees " + processors + " processors, and the control group allows " + format(limit),
					"Event loops, garbage collector and compiler have more threads than can run. They use up what is "
							+ "allowed early, and then everything stands still for the rest of each 100 ms",
					"-XX:ActiveProcessorCount=" + (int) Math.ceil(limit)
							+ " (and not -XX:-UseContainerSupport), or a higher limit"));
		}
		if (limit < 1) {
			advice.accept(Advice.warning("cpu-fraction",
					"the control group allows " + format(limit) + " of a processor",
					"One busy thread is enough to use that up, and then all stand still for the rest of each 100 ms: "
							+ "slow requests without a reason that any meter shows",
					"a limit of at least one processor (resources.limits.cpu: 1), or none and a request instead"));
		}
	}

	private static void adviseOfThrottling(@Nullable Double throttled, Consumer<Advice> advice) {
		if (throttled != null && throttled > OFTEN) {
			advice.accept(Advice.warning("cpu-throttled",
					"the kernel has stopped the process in " + Math.round(throttled * 100)
							+ " % of all periods since it had used up its processors",
					"Each time all requests, probes and event loops stand still for up to 100 ms",
					"a higher limit of processors, or none and a request instead (resources.limits.cpu)"));
		}
	}

	private static void adviseOfLoops(Situation situation, int processors, Consumer<Advice> advice) {
		int loops = situation.eventLoops();
		if (loops > processors) {
			advice.accept(Advice.warning("event-loops",
					"there are " + loops + " event loops (" + LOOPS + ") for " + processors + " processors",
					"They take the processor from each other, and each has fewer connections to do at a time",
					isHelpedByDefault(situation, processors) ? LOOPS + "=0, which is one for each processor"
							: LOOPS + "=" + processors));
		}
		else if (situation.isSet(LOOPS) && situation.reactive() && loops * 2 <= processors) {
			advice.accept(Advice.warning("event-loops-few",
					"there are " + loops + " event loops (" + LOOPS + ") for " + processors + " processors",
					"All handlers of a reactive application run on them: the other processors have nothing to do",
					LOOPS + "=0, which is one for each processor"));
		}
	}

	// The default is as many as Java sees, which may be more than there are.
	private static boolean isHelpedByDefault(Situation situation, int processors) {
		return situation.machine().processors() == processors
				&& !situation.environment().getProperty(LOOPS, "0").strip().equals("0");
	}

	private static String format(double limit) {
		return (limit == Math.rint(limit)) ? Long.toString((long) limit)
				: String.format(java.util.Locale.ROOT, "%.2f", limit);
	}

}
