package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;
import java.util.function.Consumer;

import io.millrace.core.connection.ConnectionTimeouts;

/**
 * Looks for clients and handlers that may take as long as they like.
 */
class TimeoutAdvisor implements Advisor {

	private static final String PREFIX = "millrace.timeouts.";

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration SHORT = Duration.ofSeconds(5);

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		adviseOfRequests(situation, advice);
		ConnectionTimeouts timeouts = situation.config().timeouts();
		if (timeouts.header().isZero()) {
			off("header",
					"A client that says nothing, or sends its head byte by byte, keeps its connection for ever; some "
							+ "thousands of them take all",
					"20s", advice);
		}
		else if (timeouts.header().compareTo(SECOND) < 0) {
			advice.accept(tooShort("header", timeouts.header(), "20s"));
		}
		if (timeouts.idle().isZero()) {
			off("idle", "Connections of clients that have gone without a word are never closed, and add up", "60s",
					advice);
		}
		else if (timeouts.idle().compareTo(SHORT) < 0) {
			advice.accept(Advice.warning("timeout-idle-short", PREFIX + "idle is " + SettingValues.of(timeouts.idle()),
					"Clients connect anew for nearly every request, and a proxy that sends one on a connection which is "
							+ "just being closed answers 502",
					PREFIX + "idle=60s, more than the idle timeout of a proxy before this server"));
		}
		if (timeouts.write().isZero()) {
			off("write",
					"A client that takes nothing of a response keeps its connection, and in Spring MVC a thread, for "
							+ "ever",
					"30s", advice);
		}
		if (timeouts.minBodyRate() == 0) {
			advice.accept(Advice.warning("body-rate-off",
					"bodies may come as slowly as they like (millrace.min-body-rate " + "is 0)",
					"A client that sends its body byte by byte keeps its connection, and in Spring MVC a thread "
							+ "as soon as the handler reads",
					"millrace.min-body-rate=240B, the default"));
		}
	}

	private static void adviseOfRequests(Situation situation, Consumer<Advice> advice) {
		boolean any = !situation.config().dispatch().timeout().isZero() || situation.config()
			.policies()
			.stream()
			.anyMatch((policy) -> policy.timeout() != null && !policy.timeout().isZero());
		Duration request = situation.config().dispatch().timeout();
		if (!request.isZero() && request.compareTo(SECOND) < 0) {
			advice.accept(tooShort("request", request, "30s"));
		}
		if (!any) {
			advice.accept(Advice.info("request-timeout", "requests may take any time (" + PREFIX + "request is 0)",
					"Where what is behind hangs, as a database, clients wait until they give up themselves, and each holds "
							+ "a connection and a thread",
					PREFIX + "request=30s, and a timeout of its own for routes that may take longer"));
		}
	}

	private static Advice tooShort(String name, Duration timeout, String usual) {
		return Advice.warning("timeout-" + name + "-short", PREFIX + name + " is " + SettingValues.of(timeout),
				"A slow network, or a pause of the garbage collector, has requests fail that are all right",
				PREFIX + name + "=" + usual + ", or some times what they usually take");
	}

	private static void off(String name, String why, String usual, Consumer<Advice> advice) {
		advice.accept(Advice.warning("timeout-" + name + "-off", PREFIX + name + " is 0, which is off", why,
				PREFIX + name + "=" + usual + ", the default"));
	}

}
