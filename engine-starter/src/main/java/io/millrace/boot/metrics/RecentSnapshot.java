package io.millrace.boot.metrics;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.millrace.core.observe.EngineSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A reading of the engine that is kept for a moment: whoever collects all meters takes
 * one instead of some forty, and what he gets fits together. Any thread may ask.
 */
final class RecentSnapshot implements Supplier<EngineSnapshot> {

	private static final long LIFE = TimeUnit.MILLISECONDS.toNanos(100);

	private final Supplier<EngineSnapshot> source;

	private final LongSupplier clock;

	// Guarded by this.
	private @Nullable EngineSnapshot last;

	// Guarded by this.
	private long takenAt;

	RecentSnapshot(Supplier<EngineSnapshot> source, LongSupplier clock) {
		this.source = source;
		this.clock = clock;
	}

	@Override
	public synchronized EngineSnapshot get() {
		long now = this.clock.getAsLong();
		EngineSnapshot snapshot = this.last;
		if (snapshot == null || now - this.takenAt >= LIFE) {
			snapshot = this.source.get();
			this.last = snapshot;
			this.takenAt = now;
		}
		return snapshot;
	}

}
