package io.millrace.core.connection;

import io.millrace.core.observe.ListenerStatistics;

/**
 * What a connection has carried so far, which is counted for its listener too. Owned as
 * the connection is; others may read, and see it a moment late.
 */
public final class ConnectionCounts {

	private final ListenerStatistics statistics;

	// In milliseconds.
	private final long openedAt = System.currentTimeMillis();

	private int requests;

	private long received;

	private long sent;

	/**
	 * A connection was opened just now.
	 * @param statistics counts for its listener
	 */
	public ConnectionCounts(ListenerStatistics statistics) {
		this.statistics = statistics;
	}

	/** A request has come. */
	public void request() {
		this.requests++;
	}

	/**
	 * Bytes have come.
	 * @param bytes how many
	 */
	public void received(long bytes) {
		this.received += bytes;
		this.statistics.received(bytes);
	}

	/**
	 * Bytes were handed to the socket.
	 * @param bytes how many
	 */
	public void sent(long bytes) {
		this.sent += bytes;
		this.statistics.sent(bytes);
	}

	/**
	 * When the connection was accepted.
	 * @return milliseconds as {@link System#currentTimeMillis()} has them
	 */
	public long openedAt() {
		return this.openedAt;
	}

	/**
	 * How many requests have come.
	 * @return the number
	 */
	public int requests() {
		return this.requests;
	}

	/**
	 * How many bytes have come.
	 * @return the number
	 */
	public long received() {
		return this.received;
	}

	/**
	 * How many bytes were handed to the socket.
	 * @return the number
	 */
	public long sent() {
		return this.sent;
	}

}
