package io.millrace.core.observe;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
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
public final class EngineStatistics implements EngineObserver {

	private static final int STATUS_CLASSES = 5;

	private static final String HTTP_1 = "http1";

	private final LongAdder accepted = new LongAdder();

	private final LongAdder closed = new LongAdder();

	private final KindCounts connectionsRefused;

	private final KindCounts acceptFailures;

	private final LongAdder handshakes = new LongAdder();

	private final LongAdder handshakesFailed = new LongAdder();

	private final LongAdder bytesIn = new LongAdder();

	private final LongAdder bytesOut = new LongAdder();

	private final LongAdder started = new LongAdder();

	private final LongAdder[] answered = new LongAdder[STATUS_CLASSES];

	private final LongAdder aborted = new LongAdder();

	private final Map<String, MultiplexedConnections> multiplexed = new ConcurrentSkipListMap<>();

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
		this.connectionsRefused = new KindCounts(kinds.connectionsRefused());
		this.acceptFailures = new KindCounts(kinds.acceptFailures());
		this.refused = new KindCounts(kinds.refused());
		this.timeouts = new KindCounts(kinds.timeouts());
		this.protocolErrors = new KindCounts(kinds.protocolErrors());
		this.stuck = new KindCounts(Arrays.stream(StuckKind.values()).map(StuckKind::id).toList());
		Arrays.setAll(this.answered, (statusClass) -> new LongAdder());
	}

	@Override
	public void connectionOpened() {
		this.accepted.increment();
	}

	@Override
	public void acceptFailed(String reason) {
		this.acceptFailures.count(reason);
	}

	@Override
	public void connectionRefused(String reason) {
		this.connectionsRefused.count(reason);
	}

	@Override
	public void connectionClosed() {
		this.closed.increment();
	}

	@Override
	public void exchangeStarted() {
		this.started.increment();
	}

	/**
	 * A request was answered, which is told instead of {@link #exchangeEnded(boolean)}.
	 * @param status the status that was sent
	 */
	void answered(int status) {
		// What is none of the five classes is to be treated as the last (RFC 9110 §15).
		int statusClass = Math.max(1, Math.min(STATUS_CLASSES, status / 100));
		this.answered[statusClass - 1].increment();
	}

	/**
	 * A request has ended otherwise, which is told instead of
	 * {@link #exchangeEnded(boolean)}.
	 */
	void aborted() {
		this.aborted.increment();
	}

	/**
	 * Bytes have come.
	 * @param bytes how many
	 */
	public void received(long bytes) {
		this.bytesIn.add(bytes);
	}

	/**
	 * Bytes were handed to a socket.
	 * @param bytes how many
	 */
	public void sent(long bytes) {
		this.bytesOut.add(bytes);
	}

	/**
	 * The connections of a protocol version that carries many requests at a time.
	 * @param protocol what meters call it, such as {@code http2}
	 * @return counts them; told of in readings from now on
	 */
	public MultiplexedConnections multiplexed(String protocol) {
		return this.multiplexed.computeIfAbsent(protocol, (name) -> new MultiplexedConnections());
	}

	@Override
	public void handshakeEnded(boolean completed) {
		(completed ? this.handshakes : this.handshakesFailed).increment();
	}

	@Override
	public void clientAborted() {
		this.clientAborts.increment();
	}

	@Override
	public void protocolError(String kind) {
		this.protocolErrors.count(kind);
	}

	@Override
	public void refused(String reason) {
		this.refused.count(reason);
	}

	@Override
	public void rateUnknown() {
		this.rateUnknown.increment();
	}

	@Override
	public void abandoned() {
		this.abandoned.increment();
	}

	@Override
	public void timedOut(String kind) {
		this.timeouts.count(kind);
	}

	@Override
	public void stuck(String kind) {
		this.stuck.count(kind);
	}

	/**
	 * Read what is counted of connections.
	 * @param limit how many may be open, 0 for any number
	 * @return one reading
	 */
	public EngineSnapshot.Connections connections(int limit) {
		// In this order, and the exchanges first, so that nothing is negative.
		long inFlight = requests().inFlight();
		long closed = this.closed.sum();
		long accepted = this.accepted.sum();
		long open = accepted - closed;
		Map<String, EngineSnapshot.Protocol> byProtocol = byProtocol(open, inFlight);
		int idle = byProtocol.values().stream().mapToInt(EngineSnapshot.Protocol::idle).sum();
		return new EngineSnapshot.Connections((int) open, idle, limit, accepted, closed, this.connectionsRefused.read(),
				this.acceptFailures.read(), this.bytesIn.sum(), this.bytesOut.sum(), this.handshakes.sum(),
				this.handshakesFailed.sum(), byProtocol);
	}

	private Map<String, EngineSnapshot.Protocol> byProtocol(long open, long inFlight) {
		Map<String, EngineSnapshot.Protocol> byProtocol = new LinkedHashMap<>();
		long rest = open;
		long requests = inFlight;
		for (Map.Entry<String, MultiplexedConnections> entry : this.multiplexed.entrySet()) {
			EngineSnapshot.Protocol reading = entry.getValue().read();
			rest -= reading.open();
			requests -= entry.getValue().requests();
			byProtocol.put(entry.getKey(), reading);
		}
		// Of HTTP/1.1 one request is under way on a connection at most. What is read at
		// different moments must not be negative.
		rest = Math.max(0, rest);
		byProtocol.put(HTTP_1,
				new EngineSnapshot.Protocol((int) rest, (int) Math.max(0, Math.min(rest, rest - requests))));
		return Collections.unmodifiableMap(byProtocol);
	}

	/**
	 * Read what is counted of requests.
	 * @return one reading
	 */
	public EngineSnapshot.Requests requests() {
		// What has ended has started before: in the other order more could have ended.
		Map<String, Long> byStatus = new LinkedHashMap<>();
		long completed = 0;
		for (int i = 0; i < STATUS_CLASSES; i++) {
			long count = this.answered[i].sum();
			byStatus.put((i + 1) + "xx", count);
			completed += count;
		}
		long aborted = this.aborted.sum();
		long started = this.started.sum();
		return new EngineSnapshot.Requests(started - completed - aborted, started, completed, aborted,
				Collections.unmodifiableMap(byStatus));
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
