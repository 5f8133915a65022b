package io.millrace.servlet;

import java.util.EventListener;

/**
 * The listeners that are told of sessions.
 */
final class SessionListeners {

	/**
	 * Add a listener of any of the session kinds: HttpSessionListener,
	 * HttpSessionIdListener, HttpSessionAttributeListener.
	 * @return {@code false} where it is none of them
	 */
	boolean add(EventListener listener) {
		return false;
	}

}
