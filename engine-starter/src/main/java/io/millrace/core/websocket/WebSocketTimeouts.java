package io.millrace.core.websocket;

import java.time.Duration;

/**
 * How long a WebSocket connection waits for what. Zero means for ever.
 *
 * @param idle how long nothing may be sent in either direction; then the connection is
 * closed with 1001
 * @param pingInterval how often the client is pinged; one that sends nothing at all from
 * one ping to the next is gone
 * @param close how long the client may take to answer a close; then the connection is cut
 * @param send how long a thread that sends waits for the client to take it; then the
 * connection is cut
 */
public record WebSocketTimeouts(Duration idle, Duration pingInterval, Duration close, Duration send) {

	/**
	 * Check the timeouts.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public WebSocketTimeouts {
		require(idle, "webSocketIdleTimeout");
		require(pingInterval, "webSocketPingInterval");
		require(close, "webSocketCloseTimeout");
		require(send, "webSocketSendTimeout");
	}

	private static void require(Duration value, String name) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + " has to be 0 (off) or more, and is " + value);
		}
	}

	/**
	 * The timeouts that nobody changed: none of silence, no pings, 10 s to close, 20 s to
	 * send.
	 * @return the defaults
	 */
	public static WebSocketTimeouts defaults() {
		return new WebSocketTimeouts(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(20));
	}

}
