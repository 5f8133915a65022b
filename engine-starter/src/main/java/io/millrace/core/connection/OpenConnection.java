package io.millrace.core.connection;

import io.millrace.core.observe.ConnectionSnapshot;
import io.netty.util.concurrent.EventExecutor;

/**
 * A connection as {@link OpenConnections} has it. Any thread may ask; {@link #drain} is
 * called on the event loop.
 */
public interface OpenConnection {

	/**
	 * Its event loop, always the same.
	 * @return the loop
	 */
	EventExecutor executor();

	/**
	 * What it has carried so far.
	 * @return the counts
	 */
	ConnectionCounts counts();

	/**
	 * What it is doing.
	 * @return one reading
	 */
	ConnectionSnapshot read();

	/**
	 * Answer what is in flight and close then; called on the event loop.
	 */
	void drain();

	/** Close the socket, whatever is in flight. */
	void closeNow();

}
