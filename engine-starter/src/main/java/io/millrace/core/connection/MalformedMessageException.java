package io.millrace.core.connection;

/**
 * A message that is malformed in the sense of RFC 9113 §8.1.1 and RFC 9114 §4.1.2: its
 * stream is reset and no application sees it.
 */
public final class MalformedMessageException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what is wrong, without anything of the message in it
	 */
	public MalformedMessageException(String message) {
		super(message);
	}

	/**
	 * What is wrong.
	 * @return a sentence that is safe to show
	 */
	@Override
	public String getMessage() {
		return String.valueOf(super.getMessage());
	}

	// Bad messages must not be dearer than good ones.
	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
