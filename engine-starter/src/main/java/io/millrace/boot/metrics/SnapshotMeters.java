package io.millrace.boot.metrics;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Tags;
import io.millrace.boot.metrics.MillraceMeters.MeterTag;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.observe.EngineSnapshot.Admission;
import io.millrace.core.observe.EngineSnapshot.Bulkhead;
import io.millrace.core.observe.EngineSnapshot.Connections;
import io.millrace.core.observe.EngineSnapshot.EventLoop;
import io.millrace.core.observe.EngineSnapshot.Listener;
import io.millrace.core.observe.EngineSnapshot.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Which meter shows what of a snapshot. What there is one of each for (reasons, pools,
 * loops, routes) is the same for as long as an engine runs.
 */
final class SnapshotMeters {

	private final RegisteredMeters meters;

	SnapshotMeters(RegisteredMeters meters) {
		this.meters = meters;
	}

	/**
	 * Register all of them.
	 * @param first a reading that has all names
	 */
	void register(EngineSnapshot first) {
		first.listeners().forEach(this::registerListener);
		// All listeners have one maximum in common.
		this.meters.gauge(MillraceMeters.CONNECTIONS_MAX, Tags.empty(), (now) -> now.connections().limit());
		registerRequests(first);
		first.workers().forEach(this::registerPool);
		first.bulkheads().forEach(this::registerBulkhead);
		registerAdmission(first.admission());
		first.eventLoops().forEach(this::registerLoop);
		registerBuffers();
		registerTroubles(first.refusals());
	}

	private void registerListener(Listener listener) {
		Tags tags = MeterTag.LISTENER.with(listener.name());
		Predicate<Listener> same = (other) -> other.name().equals(listener.name());
		for (String protocol : listener.connections().byProtocol().keySet()) {
			Tags both = tags.and(MeterTag.PROTOCOL.with(protocol));
			this.meters.gauge(MillraceMeters.CONNECTIONS_OPEN, both,
					connections(same, protocol(protocol, EngineSnapshot.Protocol::open)));
			this.meters.gauge(MillraceMeters.CONNECTIONS_IDLE, both,
					connections(same, protocol(protocol, EngineSnapshot.Protocol::idle)));
		}
		this.meters.counter(MillraceMeters.CONNECTIONS_ACCEPTED, tags, connections(same, Connections::accepted));
		counters(MillraceMeters.CONNECTIONS_REFUSED, tags, MeterTag.REASON, listener.connections().refused(),
				counts(same, Connections::refused));
		counters(MillraceMeters.CONNECTIONS_ACCEPT_FAILURES, tags, MeterTag.REASON,
				listener.connections().acceptFailures(), counts(same, Connections::acceptFailures));
		this.meters.counter(MillraceMeters.TLS_HANDSHAKES, tags.and(MeterTag.OUTCOME.with("completed")),
				connections(same, Connections::handshakes));
		this.meters.counter(MillraceMeters.TLS_HANDSHAKES, tags.and(MeterTag.OUTCOME.with("failed")),
				connections(same, Connections::handshakesFailed));
		this.meters.counter(MillraceMeters.DATA_RECEIVED, tags, connections(same, Connections::bytesIn));
		this.meters.counter(MillraceMeters.DATA_SENT, tags, connections(same, Connections::bytesOut));
	}

	private static ToDoubleFunction<EngineSnapshot> connections(Predicate<Listener> same,
			ToDoubleFunction<Connections> value) {
		return sum(EngineSnapshot::listeners, same, (listener) -> value.applyAsDouble(listener.connections()));
	}

	private static Function<EngineSnapshot, Map<String, Long>> counts(Predicate<Listener> same,
			Function<Connections, Map<String, Long>> counts) {
		return (now) -> now.listeners()
			.stream()
			.filter(same)
			.findFirst()
			.map((listener) -> counts.apply(listener.connections()))
			.orElse(Map.of());
	}

	private void registerRequests(EngineSnapshot first) {
		this.meters.gauge(MillraceMeters.REQUESTS_IN_FLIGHT, Tags.empty(), (now) -> now.requests().inFlight());
		this.meters.counter(MillraceMeters.REQUESTS_STARTED, Tags.empty(), (now) -> now.requests().started());
		counters(MillraceMeters.REQUESTS_COMPLETED, Tags.empty(), MeterTag.STATUS, first.requests().byStatus(),
				(now) -> now.requests().byStatus());
		this.meters.counter(MillraceMeters.REQUESTS_ABORTED, Tags.empty(), (now) -> now.requests().aborted());
		counters(MillraceMeters.REQUESTS_REFUSED, Tags.empty(), MeterTag.REASON, first.refusals().refused(),
				(now) -> now.refusals().refused());
		this.meters.counter(MillraceMeters.REQUESTS_ABANDONED, Tags.empty(), (now) -> now.refusals().abandoned());
		this.meters.counter(MillraceMeters.REQUESTS_RATE_UNKNOWN, Tags.empty(), (now) -> now.refusals().rateUnknown());
	}

