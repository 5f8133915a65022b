package io.millrace.boot.autoconfigure.explain;

import java.util.Map;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.EngineSetting;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerOptions;

/**
 * What the configuration does not say of an engine: what it has chosen, and what was
 * changed since it was started.
 *
 * @param transport the transport in use
 * @param eventLoops how many event loops there are
 * @param worker what runs requests, with the size that it has now
 */
public record Running(Transport transport, int eventLoops, WorkerOptions worker) {

	/**
	 * Read it from an engine.
	 * @param engine the engine
	 * @return how it is now
	 */
	public static Running of(Engine engine) {
		return new Running(engine.transport(), engine.eventLoopCount(),
				worker(engine.config(), engine.control().current()));
	}

	// The size of the application's own workers is not that of the options.
	private static WorkerOptions worker(EngineConfig config, Map<EngineSetting, Integer> now) {
		Integer workers = now.get(EngineSetting.WORKERS);
		Integer capacity = now.get(EngineSetting.QUEUE_CAPACITY);
		return (workers == null || capacity == null || config.workerPool() != null) ? config.worker()
				: config.worker().withSize(workers, capacity);
	}

}
