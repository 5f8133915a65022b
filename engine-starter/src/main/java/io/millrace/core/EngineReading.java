package io.millrace.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.millrace.core.http.BulkheadSnapshot;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.observe.EngineStatistics;
import io.millrace.core.transport.Listener;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.AdmissionSnapshot;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerSnapshot;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the parts of an engine say of themselves. Nobody is asked who might be busy:
 * counters are read while they change, so that one may be a moment older than the next.
 */
final class EngineReading {

	private final EngineStatistics statistics;

	EngineReading(EngineStatistics statistics) {
		this.statistics = statistics;
	}

	/**
	 * Read.
	 * @param state in which state the engine is
	 * @param uptime for how long it has been started
	 * @param engine whose parts are read
	 * @param dispatching what runs requests, {@code null} before the first start
	 * @return one reading
	 */
	EngineSnapshot read(String state, Duration uptime, Engine engine, @Nullable Dispatching dispatching) {
		EngineConfig config = engine.config();
		List<EngineSnapshot.Listener> listeners = listeners(engine);
		return new EngineSnapshot(Instant.now(), uptime, state, engine.transport().id(), port(listeners), listeners,
				this.statistics.connections(config.listener().maxConnections()), this.statistics.requests(),
				this.statistics.refusals(), (dispatching != null) ? workers(dispatching) : List.of(),
				(dispatching != null) ? dispatching.bulkheads().stream().map(EngineReading::bulkhead).toList()
						: List.of(),
				admission(config.admission()), (dispatching != null) ? dispatching.eventLoops() : List.of(),
				BufferReading.of(ByteBufAllocator.DEFAULT));
	}

	// Also those that are not bound now: they have been counted, and will be again.
	private List<EngineSnapshot.Listener> listeners(Engine engine) {
		int limit = engine.config().listener().maxConnections();
		Map<String, Listener> bound = new HashMap<>();
		engine.listeners().forEach((listener) -> bound.put(listener.config().name(), listener));
		return engine.config().listeners().stream().map((config) -> {
			Listener listener = bound.get(config.name());
			return new EngineSnapshot.Listener(config.name(),
					(listener != null) ? listener.address() : config.address().describe(),
					(listener != null) ? listener.port() : -1, config.tls() != null,
					Listener.protocols(config, engine.config().http2() != null, engine.config().http3() != null),
					this.statistics.listener(config.name()).connections(limit));
		}).toList();
	}

	private static int port(List<EngineSnapshot.Listener> listeners) {
		return listeners.stream()
			.filter((listener) -> listener.name().equals(ListenerConfig.MAIN))
			.mapToInt(EngineSnapshot.Listener::port)
			.findFirst()
			.orElse(-1);
	}

	private static List<EngineSnapshot.Workers> workers(Dispatching dispatching) {
		List<EngineSnapshot.Workers> workers = new ArrayList<>();
		dispatching.workers().named().forEach((name, pool) -> workers.add(workers(name, pool)));
		return List.copyOf(workers);
	}

	private static EngineSnapshot.Workers workers(String name, WorkerPool pool) {
		WorkerSnapshot snapshot = pool.snapshot();
		Map<String, Integer> waiting = new LinkedHashMap<>();
		for (Priority priority : Priority.values()) {
			waiting.put(priority.id(), pool.waiting(priority));
		}
		return new EngineSnapshot.Workers(name, pool.mode(), snapshot.limit(), snapshot.threads(), snapshot.busy(),
				waiting, snapshot.capacity(), snapshot.refused());
	}

	private static EngineSnapshot.Bulkhead bulkhead(BulkheadSnapshot bulkhead) {
		return new EngineSnapshot.Bulkhead(bulkhead.name(), bulkhead.limit(), bulkhead.running(), bulkhead.waiting(),
				bulkhead.capacity());
	}

	private static EngineSnapshot.@Nullable Admission admission(@Nullable Admission admission) {
		if (admission == null) {
			return null;
		}
		AdmissionSnapshot snapshot = admission.snapshot();
		return new EngineSnapshot.Admission(snapshot.limit(), snapshot.inFlight());
	}

}
