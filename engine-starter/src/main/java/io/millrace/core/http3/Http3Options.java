package io.millrace.core.http3;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How HTTP/3 is spoken. The limits of a request are those of
 * {@link io.millrace.core.http1.Http1Options}.
 *
 * @param maxConcurrentStreams how many requests a client may have open on a connection, 1
 * or more; it waits before it opens another
 * @param idle how long a connection may be silent, more than 0; then it is gone for both
 * sides, without a word (RFC 9000 §10.1)
 * @param streamWindow how many bytes of a request body may come before anybody has read
 * of it, 16 KB or more
 * @param connectionWindow how many bytes of all request bodies of a connection may come
 * before anybody has read of them, not less than {@code streamWindow}
 * @param earlyData whether requests may come before the handshake has ended, so that
 * somebody else could send them again (RFC 8470); those that are not safe are answered
 * 425
 * @param retry whether every client has to show that its address is its own before
 * anything is done for it, which costs it a round trip (RFC 9000 §8.1.2); otherwise only
 * when many handshakes are under way
 * @param advertise how long clients may remember that there is HTTP/3 (RFC 7838 §3), in
 * whole seconds; 0 to tell none
 */
public record Http3Options(int maxConcurrentStreams, Duration idle, int streamWindow, int connectionWindow,
		boolean earlyData, boolean retry, Duration advertise) {

	private static final int MIN_WINDOW = 16 * 1024;

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public Http3Options {
		require(maxConcurrentStreams >= 1, "http3MaxConcurrentStreams has to be 1 or more", maxConcurrentStreams);
		require(!idle.isNegative() && idle.toMillis() > 0, "http3Idle has to be more than 0", idle);
		require(streamWindow >= MIN_WINDOW, "http3StreamWindow has to be 16384 or more", streamWindow);
		require(connectionWindow >= streamWindow, "http3ConnectionWindow has to be http3StreamWindow or more",
				connectionWindow);
		require(!advertise.isNegative(), "http3Advertise has to be 0 (off) or more", advertise);
	}

	private static void require(boolean valid, String rule, Object value) {
		if (!valid) {
			throw new IllegalArgumentException(rule + ", and is " + value);
		}
	}

	/**
	 * What responses over TCP say (RFC 7838 §3).
	 * @param port the UDP port
	 * @return the value of the field Alt-Svc, {@code null} for none
	 */
	public @Nullable String alternative(int port) {
		return this.advertise.isZero() ? null : "h3=\":" + port + "\"; ma=" + this.advertise.toSeconds();
	}

	/**
	 * The options that nobody changed: 100 streams, 30 s, 256 KB, 2 MB, no early data, no
	 * retry unless there is a crowd, remembered for a day.
	 * @return the defaults
	 */
	public static Http3Options defaults() {
		return new Http3Options(100, Duration.ofSeconds(30), 256 * 1024, 2 * 1024 * 1024, false, false,
				Duration.ofDays(1));
	}

}
