package io.millrace.boot.autoconfigure.explain;

import java.time.temporal.ChronoUnit;

import io.millrace.core.Engine;
import io.millrace.core.EngineChange;
import io.millrace.core.EngineSetting;
import io.millrace.core.worker.AdjustableLimit;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has changed while the engine ran: then it is no property that says what
 * is in force.
 */
final class RunTimeOrigin {

	private RunTimeOrigin() {
	}

	/**
	 * The last change of what a property sets at start.
	 * @param name the property
	 * @param engine the engine
	 * @return the change, {@code null} where it was not changed
	 */
	static @Nullable EngineChange of(String name, Engine engine) {
		EngineSetting setting = setting(name, engine);
		EngineChange last = null;
		for (EngineChange change : engine.control().changes()) {
			last = (setting != null && change.setting().equals(setting.id())) ? change : last;
		}
		return last;
	}

	private static @Nullable EngineSetting setting(String name, Engine engine) {
		boolean threads = engine.config().worker().mode() == WorkerMode.POOL;
		return switch (name) {
			case "millrace.worker.max-threads" -> threads ? EngineSetting.WORKERS : null;
			case "millrace.worker.max-concurrency" -> threads ? null : EngineSetting.WORKERS;
			case "millrace.worker.queue.capacity" -> EngineSetting.QUEUE_CAPACITY;
			case "millrace.admission.min" -> EngineSetting.LIMIT_MIN;
			case "millrace.admission.max" -> isAdaptive(engine) ? EngineSetting.LIMIT_MAX : EngineSetting.LIMIT;
			default -> null;
		};
	}

	private static boolean isAdaptive(Engine engine) {
		Admission admission = engine.config().admission();
		AdjustableLimit limit = (admission != null) ? admission.adjustable() : null;
		return limit != null && limit.isAdaptive();
	}

	/**
	 * Say where a value comes from.
	 * @param change the change that it comes from
	 * @return when it was changed, and by whom as far as that is known
	 */
	static String describe(EngineChange change) {
		String by = (change.by() != null) ? " by " + change.by() : "";
		return "changed at run time" + by + " at " + change.at().truncatedTo(ChronoUnit.SECONDS);
	}

}
