package io.millrace.core.http3;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections are being made. Whoever sends the first packet of one may lie
 * about its address: what many of those could cost is bounded, and above some clients are
 * asked to show theirs first. For all event loops.
 */
final class Handshakes {

	/** From here on clients have to show their address. */
	static final int CROWD = 128;

	/** More are not begun: they would be in each other's way. */
	static final int MOST = 4096;

	private final AtomicInteger underWay = new AtomicInteger();

	/**
	 * A handshake begins.
	 * @return {@code false} where it should not; it has to end in any case
	 */
	boolean begin() {
		return this.underWay.incrementAndGet() <= MOST;
	}

	/** A handshake has ended, somehow. */
	void end() {
		this.underWay.decrementAndGet();
	}

	boolean isCrowded() {
		return this.underWay.get() >= CROWD;
	}

}
