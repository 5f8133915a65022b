package io.millrace.core.worker;

import org.jspecify.annotations.Nullable;

/**
 * {@link WorkerMode#LOOP} was asked for, and something that it needs is not to be had
 * here.
 */
public final class LoopUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	/**
	 * Create an exception.
	 * @param reason what is missing
	 * @param cause the cause or {@code null}
	 */
	public LoopUnavailableException(Reason reason, @Nullable Throwable cause) {
		super("Event loops cannot carry virtual threads here: " + reason.text, cause);
		this.reason = reason;
	}

	/**
	 * What is missing.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/** What is missing. */
	public enum Reason {

		/** The JDK is too old. */
		JDK("that needs JDK 24 or later, and this is JDK " + Runtime.version().feature()),

		/** The package {@code java.lang} is closed. */
		ADD_OPENS("the option --add-opens java.base/java.lang=ALL-UNNAMED is missing"),

		/** The JDK is newer than what is known of it, or of another kind. */
		PRIVATE_API("JDK " + Runtime.version() + " of " + System.getProperty("java.vendor")
				+ " has no scheduler of virtual threads of the shape that is known"),

		/** It was asked for when the loops had been made already. */
		TOO_LATE("the loops were made before a controller asked for it");

		private final String text;

		Reason(String text) {
			this.text = text;
		}

	}

}
