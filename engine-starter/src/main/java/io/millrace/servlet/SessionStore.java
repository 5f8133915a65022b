package io.millrace.servlet;

import java.util.function.LongSupplier;

import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one application, in memory.
 */
final class SessionStore {

	SessionStore(ServletContext context, SessionSettings settings, SessionListeners listeners) {
		this(context, settings, listeners, System::currentTimeMillis);
	}

	SessionStore(ServletContext context, SessionSettings settings, SessionListeners listeners, LongSupplier clock) {
	}

	ServletSession create() {
		throw new UnsupportedOperationException();
	}

	/** Marks the session as accessed; call it once per request. */
	@Nullable ServletSession find(String id) {
		return null;
	}

	/** At the end of a request which found or created this session. */
	void release(ServletSession session) {
	}

	/** The new id. */
	String changeId(ServletSession session) {
		throw new UnsupportedOperationException();
	}

	int size() {
		return 0;
	}

	/** Not on an event loop: listeners run. */
	void sweep(long now) {
	}

	/** Ends all sessions; create() throws IllegalStateException afterwards. */
	void stop() {
	}

}
