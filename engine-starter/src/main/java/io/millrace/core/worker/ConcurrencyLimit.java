package io.millrace.core.worker;

/**
 * Says how many requests may be in flight, and may change its mind with what it is told
 * of them. Any thread calls; nothing here may block.
 */
public interface ConcurrencyLimit {

	/**
	 * The limit at the moment. Asked for every request.
	 * @return 1 or more
	 */
	int limit();

	/**
	 * A request was served, or dropped because too much is asked.
	 * @param startNanos when it was admitted, by {@link System#nanoTime()}
	 * @param nanos how long it took since
	 * @param inFlight how many were in flight when it was admitted, it included
	 * @param dropped whether it was dropped
	 */
	void onSample(long startNanos, long nanos, int inFlight, boolean dropped);

	/**
	 * Whether {@link #onSample} is to be called at all.
	 * @return {@code false} where nothing need be measured
	 */
	default boolean isAdaptive() {
		return true;
	}

}
