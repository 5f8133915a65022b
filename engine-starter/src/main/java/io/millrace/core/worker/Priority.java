package io.millrace.core.worker;

/**
 * Who goes first where not everybody can, and who is refused first.
 */
public enum Priority {

	/** Before all others: probes, and what the application lives on. */
	HIGH,

	/** What nobody has said anything about. */
	NORMAL,

	/** What may wait, and is refused first. */
	LOW

}
