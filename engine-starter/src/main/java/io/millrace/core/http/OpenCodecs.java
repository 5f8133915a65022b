package io.millrace.core.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What encoders or decoders that are open hold together, of one engine. Any thread may
 * call.
 */
final class OpenCodecs {

	private final AtomicLong held = new AtomicLong();

	/**
	 * One more is to be opened.
	 * @param size how much it holds
	 * @param limit how much all of them may hold
	 * @return {@code false} where that would be too much: nothing was counted
	 */
	boolean tryOpen(long size, long limit) {
		if (this.held.addAndGet(size) <= limit) {
			return true;
		}
		closed(size);
		return false;
	}

	/**
	 * One was closed, or not opened after all.
	 * @param size how much it held
	 */
	void closed(long size) {
		this.held.addAndGet(-size);
	}

	/**
	 * How much they hold.
	 * @return 0 where none is open
	 */
	long held() {
		return this.held.get();
	}

}
