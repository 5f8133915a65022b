package io.millrace.core.worker;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * A task that may have to wait for long: it knows how urgent it is, and whether anybody
 * is still there to profit from it.
 */
public interface Work extends Runnable {

	/**
	 * How urgent it is.
	 * @return the lane in which it waits
	 */
	Priority priority();

	/**
	 * The event loop that it belongs to.
	 * @return the loop, {@code null} where it belongs to none
	 */
	default @Nullable Executor loop() {
		return null;
	}

	/**
	 * It is about to be offered to one of several pools; the last one has taken it.
	 * @param pool the pool
	 */
	default void offeredTo(WorkerPool pool) {
	}

	/**
	 * Whether nothing would come of it any more: its client has gone, or it has waited
	 * too long. Any thread may ask. {@link #run()} does not block then and only ends it.
	 * @return whether it need not wait any longer
	 */
	boolean isPointless();

	/**
	 * It was taken and is not run after all, because something more urgent has come.
	 * Called instead of {@link #run()} by any thread; does not block.
	 */
	void displaced();

}
