package io.millrace.boot.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/**
 * HTTP/2, where server.http2.enabled asks for it.
 */
public class Http2Properties {

	/**
	 * How many requests may be under way on a connection, 1 or more; the client is told,
	 * and what is above is refused with REFUSED_STREAM.
	 */
	private int maxConcurrentStreams = 100;

	/**
	 * How much of each request body a client may send before the application has asked
	 * for it, 1 byte or more, less than 2 GB.
	 */
	private DataSize initialWindowSize = DataSize.ofKilobytes(128);

	/**
	 * How large a frame may be that a client sends, 16KB to 16777215 bytes; above, the
	 * connection ends with FRAME_SIZE_ERROR.
	 */
	private DataSize maxFrameSize = DataSize.ofKilobytes(16);

	/**
	 * After how long a silence a connection with requests under way is sent a ping; where
	 * no answer comes in as long again, it is closed. 0: none.
	 */
	private Duration pingInterval = Duration.ZERO;

	public int getMaxConcurrentStreams() {
		return this.maxConcurrentStreams;
	}

	public void setMaxConcurrentStreams(int maxConcurrentStreams) {
		this.maxConcurrentStreams = maxConcurrentStreams;
	}

	public DataSize getInitialWindowSize() {
		return this.initialWindowSize;
	}

	public void setInitialWindowSize(DataSize initialWindowSize) {
		this.initialWindowSize = initialWindowSize;
	}

	public DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public void setMaxFrameSize(DataSize maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
	}

	public Duration getPingInterval() {
		return this.pingInterval;
	}

	public void setPingInterval(Duration pingInterval) {
		this.pingInterval = pingInterval;
	}

}
