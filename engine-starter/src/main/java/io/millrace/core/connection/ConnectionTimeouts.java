package io.millrace.core.connection;

import java.time.Duration;

/**
 * How long a connection may keep us waiting. Zero means for ever, everywhere.
 *
 * @param header from the first byte of a request head to its last, and from the
 * connection to the first byte of its first request; then 408, or a silent close where
 * nothing came
 * @param idle from a response to the first byte of the next request, then the connection
 * is closed; and how long a request body may pause that the application wants, then 408
 * @param write how long a peer may take nothing of what was written; then the connection
 * is reset
 * @param halfClosed how long a response may make no progress after the client closed its
 * side, before the client counts as gone
 * @param minBodyRate how many bytes of a request body have to come in a second on
 * average, as long as the application wants them; then 408
 * @param bodyGrace how long a body may come slower than that, and how long an unread one
 * is read away after the response
 * @param upgraded how long a connection may be silent, in both directions, after the
 * protocol was switched; then it is closed
 */
public record ConnectionTimeouts(Duration header, Duration idle, Duration write, Duration halfClosed, long minBodyRate,
		Duration bodyGrace, Duration upgraded) {

	/**
	 * Check the timeouts.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public ConnectionTimeouts {
		require(header, "header");
		require(idle, "idle");
		require(write, "write");
		require(halfClosed, "halfClosed");
		require(bodyGrace, "bodyGrace");
		require(upgraded, "upgraded");
		if (minBodyRate < 0) {
			throw new IllegalArgumentException("minBodyRate has to be 0 (off) or more, and is " + minBodyRate);
		}
	}

	private static void require(Duration value, String name) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + " has to be 0 (off) or more, and is " + value);
		}
	}

	/**
	 * The timeouts that nobody changed: 20 s, 60 s, 30 s, 3 s, 240 bytes a second after
	 * 10 s, no limit for upgraded connections.
	 * @return the defaults
	 */
	public static ConnectionTimeouts defaults() {
		return new ConnectionTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(30),
				Duration.ofSeconds(3), 240, Duration.ofSeconds(10), Duration.ZERO);
	}

}
