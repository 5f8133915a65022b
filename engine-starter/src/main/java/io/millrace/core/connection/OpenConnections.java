package io.millrace.core.connection;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.observe.ConnectionSnapshot;
import io.netty.util.concurrent.EventExecutor;

/**
 * All open connections of an engine, so that they can be drained and closed. A connection
 * is settled when it has nothing more to answer and everything is sent; its socket may
 * still be closing then.
 */
public final class OpenConnections {

	private final Set<OpenConnection> connections = ConcurrentHashMap.newKeySet();

	// Connections that are not settled and, while a drain starts, event loops that may
	// still have accepted one.
	private final AtomicInteger unsettled = new AtomicInteger();

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	private volatile boolean draining;

	/**
	 * A connection is there.
	 * @param connection the connection
	 */
	public void opened(OpenConnection connection) {
		this.unsettled.incrementAndGet();
		this.connections.add(connection);
	}

	/** To be called once for each that was opened. */
	public void settled() {
		if (this.unsettled.decrementAndGet() == 0 && this.draining) {
			this.drained.complete(null);
		}
	}

	/**
	 * A socket is closed.
	 * @param connection the connection
	 */
	public void closed(OpenConnection connection) {
		this.connections.remove(connection);
	}

	/**
	 * A connection goes on as another one, of another protocol.
	 * @param before the connection, not settled
	 * @param after what takes its place, and is settled in its stead
	 */
	public void replaced(OpenConnection before, OpenConnection after) {
		this.connections.add(after);
		this.connections.remove(before);
	}

	/**
	 * Whether no connection is kept for long any more.
	 * @return whether {@link #drain} was called
	 */
	public boolean isDraining() {
		return this.draining;
	}

	/**
	 * Answer what is in flight, telling clients that it is the last, and close what is
	 * idle. To be called when nothing is accepted any more.
	 * @param loops the event loops of the connections: what one of them has accepted but
	 * not seen yet is waited for
	 * @return completed when the last connection has nothing more to answer
	 */
	public CompletableFuture<Void> drain(Iterable<? extends EventExecutor> loops) {
		this.unsettled.incrementAndGet();
		this.draining = true;
		for (EventExecutor loop : loops) {
			this.unsettled.incrementAndGet();
			loop.execute(() -> drainLoop(loop));
		}
		settled();
		return this.drained;
	}

	private void drainLoop(EventExecutor loop) {
		for (OpenConnection connection : this.connections) {
			if (connection.executor() == loop) {
				connection.drain();
			}
		}
		settled();
	}

	/**
	 * How many connections are open.
	 * @return the number
	 */
	public int size() {
		return this.connections.size();
	}

	/**
	 * What the connections are doing. Any thread may ask.
	 * @param limit how many at most
	 * @param oldest whether those that were opened first are wanted, rather than those
	 * that had the most requests
	 * @return one reading of each, the oldest or busiest first
	 */
	public List<ConnectionSnapshot> read(int limit, boolean oldest) {
		if (limit <= 0) {
			return List.of();
		}
		// The least of those that are wanted first: what is more takes its place.
		Queue<Ranked> wanted = new PriorityQueue<>(Comparator.comparingLong(Ranked::rank));
		for (OpenConnection connection : this.connections) {
			ConnectionCounts counts = connection.counts();
			// Read once: it may change while others are compared with it.
			long rank = oldest ? -counts.openedAt() : counts.requests();
			Ranked least = wanted.peek();
			if (wanted.size() < limit || (least != null && rank > least.rank())) {
				wanted.add(new Ranked(connection, rank));
				if (wanted.size() > limit) {
					wanted.remove();
				}
			}
		}
		return wanted.stream()
			.sorted(Comparator.comparingLong(Ranked::rank).reversed())
			.map((ranked) -> ranked.connection.read())
			.toList();
	}

	/** Close all sockets, whatever is in flight. */
	public void closeAll() {
		this.connections.forEach(OpenConnection::closeNow);
	}

	private record Ranked(OpenConnection connection, long rank) {

	}

}
