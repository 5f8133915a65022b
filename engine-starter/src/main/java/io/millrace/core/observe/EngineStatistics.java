package io.millrace.core.observe;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens in the engine, always. Any thread may count and read.
 * <p>
 * A request costs four counts: that it has come, how it was answered, and its bytes in
 * and out. Each is a {@link LongAdder}: one uncontended compare-and-set, some
 * nanoseconds, and a cell of its own for each thread as soon as two of them meet. Plain
 * counters of each event loop would be cheaper by less than can be measured, and cannot
 * be had: where a worker writes the response itself, the exchange ends on the worker.
 * What several readings add up to may be a moment apart.
 */
public final class EngineStatistics {

	// As ListenerConfig has it.
	private static final String MAIN = "main";

	private final ObservedKinds kinds;

	private final ListenerStatistics main;

	private final Map<String, ListenerStatistics> listeners = new ConcurrentHashMap<>();

	private final KindCounts refused;

	private final LongAdder abandoned = new LongAdder();

	private final LongAdder rateUnknown = new LongAdder();

	private final LongAdder clientAborts = new LongAdder();

	private final KindCounts timeouts;

	private final KindCounts protocolErrors;

	private final KindCounts stuck;

	/**
	 * Begin at zero.
	 * @param kinds all kinds of what is counted by kind
	 */
	public EngineStatistics(ObservedKinds kinds) {
		this.kinds = kinds;
		this.main = listener(MAIN);
		this.refused = new KindCounts(kinds.refused());
		this.timeouts = new KindCounts(kinds.timeouts());
		this.protocolErrors = new KindCounts(kinds.protocolErrors());
		this.stuck = new KindCounts(Arrays.stream(StuckKind.values()).map(StuckKind::id).toList());
	}

	/**
	 * What is counted of the first listener, and of what belongs to none.
	 * @return its statistics
	 */
	ListenerStatistics main() {
		return this.main;
	}

	/**
	 * What is counted of one listener.
	 * @param name what it is called
	 * @return its statistics, always the same
	 */
	public ListenerStatistics listener(String name) {
		return this.listeners.computeIfAbsent(name, (listener) -> new ListenerStatistics(this.kinds));
	}

	void clientAborted() {
		this.clientAborts.increment();
	}

	void protocolError(String kind) {
		this.protocolErrors.count(kind);
	}

	void refused(String reason) {
		this.refused.count(reason);
	}

	void rateUnknown() {
		this.rateUnknown.increment();
	}

	void abandoned() {
		this.abandoned.increment();
	}

	void timedOut(String kind) {
		this.timeouts.count(kind);
	}

	void stuck(String kind) {
		this.stuck.count(kind);
	}

	/**
	 * Read what is counted of connections.
	 * @param limit how many may be open, 0 for any number
	 * @return one reading of all listeners together
	 */
	public EngineSnapshot.Connections connections(int limit) {
		return this.listeners.values()
			.stream()
			.map((listener) -> listener.connections(limit))
			.reduce(EngineStatistics::sum)
			.orElseThrow();
	}

	private static EngineSnapshot.Connections sum(EngineSnapshot.Connections one, EngineSnapshot.Connections other) {
		return new EngineSnapshot.Connections(one.open() + other.open(), one.idle() + other.idle(), one.limit(),
				one.accepted() + other.accepted(), one.closed() + other.closed(), sum(one.refused(), other.refused()),
				sum(one.acceptFailures(), other.acceptFailures()), one.bytesIn() + other.bytesIn(),
				one.bytesOut() + other.bytesOut(), one.handshakes() + other.handshakes(),
				one.handshakesFailed() + other.handshakesFailed(), byProtocol(one, other));
	}

	private static Map<String, EngineSnapshot.Protocol> byProtocol(EngineSnapshot.Connections one,
			EngineSnapshot.Connections other) {
		SortedMap<String, EngineSnapshot.Protocol> both = new TreeMap<>(one.byProtocol());
		other.byProtocol()
			.forEach((protocol, reading) -> both.merge(protocol, reading,
					(first, second) -> new EngineSnapshot.Protocol(first.open() + second.open(),
							first.idle() + second.idle())));
		return Collections.unmodifiableSortedMap(both);
	}

	/**
	 * Read what is counted of requests.
	 * @return one reading of all listeners together
	 */
	public EngineSnapshot.Requests requests() {
		return this.listeners.values()
			.stream()
			.map(ListenerStatistics::requests)
			.reduce(EngineStatistics::sum)
			.orElseThrow();
	}

	private static EngineSnapshot.Requests sum(EngineSnapshot.Requests one, EngineSnapshot.Requests other) {
		return new EngineSnapshot.Requests(one.inFlight() + other.inFlight(), one.started() + other.started(),
				one.completed() + other.completed(), one.aborted() + other.aborted(),
				sum(one.byStatus(), other.byStatus()));
	}

	private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
		SortedMap<String, Long> sum = new TreeMap<>(one);
		other.forEach((kind, count) -> sum.merge(kind, count, Long::sum));
		return Collections.unmodifiableSortedMap(sum);
	}

	/**
	 * Read what is counted of what was turned away, and what went wrong.
	 * @return one reading
	 */
	public EngineSnapshot.Refusals refusals() {
		return new EngineSnapshot.Refusals(this.refused.read(), this.abandoned.sum(), this.rateUnknown.sum(),
				this.clientAborts.sum(), this.timeouts.read(), this.protocolErrors.read(), this.stuck.read());
	}

}
