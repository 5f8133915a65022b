package io.millrace.core.worker;

/**
 * A limit of requests in flight that can be changed from outside while it is in use. Any
 * thread may call.
 */
public interface AdjustableLimit {

	/**
	 * The limit at the moment.
	 * @return 1 or more
	 */
	int limit();

	/**
	 * Whether the limit changes by itself with what is measured.
	 * @return {@code false} where it stays as it is, and so is {@link #min()} and
	 * {@link #max()}
	 */
	boolean isAdaptive();

	/**
	 * What it never falls below.
	 * @return 1 or more
	 */
	int min();

	/**
	 * What it never rises above.
	 * @return {@code min} or more
	 */
	int max();

	/**
	 * Change the limit. What is in flight stays, also where it is more than that. An
	 * adaptive limit goes on from there with what it has learned of times.
	 * @param limit the limit, {@code min} to {@code max}
	 * @param min what it never falls below, 1 or more; the limit where it does not adapt
	 * @param max what it never rises above, {@code min} or more; the limit where it does
	 * not adapt
	 * @throws IllegalArgumentException where one of them is out of range; nothing has
	 * changed then
	 */
	void adjust(int limit, int min, int max);

}
