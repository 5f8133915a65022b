package io.millrace.boot.autoconfigure;

import java.time.Duration;

import io.millrace.core.worker.QueueOrder;

/**
 * How requests wait for a thread.
 */
public class QueueProperties {

	/**
	 * How many requests may wait for a thread, 1 to 1000000; above, the client gets 503
	 * with Retry-After at once.
	 */
	private int capacity = 16384;

	/**
	 * Which of the waiting requests is next: fifo for the one that has waited longest,
	 * lifo for the one that has waited shortest, so that under overload some clients are
	 * answered in time instead of all too late. With adaptive fifo, and lifo while the
	 * queue has not been empty for 100 ms.
	 */
	private QueueOrder order = QueueOrder.FIFO;

	/**
	 * How long a request may wait for a thread; then the client gets 503 with
	 * Retry-After, and the application does not see the request. One that would wait
	 * longer, by how fast requests are served at the moment, is refused at once. With 0
	 * for ever.
	 */
	private Duration maxWait = Duration.ofSeconds(0);

	public int getCapacity() {
		return this.capacity;
	}

	public void setCapacity(int capacity) {
		this.capacity = capacity;
	}

	public QueueOrder getOrder() {
		return this.order;
	}

	public void setOrder(QueueOrder order) {
		this.order = order;
	}

	public Duration getMaxWait() {
		return this.maxWait;
	}

	public void setMaxWait(Duration maxWait) {
		this.maxWait = maxWait;
	}

}
