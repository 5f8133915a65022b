package io.millrace.core.websocket;

/**
 * Why a request does not become a WebSocket connection (RFC 6455 §4.2).
 *
 * @param status the status to answer
 * @param message a sentence for the client
 */
public record HandshakeRefusal(int status, String message) {

	/** The status with which {@code Sec-WebSocket-Version} tells the right version. */
	public static final int UPGRADE_REQUIRED = 426;

}
