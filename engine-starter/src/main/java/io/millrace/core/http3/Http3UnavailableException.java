package io.millrace.core.http3;

import org.jspecify.annotations.Nullable;

/**
 * HTTP/3 was asked for, and something that it needs is missing.
 */
public final class Http3UnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	/**
	 * Create an exception.
	 * @param reason what is missing
	 * @param cause the cause or {@code null}
	 */
	public Http3UnavailableException(Reason reason, @Nullable Throwable cause) {
		super("HTTP/3 is not possible here: " + reason.text, cause);
		this.reason = reason;
	}

	/**
	 * What is missing.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/** What is missing. */
	public enum Reason {

		/** Netty's codec is not on the class path. */
		CODEC("Netty's codec for it is not on the class path"),

		/** QUIC's library cannot be loaded. */
		LIBRARY("Netty's native library for QUIC cannot be loaded"),

		/** The server speaks plain text. */
		TLS("it is always encrypted, and the server has no certificate");

		private final String text;

		Reason(String text) {
			this.text = text;
		}

	}

}
