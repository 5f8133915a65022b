package io.millrace.boot.autoconfigure;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/**
 * HTTP/3, on the UDP port of the same number as server.port. Limits and timeouts of
 * requests are those of all protocol versions.
 */
public class Http3Properties {

	/**
	 * Whether HTTP/3 is spoken too. Needs server.ssl.* and io.netty:netty-codec-http3 on
	 * the class path.
	 */
	private boolean enabled = false;

	/**
	 * How many requests a client may have open on a connection, 1 or more; it waits
	 * before it opens another.
	 */
	private int maxConcurrentStreams = 100;

	/**
	 * How long a connection may be silent; then it is gone for both sides, without a
	 * word. More than 0.
	 */
	private Duration idleTimeout = Duration.ofSeconds(30);

	/**
	 * How much of a request body may come before anybody has read of it, 16KB or more;
	 * QUIC raises it for those who read fast.
	 */
	private DataSize streamWindow = DataSize.ofKilobytes(256);

	/**
	 * How much of all request bodies of a connection may come before anybody has read of
	 * them, stream-window or more; QUIC raises it for those who read fast.
	 */
	private DataSize connectionWindow = DataSize.ofMegabytes(2);

	/**
	 * Whether requests may come before the handshake has ended (0-RTT), which saves a
	 * round trip. Somebody else could send them again: methods that are not safe are
	 * answered 425.
	 */
	private boolean earlyData = false;

	/**
	 * Whether every client has to show that its address is its own before anything is
	 * done for it (Retry), which costs it a round trip. Otherwise only while many
	 * handshakes are under way.
	 */
	private boolean alwaysRetry = false;

	/**
	 * How long clients may remember that there is HTTP/3: responses over TCP tell them so
	 * in the header Alt-Svc. With 0 they do not.
	 */
	private Duration advertise = Duration.ofDays(1);

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public int getMaxConcurrentStreams() {
		return this.maxConcurrentStreams;
	}

	public void setMaxConcurrentStreams(int maxConcurrentStreams) {
		this.maxConcurrentStreams = maxConcurrentStreams;
	}

	public Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public DataSize getStreamWindow() {
		return this.streamWindow;
	}

	public void setStreamWindow(DataSize streamWindow) {
		this.streamWindow = streamWindow;
	}

	public DataSize getConnectionWindow() {
		return this.connectionWindow;
	}

	public void setConnectionWindow(DataSize connectionWindow) {
		this.connectionWindow = connectionWindow;
	}

	public boolean isEarlyData() {
		return this.earlyData;
	}

	public void setEarlyData(boolean earlyData) {
		this.earlyData = earlyData;
	}

	public boolean isAlwaysRetry() {
		return this.alwaysRetry;
	}

	public void setAlwaysRetry(boolean alwaysRetry) {
		this.alwaysRetry = alwaysRetry;
	}

	public Duration getAdvertise() {
		return this.advertise;
	}

	public void setAdvertise(Duration advertise) {
		this.advertise = advertise;
	}

}
