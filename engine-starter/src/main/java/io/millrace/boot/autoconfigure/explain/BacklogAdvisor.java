package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

/**
 * Looks whether the kernel keeps as many connections as the backlog asks for.
 */
class BacklogAdvisor implements Advisor {

	private static final int SMALL = 128;

	private static final String PROPERTY = "millrace.backlog";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		int backlog = situation.config().listener().backlog();
		Integer kernel = situation.machine().linux().somaxconn();
		String why = "Connections that come faster than they are accepted, as after a restart, wait there. What is above "
				+ "is dropped, and its client tries again after a second or more";
		if (kernel != null && kernel < backlog) {
			String found = PROPERTY + " is " + backlog + ", and the kernel keeps " + kernel
					+ " at most (net.core.somaxconn)";
			String remedy = "sysctl -w net.core.somaxconn=" + backlog
					+ " (in Kubernetes a sysctl of the pod's securityContext), or " + PROPERTY + "=" + kernel;
			advice.accept((situation.isSet(PROPERTY) || kernel < SMALL * 8)
					? Advice.warning("backlog", found, why, remedy) : Advice.info("backlog", found, why, remedy));
		}
		if (backlog < SMALL) {
			advice.accept(
					Advice.warning("backlog-small", PROPERTY + " is " + backlog, why, PROPERTY + "=4096, the default"));
		}
	}

}
