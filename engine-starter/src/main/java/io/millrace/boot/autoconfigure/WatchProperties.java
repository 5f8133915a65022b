package io.millrace.boot.autoconfigure;

import java.time.Duration;

/**
 * From when on something counts as stuck: it is logged once each time with a stack, and
 * counted.
 */
public class WatchProperties {

	/**
	 * How long a platform thread may be busy with one request. With 0 as long as it
	 * likes.
	 */
	private Duration worker = Duration.ofSeconds(60);

	/**
	 * How long an event loop may be busy with one thing, which keeps all its connections
	 * waiting. With 0 as long as it likes.
	 */
	private Duration eventLoop = Duration.ofSeconds(2);

	/**
	 * How long requests may wait while all platform threads are busy and none begins
	 * anything. With 0 as long as they like.
	 */
	private Duration starved = Duration.ofSeconds(5);

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

}