	private void registerPool(Workers pool) {
		Predicate<Workers> same = (other) -> other.name().equals(pool.name());
		Tags name = MeterTag.POOL.with(pool.name());
		Tags tags = name.and(MeterTag.MODE.with(pool.mode()));
		this.meters.gauge(MillraceMeters.WORKERS_THREADS, tags, sum(EngineSnapshot::workers, same, Workers::threads));
		this.meters.gauge(MillraceMeters.WORKERS_BUSY, tags, sum(EngineSnapshot::workers, same, Workers::busy));
		this.meters.gauge(MillraceMeters.WORKERS_MAX, tags, sum(EngineSnapshot::workers, same, Workers::limit));
		this.meters.gauge(MillraceMeters.QUEUE_CAPACITY, name, sum(EngineSnapshot::workers, same, Workers::capacity));
		for (String priority : pool.waiting().keySet()) {
			this.meters.gauge(MillraceMeters.QUEUE_DEPTH, name.and(MeterTag.PRIORITY.with(priority)),
					sum(EngineSnapshot::workers, same, (now) -> now.waiting().getOrDefault(priority, 0)));
		}
	}

	private void registerBulkhead(Bulkhead bulkhead) {
		Predicate<Bulkhead> same = (other) -> other.route().equals(bulkhead.route());
		Tags tags = MeterTag.ROUTE.with(bulkhead.route());
		this.meters.gauge(MillraceMeters.BULKHEAD_RUNNING, tags,
				sum(EngineSnapshot::bulkheads, same, Bulkhead::running));
		this.meters.gauge(MillraceMeters.BULKHEAD_MAX, tags, sum(EngineSnapshot::bulkheads, same, Bulkhead::limit));
		this.meters.gauge(MillraceMeters.BULKHEAD_WAITING, tags,
				sum(EngineSnapshot::bulkheads, same, Bulkhead::waiting));
		this.meters.gauge(MillraceMeters.BULKHEAD_CAPACITY, tags,
				sum(EngineSnapshot::bulkheads, same, Bulkhead::capacity));
	}

	private void registerAdmission(@Nullable Admission first) {
		if (first != null) {
			this.meters.gauge(MillraceMeters.ADMISSION_LIMIT, Tags.empty(), admission(Admission::limit));
			this.meters.gauge(MillraceMeters.ADMISSION_IN_FLIGHT, Tags.empty(), admission(Admission::inFlight));
		}
	}

	private static ToDoubleFunction<Connections> protocol(String name,
			ToDoubleFunction<EngineSnapshot.Protocol> value) {
		return (now) -> {
			EngineSnapshot.Protocol protocol = now.byProtocol().get(name);
			return (protocol != null) ? value.applyAsDouble(protocol) : 0;
		};
	}

	private static ToDoubleFunction<EngineSnapshot> admission(ToDoubleFunction<Admission> value) {
		return (now) -> {
			Admission admission = now.admission();
			return (admission != null) ? value.applyAsDouble(admission) : Double.NaN;
		};
	}

	private void registerLoop(EventLoop loop) {
		Predicate<EventLoop> same = (other) -> other.name().equals(loop.name());
		Tags tags = MeterTag.LOOP.with(loop.name());
		this.meters.timeGauge(MillraceMeters.EVENT_LOOP_LAG, tags,
				sum(EngineSnapshot::eventLoops, same, (now) -> now.lag().toNanos()));
		this.meters.gauge(MillraceMeters.EVENT_LOOP_BUSY, tags, sum(EngineSnapshot::eventLoops, same, EventLoop::busy));
		this.meters.counter(MillraceMeters.EVENT_LOOP_BUSY_TIME, tags,
				sum(EngineSnapshot::eventLoops, same, (now) -> now.busyNanos() / 1e9));
		this.meters.gauge(MillraceMeters.EVENT_LOOP_CONNECTIONS, tags,
				sum(EngineSnapshot::eventLoops, same, EventLoop::connections));
	}

	private void registerBuffers() {
		Tags heap = MeterTag.AREA.with("heap");
		Tags direct = MeterTag.AREA.with("direct");
		this.meters.gauge(MillraceMeters.BUFFERS_USED, heap, (now) -> now.buffers().usedHeap());
		this.meters.gauge(MillraceMeters.BUFFERS_USED, direct, (now) -> now.buffers().usedDirect());
		this.meters.gauge(MillraceMeters.BUFFERS_PINNED, heap, (now) -> known(now.buffers().pinnedHeap()));
		this.meters.gauge(MillraceMeters.BUFFERS_PINNED, direct, (now) -> known(now.buffers().pinnedDirect()));
	}

	private static double known(long bytes) {
		return (bytes >= 0) ? bytes : Double.NaN;
	}

	private void registerTroubles(EngineSnapshot.Refusals first) {
		counters(MillraceMeters.TIMEOUTS, Tags.empty(), MeterTag.KIND, first.timeouts(),
				(now) -> now.refusals().timeouts());
		this.meters.counter(MillraceMeters.CLIENT_ABORTS, Tags.empty(), (now) -> now.refusals().clientAborts());
		counters(MillraceMeters.PROTOCOL_ERRORS, Tags.empty(), MeterTag.KIND, first.protocolErrors(),
				(now) -> now.refusals().protocolErrors());
		counters(MillraceMeters.STUCK, Tags.empty(), MeterTag.KIND, first.stuck(), (now) -> now.refusals().stuck());
	}

	private void counters(MillraceMeters meter, Tags tags, MeterTag tag, Map<String, Long> first,
			Function<EngineSnapshot, Map<String, Long>> counts) {
		for (String each : first.keySet()) {
			this.meters.counter(meter, tags.and(tag.with(each)), (now) -> counts.apply(now).getOrDefault(each, 0L));
		}
	}

	private static <T> ToDoubleFunction<EngineSnapshot> sum(Function<EngineSnapshot, List<T>> all, Predicate<T> which,
			ToDoubleFunction<T> value) {
		return (now) -> all.apply(now).stream().filter(which).mapToDouble(value).sum();
	}

}
