package io.millrace.core.observe;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How busy an event loop is, and how many connections it has. Written by the loop, which
 * reads the clock twice a turn for that: before it waits for something to do, and when it
 * has waited. Any thread may read.
 */
public final class LoopMeter {

	private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final long origin = System.nanoTime();

	// One number, so that what is read of it is consistent. The last bit says whether the
	// loop is busy. Without it the rest is for how long the loop was busy; with it the
	// rest is what the time since the origin exceeds that by.
	private final AtomicLong mark = new AtomicLong();

	// Of the loop: when it last had something to do.
	private long clock = this.origin;

	// Of the loop, others see it a moment late.
	private int connections;

	// Of the keeper.
	private long sampledAt = this.origin;

	private long sampledBusy;

	private volatile double busyRatio;

	/** The loop is going to wait, unless there is something to do. */
	public void waits() {
		long busy = busyNanos(this.mark.getPlain());
		this.mark.lazySet(busy << 1);
	}

	/** The loop goes on. */
	public void wakes() {
		long now = System.nanoTime();
		this.clock = now;
		long before = this.mark.getPlain();
		if (isWaiting(before)) {
			long busy = before >> 1;
			this.mark.lazySet(((now - this.origin - busy) << 1) | 1);
		}
	}

	/**
	 * Whether the loop has said that it {@link #waits()}. Asked by the loop.
	 * @return whether it has not gone on since
	 */
	public boolean isWaiting() {
		return isWaiting(this.mark.getPlain());
	}

	private static boolean isWaiting(long mark) {
		return (mark & 1) == 0;
	}

	/**
	 * When the loop last had something to do, which is now but for what it has done
	 * since. Asked by the loop.
	 * @return nanoseconds as {@link System#nanoTime()} has them
	 */
	public long clock() {
		return this.clock;
	}

	/**
	 * For how long the loop was busy, what it is busy with included.
	 * @return nanoseconds
	 */
	public long busyNanos() {
		return busyNanos(this.mark.get());
	}

	private long busyNanos(long mark) {
		return isWaiting(mark) ? mark >> 1 : System.nanoTime() - this.origin - (mark >> 1);
	}

	/** Look how busy the loop was since the last look, a second ago or more. */
	public void sample() {
		long now = System.nanoTime();
		long past = now - this.sampledAt;
		if (past >= SAMPLE_NANOS) {
			long busy = busyNanos();
			this.busyRatio = Math.min(1, Math.max(0, (double) (busy - this.sampledBusy) / past));
			this.sampledAt = now;
			this.sampledBusy = busy;
		}
	}

	/**
	 * How busy the loop was in about the last second.
	 * @return 0 to 1
	 */
	public double busyRatio() {
		return this.busyRatio;
	}

	/** The loop has one connection more. Called by the loop. */
	public void connectionOpened() {
		this.connections++;
	}

	/** The loop has one connection less. Called by the loop. */
	public void connectionClosed() {
		this.connections--;
	}

	/**
	 * How many connections the loop has.
	 * @return the number
	 */
	public int connections() {
		return this.connections;
	}

}
