package io.millrace.core.worker;

import java.time.Duration;

/**
 * How tasks wait for a thread.
 *
 * @param capacity how many may wait, 1 to 1,000,000; what comes above is refused
 * @param order which of them is next
 * @param maxWait how long a task may wait; what has waited longer is refused instead of
 * run, 0 for no limit
 * @param lanes whether tasks of a higher {@link Priority} are next, and those of a lower
 * one refused first; where it is {@code false} all are treated alike
 */
public record QueueOptions(int capacity, QueueOrder order, Duration maxWait, boolean lanes) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public QueueOptions {
		if (capacity < 1 || capacity > 1_000_000) {
			throw new IllegalArgumentException("queueCapacity has to be 1 to 1000000, and is " + capacity);
		}
		if (maxWait.isNegative()) {
			throw new IllegalArgumentException("maxWait has to be 0 (no limit) or more, and is " + maxWait);
		}
	}

	/**
	 * A plain queue.
	 * @param capacity how many may wait
	 * @return first come, first served, without limit of time and lanes
	 */
	public static QueueOptions of(int capacity) {
		return new QueueOptions(capacity, QueueOrder.FIFO, Duration.ZERO, false);
	}

}
