package io.millrace.core.worker;

import java.util.Locale;

/**
 * What runs work that may block.
 */
public enum WorkerMode {

	/** Platform threads, grown on demand. */
	POOL,

	/** A virtual thread for each task, JDK 21 or later. */
	VIRTUAL,

	/**
	 * A virtual thread carried by the event loop of the connection, JDK 24 or later with
	 * {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
	 */
	LOOP,

	/** The event loop itself, for handlers known never to block. */
	INLINE;

	private final String id = name().toLowerCase(Locale.ROOT);

	/**
	 * The name as properties, meters and logs have it.
	 * @return the name in lower case
	 */
	public String id() {
		return this.id;
	}

}
