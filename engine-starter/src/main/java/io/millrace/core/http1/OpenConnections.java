package io.millrace.core.http1;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All open connections of an engine, so that they can be drained. A connection that has
 * nothing more to answer is gone from here, even if its socket is still closing.
 */
public final class OpenConnections {

	private final Set<Http1Connection> connections = ConcurrentHashMap.newKeySet();

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	private volatile boolean draining;

	void add(Http1Connection connection) {
		this.connections.add(connection);
	}

	void remove(Http1Connection connection) {
		this.connections.remove(connection);
		completeIfDrained();
	}

	boolean isDraining() {
		return this.draining;
	}

	/**
	 * Answer what is in flight, with {@code Connection: close}, and close what is idle.
	 * To be called when nothing is accepted any more.
	 * @return completed when the last connection has nothing more to answer
	 */
	public CompletableFuture<Void> drain() {
		this.draining = true;
		this.connections.forEach(Http1Connection::drain);
		completeIfDrained();
		return this.drained;
	}

	private void completeIfDrained() {
		if (this.draining && this.connections.isEmpty()) {
			this.drained.complete(null);
		}
	}

	/**
	 * How many connections are open.
	 * @return the number
	 */
	public int size() {
		return this.connections.size();
	}

	/** Close all sockets, whatever is in flight. */
	public void closeAll() {
		this.connections.forEach(Http1Connection::close);
	}

}
