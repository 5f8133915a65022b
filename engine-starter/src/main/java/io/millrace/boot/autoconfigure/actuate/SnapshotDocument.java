package io.millrace.boot.autoconfigure.actuate;

import java.util.List;
import java.util.Map;

import io.millrace.core.observe.EngineSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the engine as users read it: what {@code GET /actuator/millrace} answers.
 * The names stand here and in {@code docs/observe.md}, and not in the records of the
 * engine, which may be renamed: fields are added under the same {@link #SCHEMA}, and one
 * that is renamed, removed or gets another meaning raises it.
 */
public final class SnapshotDocument {

	/** The version of the names and their meaning. */
	public static final int SCHEMA = 1;

	private SnapshotDocument() {
	}

	/**
	 * Write a snapshot.
	 * @param snapshot the snapshot
	 * @return maps, lists, strings, numbers and booleans only, to be written as JSON;
	 * times are in milliseconds where the name ends with {@code Ms}, sizes in bytes
	 */
	public static Map<String, Object> of(EngineSnapshot snapshot) {
		return new Fields().add("schema", SCHEMA)
			.add("takenAt", snapshot.takenAt().toString())
			.addMillis("uptimeMs", snapshot.uptime())
			.add("state", snapshot.state())
			.add("transport", snapshot.transport())
			.add("port", snapshot.port())
			.add("listeners", snapshot.listeners().stream().map(SnapshotDocument::listener).toList())
			.add("connections", connections(snapshot.connections()))
			.add("requests", requests(snapshot.requests()))
			.add("refusals", refusals(snapshot.refusals()))
			.add("workers", snapshot.workers().stream().map(SnapshotDocument::workers).toList())
			.add("bulkheads", snapshot.bulkheads().stream().map(SnapshotDocument::bulkhead).toList())
			.add("admission", admission(snapshot.admission()))
			.add("eventLoops", eventLoops(snapshot.eventLoops()))
			.add("buffers", buffers(snapshot.buffers()))
			.toMap();
	}

	private static Map<String, Object> listener(EngineSnapshot.Listener listener) {
		return new Fields().add("name", listener.name())
			.add("address", listener.address())
			.add("port", listener.port())
			.add("tls", listener.tls())
			.add("protocols", listener.protocols())
			.add("open", listener.connections().open())
			.add("accepted", listener.connections().accepted())
			.toMap();
	}

	private static Map<String, Object> connections(EngineSnapshot.Connections connections) {
		return new Fields().add("open", connections.open())
			.add("idle", connections.idle())
			.add("limit", connections.limit())
			.add("accepted", connections.accepted())
			.add("closed", connections.closed())
			.add("refused", connections.refused())
			.add("acceptFailures", connections.acceptFailures())
			.add("bytesIn", connections.bytesIn())
			.add("bytesOut", connections.bytesOut())
			.add("handshakes", connections.handshakes())
			.add("handshakesFailed", connections.handshakesFailed())
			.add("byProtocol", byProtocol(connections.byProtocol()))
			.toMap();
	}

	private static Map<String, Object> byProtocol(Map<String, EngineSnapshot.Protocol> protocols) {
		Fields fields = new Fields();
		protocols.forEach((name, protocol) -> fields.add(name,
				new Fields().add("open", protocol.open()).add("idle", protocol.idle()).toMap()));
		return fields.toMap();
	}

	private static Map<String, Object> requests(EngineSnapshot.Requests requests) {
		return new Fields().add("inFlight", requests.inFlight())
			.add("started", requests.started())
			.add("completed", requests.completed())
			.add("aborted", requests.aborted())
			.add("byStatus", requests.byStatus())
			.toMap();
	}

	private static Map<String, Object> refusals(EngineSnapshot.Refusals refusals) {
		return new Fields().add("refused", refusals.refused())
			.add("abandoned", refusals.abandoned())
			.add("rateUnknown", refusals.rateUnknown())
			.add("clientAborts", refusals.clientAborts())
			.add("timeouts", refusals.timeouts())
			.add("protocolErrors", refusals.protocolErrors())
			.add("stuck", refusals.stuck())
			.toMap();
	}

	private static Map<String, Object> workers(EngineSnapshot.Workers workers) {
		return new Fields().add("name", workers.name())
			.add("mode", workers.mode())
			.add("limit", workers.limit())
			.add("threads", workers.threads())
			.add("busy", workers.busy())
			.add("waiting", workers.waiting())
			.add("capacity", workers.capacity())
			.add("refused", workers.refused())
			.toMap();
	}

	private static Map<String, Object> bulkhead(EngineSnapshot.Bulkhead bulkhead) {
		return new Fields().add("route", bulkhead.route())
			.add("limit", bulkhead.limit())
			.add("running", bulkhead.running())
			.add("waiting", bulkhead.waiting())
			.add("capacity", bulkhead.capacity())
			.toMap();
	}

	private static @Nullable Map<String, Object> admission(EngineSnapshot.@Nullable Admission admission) {
		return (admission != null)
				? new Fields().add("limit", admission.limit()).add("inFlight", admission.inFlight()).toMap() : null;
	}

	private static List<Map<String, Object>> eventLoops(List<EngineSnapshot.EventLoop> loops) {
		return loops.stream()
			.map((loop) -> new Fields().add("name", loop.name())
				.add("connections", loop.connections())
				.addExactMillis("lagMs", loop.lag().toNanos())
				.addExactMillis("busyMs", loop.busyNanos())
				.add("busyRatio", loop.busy())
				.toMap())
			.toList();
	}

	private static Map<String, Object> buffers(EngineSnapshot.Buffers buffers) {
		return new Fields().add("usedHeapBytes", buffers.usedHeap())
			.add("usedDirectBytes", buffers.usedDirect())
			.add("pinnedHeapBytes", buffers.pinnedHeap())
			.add("pinnedDirectBytes", buffers.pinnedDirect())
			.toMap();
	}

}
