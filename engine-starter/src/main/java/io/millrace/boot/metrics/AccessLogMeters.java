package io.millrace.boot.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * What the access log counts of itself. Leaves the registries when it is closed.
 */
public final class AccessLogMeters implements MeterBinder, AutoCloseable {

	private final LongSupplier dropped;

	// Guarded by this.
	private final List<Runnable> removals = new ArrayList<>();

	/**
	 * Create meters.
	 * @param dropped how many lines were dropped since the start; asked by any thread
	 */
	public AccessLogMeters(LongSupplier dropped) {
		this.dropped = dropped;
	}

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		MillraceMeters meter = MillraceMeters.ACCESS_LOG_DROPPED;
		FunctionCounter counter = FunctionCounter.builder(meter.getName(), this.dropped, LongSupplier::getAsLong)
			.description(meter.getDescription())
			.register(registry);
		this.removals.add(() -> registry.remove(counter));
	}

	@Override
	public synchronized void close() {
		this.removals.forEach(Runnable::run);
		this.removals.clear();
	}

}
