package io.millrace.core.transport;

import java.time.Duration;

/**
 * How a listening socket speaks TLS.
 *
 * @param contexts with which certificate connections are met
 * @param handshakeTimeout how long a client may take for its handshake, more than 0; the
 * connection is closed when it has passed
 */
public record TlsOptions(TlsContexts contexts, Duration handshakeTimeout) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public TlsOptions {
		if (handshakeTimeout.isZero() || handshakeTimeout.isNegative()) {
			throw new IllegalArgumentException("handshakeTimeout has to be more than 0, and is " + handshakeTimeout);
		}
	}

	/**
	 * The options that nobody changed.
	 * @param contexts with which certificate connections are met
	 * @return 10 s for a handshake
	 */
	public static TlsOptions of(TlsContexts contexts) {
		return new TlsOptions(contexts, Duration.ofSeconds(10));
	}

	/**
	 * The same with another time for handshakes.
	 * @param timeout how long a client may take for its handshake
	 * @return the options
	 */
	public TlsOptions withHandshakeTimeout(Duration timeout) {
		return new TlsOptions(this.contexts, timeout);
	}

}
