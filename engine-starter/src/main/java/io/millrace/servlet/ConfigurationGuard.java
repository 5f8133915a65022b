package io.millrace.servlet;

import org.jspecify.annotations.Nullable;

/**
 * Who may configure an application, and when (Servlet 6.1 §4.4): everybody until it has
 * started, except a context listener that was itself added by the program, while it is
 * told of the start.
 */
final class ConfigurationGuard {

	private volatile Phase phase = Phase.NEW;

	// Others may start on their own threads at the same time; they are not meant.
	private volatile @Nullable Thread restricted;

	Phase phase() {
		return this.phase;
	}

	void enter(Phase phase) {
		this.phase = phase;
	}

	/**
	 * Let something be done by a listener that must not configure.
	 * @param call what
	 */
	void restrict(Runnable call) {
		this.restricted = Thread.currentThread();
		try {
			call.run();
		}
		finally {
			this.restricted = null;
		}
	}

	/**
	 * Refuse what comes too late or from a listener that must not.
	 * @param what what is tried
	 * @throws UnsupportedOperationException for such a listener
	 * @throws IllegalStateException after the start
	 */
	void requireConfigurable(String what) {
		requireUnrestricted(what);
		if (this.phase.compareTo(Phase.INITIALISING) > 0) {
			throw new IllegalStateException("The application has started: " + what + " is not possible any more");
		}
	}

	/**
	 * Refuse what comes from a listener that must not.
	 * @param what what is tried
	 * @throws UnsupportedOperationException for such a listener
	 */
	void requireUnrestricted(String what) {
		if (this.restricted == Thread.currentThread()) {
			throw new UnsupportedOperationException(
					"A context listener that was added by the program cannot configure the application: " + what
							+ " is refused (Servlet 6.1 §4.4)");
		}
	}

	/** How far the application is. */
	enum Phase {

		/** Servlets, filters and listeners are registered. */
		NEW,

		/** The context listeners are told; those that were declared may register. */
		INITIALISING,

		/** Everything is fixed. */
		STARTED,

		/** It is over. */
		STOPPED

	}

}
