package io.millrace.core.transport;

import java.io.IOException;

/**
 * A listener besides the first cannot listen.
 */
public final class ListenerException extends IOException {

	private static final long serialVersionUID = 1L;

	private final transient ListenerConfig listener;

	ListenerException(ListenerConfig listener, Exception cause) {
		super("The listener '" + listener.name() + "' cannot listen on " + listener.address().describe() + ": "
				+ cause.getMessage(), cause);
		this.listener = listener;
	}

	/**
	 * The listener.
	 * @return what was asked for
	 */
	public ListenerConfig listener() {
		return this.listener;
	}

}
