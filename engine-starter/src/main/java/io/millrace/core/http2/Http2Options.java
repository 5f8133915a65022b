package io.millrace.core.http2;

import java.time.Duration;

/**
 * What a server says in its SETTINGS (RFC 9113 §6.5.2), and how it keeps connections.
 *
 * @param maxConcurrentStreams how many requests may be under way on a connection, 1 or
 * more; what is above is refused with REFUSED_STREAM
 * @param initialWindowSize how many bytes of a request body a client may send before the
 * application has asked for them, 1 to 2147483647
 * @param maxFrameSize how large a frame may be that a client sends, 16384 to 16777215
 * bytes
 * @param pingInterval after how long a silence a connection with requests under way is
 * asked whether the client is there still; zero for never
 */
public record Http2Options(int maxConcurrentStreams, int initialWindowSize, int maxFrameSize, Duration pingInterval) {

	private static final int LEAST_FRAME_SIZE = 1 << 14;

	private static final int LARGEST_FRAME_SIZE = (1 << 24) - 1;

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public Http2Options {
		if (maxConcurrentStreams < 1) {
			throw new IllegalArgumentException(
					"maxConcurrentStreams has to be 1 or more, and is " + maxConcurrentStreams);
		}
		if (initialWindowSize < 1) {
			throw new IllegalArgumentException("initialWindowSize has to be 1 or more, and is " + initialWindowSize);
		}
		if (maxFrameSize < LEAST_FRAME_SIZE || maxFrameSize > LARGEST_FRAME_SIZE) {
			throw new IllegalArgumentException("maxFrameSize has to be " + LEAST_FRAME_SIZE + " to "
					+ LARGEST_FRAME_SIZE + ", and is " + maxFrameSize);
		}
		if (pingInterval.isNegative()) {
			throw new IllegalArgumentException("pingInterval has to be 0 (off) or more, and is " + pingInterval);
		}
	}

	/**
	 * The options that nobody changed: 100 streams, a window of 128 KB, frames of 16 KB,
	 * no pings.
	 * @return the defaults
	 */
	public static Http2Options defaults() {
		return new Http2Options(100, 128 * 1024, LEAST_FRAME_SIZE, Duration.ZERO);
	}

}
