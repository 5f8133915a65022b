package io.millrace.accesslog;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.observe.LogThrottle;
import org.jctools.queues.atomic.MpmcAtomicArrayQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands lines to a thread of its own, which writes them in batches. Who hands one over
 * never waits: where there is no room the line is dropped, and counted. What is dropped
 * is told by the writing thread, since where lines cannot be written a log may not be
 * either.
 */
final class AsyncWriter {

	private static final Logger logger = LoggerFactory.getLogger(AsyncWriter.class);

	// What lines mostly are below, in bytes: so much of each may wait on average.
	private static final int USUAL_LENGTH = 512;

	// Longer ones are not kept for the next.
	private static final int MAX_KEPT = 4096;

	private static final int MAX_SPARE = 2048;

	private static final int BATCH = 64 * 1024;

	// How long lines wait for others to be written with.
	private static final long GATHER = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long TICK = TimeUnit.SECONDS.toNanos(1);

	private final LineSink sink;

	private final Duration patience;

	private final MpscAtomicArrayQueue<Line> queue;

	private final MpmcAtomicArrayQueue<Line> spare;

	private final long maxWaitingBytes;

	private final AtomicLong waitingBytes = new AtomicLong();

	private final LongAdder dropped = new LongAdder();

	private final LongAdder written = new LongAdder();

	private final Thread thread;

	private volatile boolean asleep;

	private volatile boolean closed;

	// These belong to the thread.
	private final Line batch = new Line();

	private final LogThrottle throttle = new LogThrottle();

	private int batched;

	private long told;

	private @Nullable Throwable failure;

	private long nextTick;

	/**
	 * Create a writer and start its thread.
	 * @param sink where lines go
	 * @param capacity how many lines may wait, 2 or more
	 * @param patience how long closing waits for lines to be written
	 */
	AsyncWriter(LineSink sink, int capacity, Duration patience) {
		this.sink = sink;
		this.patience = patience;
		this.queue = new MpscAtomicArrayQueue<>(capacity);
		this.spare = new MpmcAtomicArrayQueue<>(Math.min(capacity, MAX_SPARE));
		this.maxWaitingBytes = (long) capacity * USUAL_LENGTH;
		this.nextTick = System.nanoTime() + TICK;
		this.thread = new Thread(null, this::run, "millrace-access-log", 0, false);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Take an empty line.
	 * @return the line, to be {@linkplain #write written}
	 */
	Line line() {
		Line line = this.spare.poll();
		return (line != null) ? line : new Line();
	}

	/**
	 * Write a line. Any thread; never waits.
	 * @param line the line with its line feed, which the caller does not touch again
	 */
	void write(Line line) {
		int length = line.length();
		if (this.closed || this.waitingBytes.get() > this.maxWaitingBytes) {
			drop(line);
			return;
		}
		this.waitingBytes.addAndGet(length);
		if (!this.queue.offer(line)) {
			this.waitingBytes.addAndGet(-length);
			drop(line);
			return;
		}
		// The line has to be seen by who goes to sleep, or the sleep by us.
		VarHandle.fullFence();
		if (this.asleep) {
			this.asleep = false;
			LockSupport.unpark(this.thread);
		}
	}

	private void drop(Line line) {
		this.dropped.increment();
		keep(line);
	}

	private void keep(Line line) {
		if (line.capacity() <= MAX_KEPT) {
			this.spare.offer(line.clear());
		}
	}

	/**
	 * How many lines were dropped: for want of room, because they could not be written,
	 * or came after the end.
	 * @return a count
	 */
	long dropped() {
		return this.dropped.sum();
	}

	/**
	 * How many lines were written.
	 * @return a count
	 */
	long written() {
		return this.written.sum();
	}

	/**
	 * Write what waits, as far as that goes in some time, and end. Lines that come later
	 * are dropped.
	 */
	void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
		try {
			TimeUnit.NANOSECONDS.timedJoin(this.thread, this.patience.toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.thread.isAlive()) {
			logger.warn("About {} lines of the access log are lost: they could not be written in {} ms",
					this.queue.size(), this.patience.toMillis());
			return;
		}
		while (this.queue.poll() != null) {
			this.dropped.increment();
		}
	}

	private void run() {
		try {
			boolean idle = false;
			while (!this.closed) {
				boolean found = drain();
				tick();
				if (hasToTell() && this.throttle.isDue()) {
					tell();
				}
				rest(idle && !found);
				idle = !found;
			}
			drain();
		}
		finally {
			end();
		}
	}

	// Whoever comes while we rest for a moment need not wake us.
	private void rest(boolean idle) {
		if (!idle) {
			LockSupport.parkNanos(this, GATHER);
			return;
		}
		this.asleep = true;
		if (this.queue.isEmpty() && !this.closed) {
			LockSupport.parkNanos(this, TICK);
		}
		this.asleep = false;
	}

	private boolean drain() {
		boolean found = false;
		Line line;
		while ((line = this.queue.poll()) != null) {
			found = true;
			this.waitingBytes.addAndGet(-line.length());
			gather(line);
			keep(line);
			if (this.batch.length() >= BATCH) {
				flush();
				tick();
			}
		}
		flush();
		return found;
	}

	// There may be no memory for it: the lines behind it are written.
	private void gather(Line line) {
		try {
			line.copyTo(this.batch);
			this.batched++;
		}
		catch (Throwable ex) {
			this.dropped.increment();
			this.failure = ex;
		}
	}

	private void flush() {
		if (this.batched == 0) {
			return;
		}
		try {
			this.sink.write(this.batch.array(), this.batch.length());
			this.written.add(this.batched);
		}
		catch (Throwable ex) {
			// An Error neither ends the thread: the lines behind these are written.
			this.dropped.add(this.batched);
			this.failure = ex;
		}
		this.batch.clear();
		this.batched = 0;
	}

	private void tick() {
		long now = System.nanoTime();
		if (now - this.nextTick < 0) {
			return;
		}
		this.nextTick = now + TICK;
		try {
			this.sink.tick();
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	private boolean hasToTell() {
		return this.dropped.sum() != this.told || this.failure != null;
	}

	private void tell() {
		long all = this.dropped.sum();
		String reason = (this.failure != null) ? this.failure.toString() : "they come faster than they can be written";
		try {
			logger.warn("The access log has dropped {} lines, {} since the start: {}", all - this.told, all, reason);
		}
		catch (Throwable ex) {
			// Told again with what is dropped until then, where the log takes it.
			return;
		}
		this.told = all;
		this.failure = null;
	}

	private void end() {
		try {
			this.sink.close();
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
		if (hasToTell()) {
			tell();
		}
	}

}
