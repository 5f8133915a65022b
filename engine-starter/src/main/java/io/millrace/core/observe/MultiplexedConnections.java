package io.millrace.core.observe;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the connections of a protocol version that carries many requests at a time.
 * Called by the event loops of the connections; any thread may read.
 */
public final class MultiplexedConnections {

	private final LongAdder open = new LongAdder();

	private final LongAdder busy = new LongAdder();

	// Requests under way besides the first of each connection.
	private final LongAdder sharing = new LongAdder();

	MultiplexedConnections() {
	}

	/** A connection speaks the protocol from now on. */
	public void opened() {
		this.open.increment();
	}

	/** Such a connection is closed, and no request is under way on it. */
	public void closed() {
		this.open.decrement();
	}

	/**
	 * A request has come.
	 * @param others whether others are under way on its connection
	 */
	public void begun(boolean others) {
		(others ? this.sharing : this.busy).increment();
	}

	/**
	 * A request has ended.
	 * @param others whether others are under way on its connection
	 */
	public void ended(boolean others) {
		(others ? this.sharing : this.busy).decrement();
	}

	long requests() {
		return this.busy.sum() + this.sharing.sum();
	}

	EngineSnapshot.Protocol read() {
		long busy = this.busy.sum();
		long open = Math.max(0, this.open.sum());
		return new EngineSnapshot.Protocol((int) open, (int) Math.max(0, open - busy));
	}

}
