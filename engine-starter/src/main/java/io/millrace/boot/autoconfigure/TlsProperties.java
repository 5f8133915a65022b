package io.millrace.boot.autoconfigure;

import java.time.Duration;

/**
 * What {@code server.ssl.*} has no key for.
 */
public class TlsProperties {

	/**
	 * How long a client may take for its TLS handshake, from the connection on. The
	 * connection is closed when it has passed. More than 0.
	 */
	private Duration handshakeTimeout = Duration.ofSeconds(10);

	public Duration getHandshakeTimeout() {
		return this.handshakeTimeout;
	}

	public void setHandshakeTimeout(Duration handshakeTimeout) {
		this.handshakeTimeout = handshakeTimeout;
	}

}
