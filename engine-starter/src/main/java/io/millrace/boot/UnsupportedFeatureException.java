package io.millrace.boot;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.WebServerException;

/**
 * The application asks for something that Millrace does not offer: start-up ends here,
 * because to go on without it could be worse than not to start.
 */
public class UnsupportedFeatureException extends WebServerException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String reason;

	private final String action;

	/**
	 * Create an exception.
	 * @param property the property, or the prefix of the properties, that asks for it
	 * @param reason why it is not offered, a sentence
	 * @param action what to do about it, a sentence
	 */
	public UnsupportedFeatureException(String property, String reason, String action) {
		this(property, reason, action, null);
	}

	/**
	 * Create an exception.
	 * @param property the property, or the prefix of the properties, that asks for it
	 * @param reason why it is not offered, a sentence
	 * @param action what to do about it, a sentence
	 * @param cause the cause or {@code null}
	 */
	public UnsupportedFeatureException(String property, String reason, String action, @Nullable Throwable cause) {
		super("'" + property + "' is not possible: " + reason + " " + action, cause);
		this.property = property;
		this.reason = reason;
		this.action = action;
	}

	/**
	 * What asks for it.
	 * @return a property or the prefix of properties
	 */
	public String getProperty() {
		return this.property;
	}

	/**
	 * Why it is not offered.
	 * @return a sentence
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * What to do about it.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
