package io.millrace.core.http2;

import java.util.concurrent.TimeUnit;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * How much work a client makes that is no request: frames that cost it next to nothing,
 * and streams that the server has to reset (CVE-2019-9512 and its kin, CVE-2025-8671).
 * Every such frame takes from a budget, which requests, content and time fill again. For
 * its event loop only.
 */
final class FloodGuard {

	/** How many frames may come that ask for nothing, before time counts. */
	static final int BUDGET = 1000;

	/** How many streams the server may have to reset in {@link #RESET_SECONDS}. */
	static final int RESETS = 200;

	static final int RESET_SECONDS = 30;

	private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(1) / 50;

	private static final int WORTH_OF_REQUEST = 8;

	private static final int WORTH_OF_CONTENT = 2;

	private int budget = BUDGET;

	private long refilledAt = System.nanoTime();

	private int resets;

	private long resetsSince = this.refilledAt;

	/** A request has come. */
	void request() {
		earn(WORTH_OF_REQUEST);
	}

	/** Content has come or was sent, which windows are updated for. */
	void content() {
		earn(WORTH_OF_CONTENT);
	}

	private void earn(int worth) {
		this.budget = Math.min(BUDGET, this.budget + worth);
	}

	/**
	 * A frame has come that asks for nothing.
	 * @throws Http2Exception where there are too many
	 */
	void overhead() throws Http2Exception {
		if (--this.budget < 0) {
			refill();
			if (this.budget < 0) {
				throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "Too many frames ask for nothing");
			}
		}
	}

	private void refill() {
		long now = System.nanoTime();
		long earned = (now - this.refilledAt) / REFILL_NANOS;
		this.refilledAt = now;
		this.budget = (int) Math.min(BUDGET, this.budget + earned);
	}

	/**
	 * The client has made the server reset a stream.
	 * @return whether it does so too often
	 */
	boolean isResetTooMuch() {
		long now = System.nanoTime();
		if (now - this.resetsSince > TimeUnit.SECONDS.toNanos(RESET_SECONDS)) {
			this.resetsSince = now;
			this.resets = 0;
		}
		return ++this.resets > RESETS;
	}

}
