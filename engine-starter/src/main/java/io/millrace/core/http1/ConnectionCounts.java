package io.millrace.core.http1;

import io.millrace.core.observe.EngineStatistics;

/**
 * What a connection has carried so far, which is counted for the whole engine too. Owned
 * as the connection is; others may read, and see it a moment late.
 */
final class ConnectionCounts {

	private final EngineStatistics statistics;

	// In milliseconds.
	private final long openedAt = System.currentTimeMillis();

	private int requests;

	private long received;

	private long sent;

	ConnectionCounts(EngineStatistics statistics) {
		this.statistics = statistics;
	}

	/** A request has come. */
	void request() {
		this.requests++;
	}

	/**
	 * Bytes have come.
	 * @param bytes how many
	 */
	void received(long bytes) {
		this.received += bytes;
		this.statistics.received(bytes);
	}

	/**
	 * Bytes were handed to the socket.
	 * @param bytes how many
	 */
	void sent(long bytes) {
		this.sent += bytes;
		this.statistics.sent(bytes);
	}

	/**
	 * When the connection was accepted.
	 * @return milliseconds as {@link System#currentTimeMillis()} has them
	 */
	long openedAt() {
		return this.openedAt;
	}

	int requests() {
		return this.requests;
	}

	long received() {
		return this.received;
	}

	long sent() {
		return this.sent;
	}

}
