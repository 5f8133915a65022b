package io.millrace.core.worker;

import java.util.Locale;

/**
 * Who goes first where not everybody can, and who is refused first.
 */
public enum Priority {

	/** Before all others: probes, and what the application lives on. */
	HIGH,

	/** What nobody has said anything about. */
	NORMAL,

	/** What may wait, and is refused first. */
	LOW;

	private final String id = name().toLowerCase(Locale.ROOT);

	/**
	 * The name as meters and logs have it.
	 * @return the name in lower case
	 */
	public String id() {
		return this.id;
	}

}
