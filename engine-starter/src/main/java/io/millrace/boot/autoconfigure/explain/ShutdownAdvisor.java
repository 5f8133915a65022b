package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;
import java.util.function.Consumer;

import org.springframework.boot.convert.DurationStyle;

/**
 * Looks at what becomes of requests that are under way when the application stops.
 */
class ShutdownAdvisor implements Advisor {

	private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		if ("immediate".equalsIgnoreCase(situation.environment().getProperty("server.shutdown"))) {
			advice.accept(Advice.warning("shutdown", "server.shutdown is immediate",
					"Each deployment cuts the requests that are under way: their clients get errors",
					"server.shutdown=graceful, the default"));
			return;
		}
		Duration request = situation.config().dispatch().timeout();
		Duration phase = DurationStyle.detectAndParse(situation.environment().getProperty(PHASE, "30s"));
		if (request.compareTo(phase) > 0) {
			advice.accept(Advice.info("shutdown-short", "requests may take " + SettingValues.of(request)
					+ " (millrace.timeouts.request), and shutting down " + SettingValues.of(phase) + " (" + PHASE + ")",
					"Each deployment cuts those that take longer", PHASE + "="
							+ SettingValues.of(request.plusSeconds(5)) + ", and as much for what stops the process"));
		}
	}

}
