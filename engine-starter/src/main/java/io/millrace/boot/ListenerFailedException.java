package io.millrace.boot;

import io.millrace.core.transport.ListenerConfig;

import org.springframework.boot.web.server.WebServerException;

/**
 * A listener besides that of {@code server.port} cannot listen.
 */
public class ListenerFailedException extends WebServerException {

	private static final long serialVersionUID = 1L;

	private final transient ListenerConfig listener;

	private final Reason reason;

	/**
	 * Create an exception.
	 * @param listener the listener
	 * @param reason why
	 * @param cause what the system said
	 */
	public ListenerFailedException(ListenerConfig listener, Reason reason, Throwable cause) {
		super(String.valueOf(cause.getMessage()), cause);
		this.listener = listener;
		this.reason = reason;
	}

	/**
	 * The listener.
	 * @return what was asked for
	 */
	public ListenerConfig getListener() {
		return this.listener;
	}

	/**
	 * Why it cannot listen.
	 * @return the reason
	 */
	public Reason getReason() {
		return this.reason;
	}

	/** Why a listener cannot listen. */
	public enum Reason {

		/** Somebody else does. */
		IN_USE,

		/** The operating system does not let this process. */
		PERMISSION,

		/** What the cause says. */
		OTHER

	}

}
