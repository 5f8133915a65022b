package io.millrace.core.worker;

/**
 * Which of the waiting tasks is next.
 */
public enum QueueOrder {

	/** The one that has waited longest. */
	FIFO,

	/**
	 * The one that has waited shortest: under overload some are answered in time, instead
	 * of all too late.
	 */
	LIFO,

	/**
	 * {@link #FIFO}, and {@link #LIFO} while the queue has not been empty for 100 ms.
	 */
	ADAPTIVE

}
