package io.millrace.boot;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.WebServerException;

/**
 * Certificates, keys, protocols or cipher suites cannot be used.
 */
public class InvalidTlsException extends WebServerException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String bundle;

	/**
	 * Create an exception.
	 * @param bundle the name of the SSL bundle, {@code null} where {@code server.ssl.*}
	 * says all itself
	 * @param cause what is wrong
	 */
	public InvalidTlsException(@Nullable String bundle, Throwable cause) {
		super((bundle != null) ? "The SSL bundle '" + bundle + "' cannot be used" : "server.ssl cannot be used", cause);
		this.bundle = bundle;
	}

	/**
	 * The SSL bundle.
	 * @return its name, {@code null} where {@code server.ssl.*} says all itself
	 */
	public @Nullable String getBundle() {
		return this.bundle;
	}

}
