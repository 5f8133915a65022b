package io.millrace.boot.autoconfigure;

import java.time.Duration;

/**
 * From when on something counts as stuck: it is logged once each time with a stack, and
 * counted.
 */
public class WatchProperties {

	/**
	 * How long a worker may be busy with one request. With 0 as long as it likes.
	 */
	private Duration worker = Duration.ofSeconds(60);

	/**
	 * How long an event loop may be busy with one thing, which keeps all its connections
	 * waiting. With 0 as long as it likes.
	 */
	private Duration eventLoop = Duration.ofSeconds(2);

	/**
	 * How long requests may wait while all workers are busy and none begins anything.
	 * With 0 as long as they like.
	 */
	private Duration starved = Duration.ofSeconds(5);

	/**
	 * How long a virtual thread may block its carrier because it cannot leave it, which
	 * keeps others from running. Only where virtual threads run requests, and where the
	 * JDK has the flight recorder. With 0 as long as it likes.
	 */
	private Duration pinned = Duration.ofMillis(20);

	public Duration getWorker() {
		return this.worker;
	}

	public void setWorker(Duration worker) {
		this.worker = worker;
	}

	public Duration getEventLoop() {
		return this.eventLoop;
	}

	public void setEventLoop(Duration eventLoop) {
		this.eventLoop = eventLoop;
	}

	public Duration getStarved() {
		return this.starved;
	}

	public void setStarved(Duration starved) {
		this.starved = starved;
	}

	public Duration getPinned() {
		return this.pinned;
	}

	public void setPinned(Duration pinned) {
		this.pinned = pinned;
	}

}
