package io.millrace.boot.autoconfigure.actuate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.millrace.boot.RunningEngine;
import io.millrace.core.Engine;
import io.millrace.core.EngineChange;
import io.millrace.core.EngineControl;
import io.millrace.core.EngineSetting;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;

/**
 * Changes the running engine for those who ask the endpoint to, and tells the application
 * of it: audit events, and readiness where the engine drains.
 */
public class RunTimeChanges {

	/** The type of the audit events. */
	public static final String AUDIT_TYPE = "MILLRACE_CHANGED";

	private static final String UNKNOWN = "unknown";

	private final RunningEngine engine;

	private final ApplicationContext context;

	/**
	 * Create it.
	 * @param engine finds the engine
	 * @param context the application, which is told
	 */
	public RunTimeChanges(RunningEngine engine, ApplicationContext context) {
		this.engine = engine;
		this.context = context;
	}

	/**
	 * Make changes: all of them, or none where one of them cannot be made.
	 * @param values what is to be changed to what
	 * @param drain whether the engine is to drain or, where it is {@code false}, to
	 * accept connections again; {@code null} for neither. Changed alone
	 * @param by who wants it, {@code null} where nobody knows
	 * @return what was changed, and what everything is now
	 * @throws IllegalArgumentException where a value is out of range, or cannot be
	 * changed
	 * @throws IllegalStateException where there is nothing to drain, or the drain has not
	 * ended
	 */
	public Map<String, Object> change(Map<EngineSetting, Integer> values, @Nullable Boolean drain,
			@Nullable String by) {
		Engine engine = this.engine.get();
		if (engine == null) {
			throw new IllegalStateException("No engine of Millrace serves this application");
		}
		EngineControl control = engine.control();
		if (drain == null) {
			return told(control, control.change(values, by), by);
		}
		if (!values.isEmpty()) {
			throw new IllegalArgumentException(
					"drain is changed alone. Change the other settings in a request of their own");
		}
		return told(control, drain ? drain(control, by) : resume(control, by), by);
	}

	/**
	 * Collect what is to be changed.
	 * @param workers see {@link EngineSetting#WORKERS}, as the others {@code null} where
	 * it is to stay as it is
	 * @param queueCapacity see {@link EngineSetting#QUEUE_CAPACITY}
	 * @param limit see {@link EngineSetting#LIMIT}
	 * @param limitMin see {@link EngineSetting#LIMIT_MIN}
	 * @param limitMax see {@link EngineSetting#LIMIT_MAX}
	 * @return the values that are given
	 */
	static Map<EngineSetting, Integer> values(@Nullable Integer workers, @Nullable Integer queueCapacity,
			@Nullable Integer limit, @Nullable Integer limitMin, @Nullable Integer limitMax) {
		Map<EngineSetting, Integer> values = new EnumMap<>(EngineSetting.class);
		put(values, EngineSetting.WORKERS, workers);
		put(values, EngineSetting.QUEUE_CAPACITY, queueCapacity);
		put(values, EngineSetting.LIMIT, limit);
		put(values, EngineSetting.LIMIT_MIN, limitMin);
		put(values, EngineSetting.LIMIT_MAX, limitMax);
		return values;
	}

	private static void put(Map<EngineSetting, Integer> values, EngineSetting setting, @Nullable Integer value) {
		if (value != null) {
			values.put(setting, value);
		}
	}

	// Those who look whether to send requests here should know before those who do.
	private List<EngineChange> drain(EngineControl control, @Nullable String by) {
		boolean first = !control.isDraining();
		if (first) {
			tell(ReadinessState.REFUSING_TRAFFIC);
		}
		try {
			EngineChange change = control.drain(by);
			return (change != null) ? List.of(change) : List.of();
		}
		catch (RuntimeException ex) {
			if (first) {
				tell(ReadinessState.ACCEPTING_TRAFFIC);
			}
			throw ex;
		}
	}

	private List<EngineChange> resume(EngineControl control, @Nullable String by) {
		try {
			EngineChange change = control.resume(by);
			tell(ReadinessState.ACCEPTING_TRAFFIC);
			return List.of(change);
		}
		catch (IOException ex) {
			throw new IllegalStateException("The address cannot be bound any more: " + ex.getMessage(), ex);
		}
	}

	private void tell(ReadinessState state) {
		AvailabilityChangeEvent.publish(this.context, this, state);
	}

	private Map<String, Object> told(EngineControl control, List<EngineChange> made, @Nullable String by) {
		List<Map<String, @Nullable Object>> changes = new ArrayList<>();
		for (EngineChange change : made) {
			Map<String, @Nullable Object> data = new LinkedHashMap<>();
			data.put("setting", change.setting());
			data.put("from", change.from());
			data.put("to", change.to());
			changes.add(data);
			this.context.publishEvent(new AuditApplicationEvent((by != null) ? by : UNKNOWN, AUDIT_TYPE,
					"setting=" + change.setting(), "from=" + change.from(), "to=" + change.to()));
		}
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("changed", changes);
		Map<String, Object> now = new LinkedHashMap<>();
		control.current().forEach((setting, value) -> now.put(setting.id(), value));
		now.put("drain", control.isDraining());
		document.put("now", now);
		return document;
	}

}
