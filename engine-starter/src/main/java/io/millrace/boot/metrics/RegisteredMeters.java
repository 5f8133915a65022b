package io.millrace.boot.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.millrace.core.observe.EngineSnapshot;

/**
 * The meters of one registry that are read from snapshots. They have the description and
 * unit that the enum says, and are gone from the registry after {@link #remove()}.
 */
final class RegisteredMeters {

	private final MeterRegistry registry;

	// Held here: a registry refers to what its counters read only weakly.
	private final Supplier<EngineSnapshot> snapshots;

	private final List<Meter> meters = new ArrayList<>();

	RegisteredMeters(MeterRegistry registry, Supplier<EngineSnapshot> snapshots) {
		this.registry = registry;
		this.snapshots = snapshots;
	}

	void gauge(MillraceMeters meter, Tags tags, ToDoubleFunction<EngineSnapshot> value) {
		this.meters.add(Gauge.builder(meter.getName(), this.snapshots, (source) -> value.applyAsDouble(source.get()))
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(tags)
			.register(this.registry));
	}

	void timeGauge(MillraceMeters meter, Tags tags, ToDoubleFunction<EngineSnapshot> nanos) {
		this.meters.add(TimeGauge
			.builder(meter.getName(), this.snapshots, TimeUnit.NANOSECONDS,
					(source) -> nanos.applyAsDouble(source.get()))
			.description(meter.getDescription())
			.tags(tags)
			.register(this.registry));
	}

	void counter(MillraceMeters meter, Tags tags, ToDoubleFunction<EngineSnapshot> count) {
		this.meters
			.add(FunctionCounter.builder(meter.getName(), this.snapshots, (source) -> count.applyAsDouble(source.get()))
				.description(meter.getDescription())
				.baseUnit(meter.getBaseUnit())
				.tags(tags)
				.register(this.registry));
	}

	void remove() {
		this.meters.forEach(this.registry::remove);
		this.meters.clear();
	}

}
