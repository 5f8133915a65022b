package io.millrace.boot.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.millrace.boot.metrics.MillraceMeters.MeterTag;
import io.millrace.core.observe.ObservedExchange;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The timers of one meter in one registry, one for each mode and priority that there has
 * been: they are registered at the first request of their kind and found by number after
 * that. Any thread may record.
 */
final class TimerTable {

	private static final Log logger = LogFactory.getLog(TimerTable.class);

	private static final String[] MODES = { "pool", "virtual", "loop", "inline", "own", ObservedExchange.UNHANDLED };

	private static final String[] PRIORITIES = { "high", "normal", "low" };

	private final MillraceMeters meter;

	private final MeterRegistry registry;

	private final AtomicReferenceArray<Timer> timers = new AtomicReferenceArray<>(MODES.length * PRIORITIES.length);

	TimerTable(MillraceMeters meter, MeterRegistry registry) {
		this.meter = meter;
		this.registry = registry;
	}

	void record(String mode, String priority, long nanos) {
		timer(mode, priority).record(nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * A timer, registered if it is not yet.
	 * @param mode as {@link ObservedExchange#mode()}
	 * @param priority as {@link ObservedExchange#priority()}
	 * @return the timer
	 */
	Timer timer(String mode, String priority) {
		int place = mode(mode) * PRIORITIES.length + priority(priority);
		Timer timer = this.timers.get(place);
		if (timer == null) {
			timer = register(place);
			this.timers.set(place, timer);
		}
		return timer;
	}

	private static int mode(String mode) {
		return switch (mode) {
			case "pool" -> 0;
			case "virtual" -> 1;
			case "loop" -> 2;
			case "inline" -> 3;
			case "own" -> 4;
			default -> 5;
		};
	}

	private static int priority(String priority) {
		return switch (priority) {
			case "high" -> 0;
			case "low" -> 2;
			default -> 1;
		};
	}

	// A registry that does not take it is not asked again with every request.
	private Timer register(int place) {
		Tags tags = MeterTag.MODE.with(MODES[place / PRIORITIES.length])
			.and(MeterTag.PRIORITY.with(PRIORITIES[place % PRIORITIES.length]));
		try {
			return Timer.builder(this.meter.getName())
				.description(this.meter.getDescription())
				.tags(tags)
				.register(this.registry);
		}
		catch (RuntimeException ex) {
			logger.warn(this.meter.getName() + " could not be registered, and is not measured", ex);
			return new NoopTimer(new Meter.Id(this.meter.getName(), tags, null, null, Meter.Type.TIMER));
		}
	}

	void remove() {
		for (int place = 0; place < this.timers.length(); place++) {
			Timer timer = this.timers.get(place);
			if (timer != null) {
				this.registry.remove(timer);
			}
		}
	}

}
