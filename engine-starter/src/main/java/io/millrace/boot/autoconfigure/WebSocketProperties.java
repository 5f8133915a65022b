package io.millrace.boot.autoconfigure;

import java.time.Duration;

import io.millrace.core.websocket.WebSocketOptions;
import io.millrace.core.websocket.WebSocketTimeouts;

import org.springframework.util.unit.DataSize;

/**
 * WebSocket connections, of WebFlux and of Spring MVC alike.
 */
public class WebSocketProperties {

	/**
	 * How large a message may be, also when it is decompressed, where the application has
	 * not set another limit for its session; above, the connection is closed with 1009.
	 */
	private DataSize maxMessageSize = DataSize.ofKilobytes(64);

	/**
	 * How large a frame may be; above, the connection is closed with 1009. With 0 only
	 * the size of messages matters.
	 */
	private DataSize maxFrameSize = DataSize.ofBytes(0);

	/**
	 * How long nothing may be sent on a connection, by neither side; then it is closed
	 * with 1001. Pings that are answered count as well. With 0 for ever.
	 */
	private Duration idleTimeout = Duration.ofSeconds(0);

	/**
	 * How often the client is pinged, to keep proxies from closing a silent connection
	 * and to see whether it is still there: one that sends nothing until the next ping is
	 * gone. With 0 never.
	 */
	private Duration pingInterval = Duration.ofSeconds(0);

	/**
	 * How long the client may take to answer when the server closes a connection; then it
	 * is cut. With 0 for ever.
	 */
	private Duration closeTimeout = Duration.ofSeconds(10);

	/**
	 * How long a thread that sends a message waits for the client to take it; then the
	 * connection is cut. With 0 as long as the client takes anything at all.
	 */
	private Duration sendTimeout = Duration.ofSeconds(20);

	/**
	 * Whether messages are compressed (permessage-deflate) for clients that offer it.
	 */
	private boolean compression = true;

	/**
	 * Whether a compressed message may refer to earlier ones of its connection. Small
	 * messages that are alike get much smaller then, and each connection that uses it
	 * takes some 300 KB outside of the heap.
	 */
	private boolean contextTakeover = false;

	public DataSize getMaxMessageSize() {
		return this.maxMessageSize;
	}

	public void setMaxMessageSize(DataSize maxMessageSize) {
		this.maxMessageSize = maxMessageSize;
	}

	public DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public void setMaxFrameSize(DataSize maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
	}

	public Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public Duration getPingInterval() {
		return this.pingInterval;
	}

	public void setPingInterval(Duration pingInterval) {
		this.pingInterval = pingInterval;
	}

	public Duration getCloseTimeout() {
		return this.closeTimeout;
	}

	public void setCloseTimeout(Duration closeTimeout) {
		this.closeTimeout = closeTimeout;
	}

	public Duration getSendTimeout() {
		return this.sendTimeout;
	}

	public void setSendTimeout(Duration sendTimeout) {
		this.sendTimeout = sendTimeout;
	}

	public boolean isCompression() {
		return this.compression;
	}

	public void setCompression(boolean compression) {
		this.compression = compression;
	}

	public boolean isContextTakeover() {
		return this.contextTakeover;
	}

	public void setContextTakeover(boolean contextTakeover) {
		this.contextTakeover = contextTakeover;
	}

	WebSocketOptions toOptions() {
		return OptionNames.check(() -> new WebSocketOptions(bytes(this.maxMessageSize), bytes(this.maxFrameSize),
				new WebSocketTimeouts(this.idleTimeout, this.pingInterval, this.closeTimeout, this.sendTimeout),
				this.compression, this.contextTakeover));
	}

	private static int bytes(DataSize size) {
		return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, size.toBytes()));
	}

}
