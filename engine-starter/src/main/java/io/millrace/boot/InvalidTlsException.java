package io.millrace.boot;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.WebServerException;

/**
 * Certificates, keys, protocols or cipher suites cannot be used.
 */
public class InvalidTlsException extends WebServerException {

	private static final long serialVersionUID = 1L;

	private static final String STANDARD = "server.ssl";

	private final String property;

	private final @Nullable String bundle;

	/**
	 * Create an exception.
	 * @param bundle the name of the SSL bundle, {@code null} where {@code server.ssl.*}
	 * says all itself
	 * @param cause what is wrong
	 */
	public InvalidTlsException(@Nullable String bundle, Throwable cause) {
		this(STANDARD, bundle, cause);
	}

	/**
	 * Create an exception.
	 * @param property the properties that say or name it, without a dot at the end
	 * @param bundle the name of the SSL bundle, {@code null} where the properties say all
	 * themselves
	 * @param cause what is wrong
	 */
	public InvalidTlsException(String property, @Nullable String bundle, Throwable cause) {
		super((bundle != null) ? "The SSL bundle '" + bundle + "' cannot be used" : property + " cannot be used",
				cause);
		this.property = property;
		this.bundle = bundle;
	}

	/**
	 * The properties that say or name it.
	 * @return for example {@code server.ssl}
	 */
	public String getProperty() {
		return this.property;
	}

	/**
	 * The SSL bundle.
	 * @return its name, {@code null} where {@code server.ssl.*} says all itself
	 */
	public @Nullable String getBundle() {
		return this.bundle;
	}

}
