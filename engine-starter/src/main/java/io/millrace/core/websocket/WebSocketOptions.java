package io.millrace.core.websocket;

/**
 * The limits of WebSocket connections.
 *
 * @param maxMessageSize bytes of a message, and of what it is decompressed to, where the
 * application has not said otherwise; 1 or more, larger is closed with 1009
 * @param maxFrameSize bytes of a frame on the wire, larger is closed with 1009; 0 where
 * only the size of messages matters
 * @param timeouts how long it waits for what
 * @param compression whether permessage-deflate is agreed to
 * @param contextTakeover whether the dictionary is kept from one message to the next,
 * which compresses better and takes some 300 KB for each connection that uses it
 */
public record WebSocketOptions(int maxMessageSize, int maxFrameSize, WebSocketTimeouts timeouts, boolean compression,
		boolean contextTakeover) {

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
	}

	/**
	 * The options that nobody changed: messages of 64 KB, no limit of frames, the
	 * timeouts that nobody changed, compression without context takeover.
	 * @return the defaults
	 */
	public static WebSocketOptions defaults() {
		return new WebSocketOptions(64 * 1024, 0, WebSocketTimeouts.defaults(), true, false);
	}

}
