package io.millrace.core.observe;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps what happens again and again from filling the log: it is due at most once a
 * minute. Any thread may ask.
 */
public final class LogThrottle {

	private static final long INTERVAL = 60_000_000_000L;

	private final AtomicLong next = new AtomicLong(System.nanoTime());

	/**
	 * Whether to log now.
	 * @return {@code true} for one caller a minute
	 */
	public boolean isDue() {
		long now = System.nanoTime();
		long due = this.next.get();
		return now - due >= 0 && this.next.compareAndSet(due, now + INTERVAL);
	}

}
