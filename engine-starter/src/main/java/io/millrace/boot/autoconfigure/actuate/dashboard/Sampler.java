package io.millrace.boot.autoconfigure.actuate.dashboard;

import io.millrace.boot.RunningEngine;
import io.millrace.core.Engine;
import io.millrace.core.observe.EngineSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Reads the engine again and again, one thread at a time.
 */
final class Sampler {

	private final RunningEngine engine;

	private final @Nullable LatencyRecorder latencies;

	private @Nullable EngineSnapshot last;

	/**
	 * Create a sampler.
	 * @param engine the engine to be read
	 * @param latencies measures how long requests take, {@code null} where nobody can
	 */
	Sampler(RunningEngine engine, @Nullable LatencyRecorder latencies) {
		this.engine = engine;
		this.latencies = latencies;
	}

	/** Whether there is an engine to be read. */
	boolean hasEngine() {
		return this.engine.get() != null;
	}

	/** Read for the first time: what comes next tells what has happened since. */
	void start() {
		if (this.latencies != null) {
			this.latencies.start();
		}
		this.last = read();
	}

	/**
	 * Read again.
	 * @return what has happened since the last time, {@code null} where there is no
	 * engine
	 */
	@Nullable Sample next() {
		EngineSnapshot before = this.last;
		EngineSnapshot now = read();
		this.last = now;
		return (before != null && now != null)
				? new Sample(before, now, (this.latencies != null) ? this.latencies.take() : null, ProcessMemory.read())
				: null;
	}

	/** Measure nothing until the next start. */
	void stop() {
		if (this.latencies != null) {
			this.latencies.stop();
		}
		this.last = null;
	}

	private @Nullable EngineSnapshot read() {
		Engine running = this.engine.get();
		return (running != null) ? running.snapshot() : null;
	}

}
