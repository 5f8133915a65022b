package io.millrace.core.observe;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens on the connections of one listener. {@link EngineStatistics} adds
 * them up. Any thread may count and read.
 */
public final class ListenerStatistics {

	private static final int STATUS_CLASSES = 5;

	private static final String HTTP_1 = "http1";

	private final LongAdder accepted = new LongAdder();

	private final LongAdder closed = new LongAdder();

	private final KindCounts refused;

	private final KindCounts acceptFailures;

	private final LongAdder handshakes = new LongAdder();

	private final LongAdder handshakesFailed = new LongAdder();

	private final LongAdder bytesIn = new LongAdder();

	private final LongAdder bytesOut = new LongAdder();

	private final Map<String, MultiplexedConnections> multiplexed = new ConcurrentSkipListMap<>();

	private final LongAdder started = new LongAdder();

	private final LongAdder[] answered = new LongAdder[STATUS_CLASSES];

	private final LongAdder aborted = new LongAdder();

	/**
	 * Begin at zero.
	 * @param kinds all kinds of what is counted by kind
	 */
	ListenerStatistics(ObservedKinds kinds) {
		this.refused = new KindCounts(kinds.connectionsRefused());
		this.acceptFailures = new KindCounts(kinds.acceptFailures());
		Arrays.setAll(this.answered, (statusClass) -> new LongAdder());
	}

	void connectionOpened() {
		this.accepted.increment();
	}

	void connectionClosed() {
		this.closed.increment();
	}

	void connectionRefused(String reason) {
		this.refused.count(reason);
	}

	void acceptFailed(String reason) {
		this.acceptFailures.count(reason);
	}

	void handshakeEnded(boolean completed) {
		(completed ? this.handshakes : this.handshakesFailed).increment();
	}

	void exchangeStarted() {
		this.started.increment();
	}

	void answered(int status) {
		// What is none of the five classes is to be treated as the last (RFC 9110 §15).
		int statusClass = Math.max(1, Math.min(STATUS_CLASSES, status / 100));
		this.answered[statusClass - 1].increment();
	}

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
		return new EngineSnapshot.Connections((int) open, idle, limit, accepted, closed, this.refused.read(),
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
	EngineSnapshot.Requests requests() {
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

}
