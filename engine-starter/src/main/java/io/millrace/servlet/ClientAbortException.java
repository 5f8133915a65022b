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
	static boolean isIn(@Nullable Throwable thrown) {
		Throwable cause = thrown;
		// Some libraries build cycles of causes.
		for (int depth = 0; cause != null && depth < 32; depth++) {
			if (cause instanceof ClientAbortException) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

}
