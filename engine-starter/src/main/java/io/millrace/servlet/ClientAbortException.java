package io.millrace.servlet;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The client has gone away: nothing that is written now is read by anybody. Not an error
 * of the application, and not logged as one.
 */
public final class ClientAbortException extends IOException {

	private static final long serialVersionUID = 1L;

	ClientAbortException(@Nullable Throwable cause) {
		super("The client has closed the connection", cause);
	}

	/**
	 * Whether something was thrown because the client has gone away.
	 * @param thrown what was thrown
	 * @return whether it is, or was caused by, an exception of this class
	 */
	static boolean isIn(Throwable thrown) {
		return Causes.find(thrown, ClientAbortException.class) != null;
	}

}
