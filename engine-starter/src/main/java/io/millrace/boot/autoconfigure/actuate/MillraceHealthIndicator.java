package io.millrace.boot.autoconfigure.actuate;

import java.util.List;

import io.millrace.boot.autoconfigure.actuate.EngineTroubles.Trouble;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of the engine: up, or degraded while something is stuck or exhausted. Never
 * down: who can ask is served, and a restart does not make a database faster.
 */
public class MillraceHealthIndicator extends AbstractHealthIndicator {

	/**
	 * The engine serves, and not as it should. Boot answers it with 200, as all statuses
	 * that nobody has mapped.
	 */
	public static final Status DEGRADED = new Status("DEGRADED",
			"The engine serves, and something is stuck or exhausted");

	private final EngineTroubles troubles;

	MillraceHealthIndicator(EngineTroubles troubles) {
		super("The health of the engine could not be told");
		this.troubles = troubles;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		List<Trouble> now = this.troubles.now();
		if (now.isEmpty()) {
			builder.up();
			return;
		}
		builder.status(DEGRADED);
		for (Trouble trouble : now) {
			builder.withDetail(trouble.kind(),
					new Fields().add("count", trouble.count())
						.add("since", trouble.since().toString())
						.add("description", trouble.description())
						.toMap());
		}
	}

}
