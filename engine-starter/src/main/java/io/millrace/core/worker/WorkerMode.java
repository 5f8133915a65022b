package io.millrace.core.worker;

/**
 * What runs work that may block.
 */
public enum WorkerMode {

	/** Platform threads, grown on demand. */
	POOL,

	/** A virtual thread for each task, JDK 21 or later. */
	VIRTUAL,

	/** The event loop itself, for handlers known never to block. */
	INLINE

}
