package io.millrace.core.observe;

import java.util.Locale;

/**
 * What may be stuck, see {@link EngineObserver#stuck}.
 */
public enum StuckKind {

	/** A worker is busy with one request for too long. */
	WORKER,

	/** An event loop is busy with one thing for too long. */
	EVENT_LOOP,

	/** No worker of a pool begins anything while requests wait. */
	POOL,

	/** The JDK runs no virtual thread. */
	SCHEDULER,

	/** A virtual thread has blocked its carrier. */
	PINNED;

	private final String id = name().toLowerCase(Locale.ROOT);

	/**
	 * The name as observers are told it.
	 * @return the name in lower case
	 */
	public String id() {
		return this.id;
	}

}
