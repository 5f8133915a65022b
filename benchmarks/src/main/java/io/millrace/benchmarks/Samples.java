package io.millrace.benchmarks;

import java.util.Arrays;

/**
 * Times that were seen. Grows as needed; owned by one thread.
 */
final class Samples {

	private long[] nanos = new long[1024];

	private int count;

	void add(long value) {
		if (this.count == this.nanos.length) {
			this.nanos = Arrays.copyOf(this.nanos, this.count * 2);
		}
		this.nanos[this.count++] = value;
	}

	int count() {
		return this.count;
	}

	/**
	 * A percentile.
	 * @param percent which, 100 for the longest
	 * @return milliseconds, 0 where nothing was seen
	 */
	double millis(double percent) {
		if (this.count == 0) {
			return 0;
		}
		long[] sorted = Arrays.copyOf(this.nanos, this.count);
		Arrays.sort(sorted);
		return sorted[Math.max(0, (int) Math.ceil(this.count * percent / 100.0) - 1)] / 1e6;
	}

}
