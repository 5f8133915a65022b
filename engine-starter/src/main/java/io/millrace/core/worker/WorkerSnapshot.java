package io.millrace.core.worker;

/**
 * One reading of a worker pool.
 *
 * @param limit how many tasks may run at once
 * @param threads how many threads there are, busy and idle
 * @param busy how many tasks run
 * @param waiting how many tasks wait
 * @param capacity how many may wait now: less than asked for where more would wait too
 * long
 * @param refused how many were refused since the start
 */
public record WorkerSnapshot(int limit, int threads, int busy, int waiting, int capacity, long refused) {

	@Override
	public String toString() {
		return "limit=" + this.limit + ", threads=" + this.threads + ", busy=" + this.busy + ", waiting=" + this.waiting
				+ ", capacity=" + this.capacity + ", refused=" + this.refused;
	}

}
