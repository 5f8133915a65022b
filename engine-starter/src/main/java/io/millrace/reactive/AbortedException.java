package io.millrace.reactive;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The exchange has ended before its bodies were whole: as a rule the client went away,
 * which is not an error of the server. Spring recognises it by its simple name
 * ({@code DisconnectedClientHelper}) and does not log it as one.
 */
final class AbortedException extends IOException {

	private static final long serialVersionUID = 1L;

	AbortedException(@Nullable Throwable cause) {
		super((cause != null) ? cause.getMessage() : "The exchange was aborted before its response was whole", cause);
	}

	// A client that goes away leaves no stack that says anything about this program.
	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
