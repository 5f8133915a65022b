package io.millrace.servlet;

/**
 * What a servlet method has to throw as {@link IllegalStateException} because the client
 * sent something malformed or too large (Servlet 6.1 §3.1, {@code getParts}), or wants
 * what there is no room for. Where nobody catches it, the status is the answer instead of
 * 500; it may be the cause of what a framework wrapped around it.
 */
final class RequestRefusedException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final int status;

	/**
	 * Create a refusal.
	 * @param status 400, 413 or 503
	 * @param message a sentence for the client, without anything of the request in it.
	 * Frameworks recognise an upload that is too large by "exceeds" and "size"
	 */
	RequestRefusedException(int status, String message) {
		super(message);
		this.status = status;
	}

	/**
	 * What to answer.
	 * @return 400, 413 or 503
	 */
	int status() {
		return this.status;
	}

}
