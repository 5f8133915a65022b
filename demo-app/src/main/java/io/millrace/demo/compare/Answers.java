package io.millrace.demo.compare;

import java.util.Arrays;
import java.util.Locale;

/**
 * What clients have seen of one copy since they were asked last. Times count from when a
 * request was due, so that one which waits for a connection counts its wait.
 */
final class Answers {

	private long[] nanos = new long[1024];

	private int count;

	private int errors;

	private long since = System.nanoTime();

	synchronized void add(long time, boolean success) {
		if (this.count == this.nanos.length) {
			this.nanos = Arrays.copyOf(this.nanos, this.count * 2);
		}
		this.nanos[this.count++] = time;
		if (!success) {
			this.errors++;
		}
	}

	/** One that was not answered. */
	synchronized void addFailure() {
		this.errors++;
	}

	synchronized String seen() {
		long now = System.nanoTime();
		Arrays.sort(this.nanos, 0, this.count);
		String seen = String.format(Locale.ROOT,
				"%7.0f answers/s   p50 %6.1f ms   p99 %6.1f ms   max %6.1f ms   errors %d",
				this.count * 1e9 / (now - this.since), millis(50), millis(99), millis(100), this.errors);
		this.count = 0;
		this.errors = 0;
		this.since = now;
		return seen;
	}

	private double millis(int percent) {
		return (this.count == 0) ? Double.NaN : this.nanos[(int) ((this.count - 1L) * percent / 100)] / 1e6;
	}

}
