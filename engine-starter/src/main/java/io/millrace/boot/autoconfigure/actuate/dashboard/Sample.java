package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.millrace.boot.autoconfigure.actuate.dashboard.LatencyRecorder.Latencies;
import io.millrace.core.observe.EngineSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonWriter;

/**
 * What has happened between two readings of the engine, and how it stands at the second.
 *
 * @param before the first reading
 * @param now the second
 * @param latencies how long requests waited and took in between, {@code null} where
 * nobody measures that
 * @param memory the memory of the process
 */
record Sample(EngineSnapshot before, EngineSnapshot now, @Nullable Latencies latencies, ProcessMemory memory) {

	private static final JsonWriter<Map<String, Object>> JSON = JsonWriter.standard();

	private static final double NANOS = 1_000_000_000.0;

	/**
	 * As the stream has it; {@code docs/observe.md} describes it.
	 * @return JSON on one line
	 */
	String toJson() {
		return JSON.writeToString(toMap());
	}

	private Map<String, Object> toMap() {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("time", this.now.takenAt().toEpochMilli());
		map.put("seconds", rounded(seconds()));
		map.put("state", this.now.state());
		map.put("transport", this.now.transport());
		map.put("mode", mode());
		map.put("uptime", rounded(this.now.uptime().toNanos() / NANOS));
		map.put("throughput", throughput());
		Latencies known = this.latencies;
		if (known != null) {
			map.put("service", percentiles(known.service()));
			map.put("wait", percentiles(known.queueWait()));
		}
		map.put("inFlight", this.now.requests().inFlight());
		map.put("waiting", waiting());
		map.put("connections", connections());
		map.put("workers", this.now.workers().stream().map(Sample::workers).toList());
		EngineSnapshot.Admission admission = this.now.admission();
		if (admission != null) {
			map.put("admission", Map.of("limit", admission.limit(), "inFlight", admission.inFlight()));
		}
		map.put("loops", this.now.eventLoops().stream().map(this::loop).toList());
		map.put("memory", memoryInUse());
		map.put("status", rates(this.before.requests().byStatus(), this.now.requests().byStatus()));
		map.put("refused", rates(this.before.refusals().refused(), this.now.refusals().refused()));
		map.put("timeouts", rates(this.before.refusals().timeouts(), this.now.refusals().timeouts()));
		map.put("stuck", counts(this.before.refusals().stuck(), this.now.refusals().stuck()));
		return map;
	}

	private double seconds() {
		return Math.max(Duration.between(this.before.takenAt(), this.now.takenAt()).toNanos() / NANOS, 0.001);
	}

	private String mode() {
		List<EngineSnapshot.Workers> workers = this.now.workers();
		return workers.isEmpty() ? "inline" : workers.get(0).mode();
	}

	private long waiting() {
		return this.now.workers().stream().mapToLong(Sample::waiting).sum()
				+ this.now.bulkheads().stream().mapToLong(EngineSnapshot.Bulkhead::waiting).sum();
	}

	private static long waiting(EngineSnapshot.Workers workers) {
		return workers.waiting().values().stream().mapToLong(Integer::longValue).sum();
	}

	private Map<String, Object> throughput() {
		EngineSnapshot.Requests requests = this.now.requests();
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("requests", rate(this.before.requests().started(), requests.started()));
		map.put("completed", rate(this.before.requests().completed(), requests.completed()));
		map.put("aborted", rate(this.before.requests().aborted(), requests.aborted()));
		map.put("bytesIn", rate(this.before.connections().bytesIn(), this.now.connections().bytesIn()));
		map.put("bytesOut", rate(this.before.connections().bytesOut(), this.now.connections().bytesOut()));
		return map;
	}

	private Map<String, Object> connections() {
		EngineSnapshot.Connections connections = this.now.connections();
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("open", connections.open());
		map.put("idle", connections.idle());
		map.put("limit", connections.limit());
		map.put("accepted", rate(this.before.connections().accepted(), connections.accepted()));
		map.put("refused", rates(this.before.connections().refused(), connections.refused()));
		return map;
	}

	private static Map<String, Object> workers(EngineSnapshot.Workers workers) {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("name", workers.name());
		map.put("mode", workers.mode());
		map.put("limit", workers.limit());
		map.put("threads", workers.threads());
		map.put("busy", workers.busy());
		map.put("waiting", waiting(workers));
		map.put("capacity", workers.capacity());
		return map;
	}

	private Map<String, Object> loop(EngineSnapshot.EventLoop loop) {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("name", loop.name());
		map.put("connections", loop.connections());
		map.put("lag", rounded(loop.lag().toNanos() / 1_000_000.0));
		map.put("busy", rounded(loop.busy()));
		return map;
	}

	private Map<String, Object> memoryInUse() {
		EngineSnapshot.Buffers buffers = this.now.buffers();
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("heap", this.memory.heapUsed());
		map.put("heapCommitted", this.memory.heapCommitted());
		map.put("heapMax", this.memory.heapMax());
		map.put("direct", this.memory.direct());
		map.put("buffers", buffers.usedHeap() + buffers.usedDirect());
		map.put("resident", this.memory.resident());
		return map;
	}

	private static Map<String, Object> percentiles(Percentiles percentiles) {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("count", percentiles.count());
		map.put("p50", percentiles.p50());
		map.put("p90", percentiles.p90());
		map.put("p99", percentiles.p99());
		map.put("max", percentiles.max());
		return map;
	}

	private Map<String, Object> rates(Map<String, Long> before, Map<String, Long> now) {
		Map<String, Object> rates = new LinkedHashMap<>();
		now.forEach((kind, count) -> rates.put(kind, rate(before.getOrDefault(kind, 0L), count)));
		return rates;
	}

	private static Map<String, Object> counts(Map<String, Long> before, Map<String, Long> now) {
		Map<String, Object> counts = new LinkedHashMap<>();
		now.forEach((kind, count) -> counts.put(kind, count - before.getOrDefault(kind, 0L)));
		return counts;
	}

	private double rate(long before, long now) {
		return rounded((now - before) / seconds());
	}

	private static double rounded(double value) {
		return Math.round(value * 1000) / 1000.0;
	}

}
