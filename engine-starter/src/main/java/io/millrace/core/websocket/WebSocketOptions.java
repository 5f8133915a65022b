package io.millrace.core.websocket;

import java.time.Duration;

/**
 * The limits of WebSocket connections. Zero durations mean for ever.
 *
 * @param maxMessageSize bytes of a message, and of what it is decompressed to, where the
 * application has not said otherwise; 1 or more, larger is closed with 1009
 * @param maxFrameSize bytes of a frame on the wire, larger is closed with 1009; 0 where
 * only the size of messages matters
 * @param idleTimeout how long nothing may be sent in either direction; then the
 * connection is closed with 1001
 * @param pingInterval how often the client is pinged; one that sends nothing at all from
 * one ping to the next is gone
 * @param closeTimeout how long the client may take to answer a close; then the connection
 * is cut
 * @param compression whether permessage-deflate is agreed to
 * @param contextTakeover whether the dictionary is kept from one message to the next,
 * which compresses better and takes some 300 KB for each connection that uses it
 */
public record WebSocketOptions(int maxMessageSize, int maxFrameSize, Duration idleTimeout, Duration pingInterval,
		Duration closeTimeout, boolean compression, boolean contextTakeover) {

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public WebSocketOptions {
		if (maxMessageSize < 1) {
			throw new IllegalArgumentException("webSocketMaxMessageSize has to be 1 or more, and is " + maxMessageSize);
		}
		if (maxFrameSize < 0) {
			throw new IllegalArgumentException(
					"webSocketMaxFrameSize has to be 0 (no limit) or more, and is " + maxFrameSize);
		}
		require(idleTimeout, "webSocketIdleTimeout");
		require(pingInterval, "webSocketPingInterval");
		require(closeTimeout, "webSocketCloseTimeout");
	}

	private static void require(Duration value, String name) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + " has to be 0 (off) or more, and is " + value);
		}
	}

	/**
	 * The options that nobody changed: messages of 64 KB, no limit of frames, no idle
	 * timeout, no pings, 10 s to close, compression without context takeover.
	 * @return the defaults
	 */
	public static WebSocketOptions defaults() {
		return new WebSocketOptions(64 * 1024, 0, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10), true, false);
	}

}
