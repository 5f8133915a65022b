package io.millrace.core.worker;

import java.time.Duration;

/**
 * How work that may block is run.
 *
 * @param mode what runs it
 * @param maxThreads how many threads {@link WorkerMode#POOL} grows to, and how many
 * {@link WorkerMode#LOOP} leaves to handlers that hold their loop; 1 to 100,000
 * @param minThreads how many of them stay when they are idle, 0 to {@code maxThreads}
 * @param keepAlive how long an idle thread above the minimum stays, more than 0
 * @param maxConcurrency how many tasks {@link WorkerMode#VIRTUAL} and
 * {@link WorkerMode#LOOP} run at once, 1 or more
 * @param queue how tasks wait
 * @param reserved how many tasks of high priority run besides, when all threads are busy;
 * 0 or more
 */
public record WorkerOptions(WorkerMode mode, int maxThreads, int minThreads, Duration keepAlive, int maxConcurrency,
		QueueOptions queue, int reserved) {

	private static final int RESERVED = 2;

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public WorkerOptions {
		require(maxThreads >= 1 && maxThreads <= 100_000, "maxThreads", maxThreads, "has to be 1 to 100000");
		require(minThreads >= 0 && minThreads <= maxThreads, "minThreads", minThreads,
				"has to be 0 to maxThreads (" + maxThreads + ")");
		require(keepAlive.toNanos() > 0, "keepAlive", keepAlive, "has to be more than 0");
		require(reserved >= 0, "reserved", reserved, "has to be 0 (none) or more");
		require(maxConcurrency >= 1, "maxConcurrency", maxConcurrency, "has to be 1 or more");
	}

	/**
	 * Create options with a {@linkplain QueueOptions#of plain queue} and 2 tasks in
	 * reserve.
	 * @param mode what runs the tasks
	 * @param maxThreads how many threads {@link WorkerMode#POOL} grows to
	 * @param minThreads how many of them stay when they are idle
	 * @param keepAlive how long an idle thread above the minimum stays
	 * @param maxConcurrency how many tasks {@link WorkerMode#VIRTUAL} and
	 * {@link WorkerMode#LOOP} run at once
	 * @param queueCapacity how many tasks may wait
	 */
	public WorkerOptions(WorkerMode mode, int maxThreads, int minThreads, Duration keepAlive, int maxConcurrency,
			int queueCapacity) {
		this(mode, maxThreads, minThreads, keepAlive, maxConcurrency, QueueOptions.of(queueCapacity), RESERVED);
	}

	/**
	 * How many tasks may wait.
	 * @return the capacity of the queue
	 */
	public int queueCapacity() {
		return this.queue.capacity();
	}

	/**
	 * How many tasks run at once in this mode.
	 * @return the threads of {@link WorkerMode#POOL}, otherwise {@code maxConcurrency}
	 */
	public int maxRunning() {
		return (this.mode == WorkerMode.POOL) ? this.maxThreads : this.maxConcurrency;
	}

	/**
	 * The same for a pool of another size.
	 * @param maxRunning how many tasks run at once: {@code maxThreads} of
	 * {@link WorkerMode#POOL}, of which as many stay as before or all, otherwise
	 * {@code maxConcurrency}
	 * @param queueCapacity how many tasks may wait
	 * @return a copy
	 * @throws IllegalArgumentException naming the option that is out of range
	 */
	public WorkerOptions withSize(int maxRunning, int queueCapacity) {
		boolean threads = this.mode == WorkerMode.POOL;
		return new WorkerOptions(this.mode, threads ? maxRunning : this.maxThreads,
				threads ? Math.max(0, Math.min(this.minThreads, maxRunning)) : this.minThreads, this.keepAlive,
				threads ? this.maxConcurrency : maxRunning,
				new QueueOptions(queueCapacity, this.queue.order(), this.queue.maxWait(), this.queue.lanes()),
				this.reserved);
	}

	/**
	 * The same with another mode.
	 * @param mode what runs the tasks
	 * @return a copy
	 */
	public WorkerOptions withMode(WorkerMode mode) {
		return new WorkerOptions(mode, this.maxThreads, this.minThreads, this.keepAlive, this.maxConcurrency,
				this.queue, this.reserved);
	}

	/**
	 * The same with a queue in which tasks of a higher {@link Priority} are next.
	 * @return a copy
	 */
	public WorkerOptions withLanes() {
		QueueOptions lanes = new QueueOptions(this.queue.capacity(), this.queue.order(), this.queue.maxWait(), true);
		return new WorkerOptions(this.mode, this.maxThreads, this.minThreads, this.keepAlive, this.maxConcurrency,
				lanes, this.reserved);
	}

	private static void require(boolean valid, String name, Object value, String rule) {
		if (!valid) {
			throw new IllegalArgumentException(name + " " + rule + ", and is " + value);
		}
	}

	/**
	 * The options that nobody changed: 200 threads at most, 10 kept, 16,384 may wait, 2
	 * more for what is urgent.
	 * @return the defaults
	 */
	public static WorkerOptions defaults() {
		return new WorkerOptions(WorkerMode.POOL, 200, 10, Duration.ofSeconds(60), 10_000, 16_384);
	}

}
