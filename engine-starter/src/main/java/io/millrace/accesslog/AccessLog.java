package io.millrace.accesslog;

import java.time.Duration;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.ObservedExchange;

/**
 * Writes a line for each request that has ended: also for what was refused, what was no
 * request, and what its client did not wait for. Lines are made where a request ends and
 * written by a thread of its own, so that nobody waits for a disk.
 */
public final class AccessLog implements EngineObserver, AutoCloseable {

	/** How many lines may wait where nobody says otherwise. */
	public static final int DEFAULT_CAPACITY = 8192;

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final LineFormat format;

	private final LineFilter filter;

	private final AsyncWriter writer;

	/**
	 * Create a log, and start its thread.
	 * @param format what a line says
	 * @param filter which requests have one
	 * @param sink where lines go, which the log closes
	 * @param capacity how many lines may wait to be written, 2 or more, and how many
	 * times 512 bytes; what comes above is dropped
	 */
	public AccessLog(LineFormat format, LineFilter filter, LineSink sink, int capacity) {
		this(format, filter, new AsyncWriter(sink, capacity, PATIENCE));
	}

	AccessLog(LineFormat format, LineFilter filter, AsyncWriter writer) {
		this.format = format;
		this.filter = filter;
		this.writer = writer;
	}

	@Override
	public boolean wantsExchanges() {
		return true;
	}

	@Override
	public void exchangeEnded(ObservedExchange exchange, boolean completed) {
		if (this.filter.test(exchange)) {
			Line line = this.writer.line();
			this.format.append(line, exchange, completed, System.currentTimeMillis());
			this.writer.write(line.append('\n'));
		}
	}

	/**
	 * How many lines are missing, because more came than could be written.
	 * @return a count since the start
	 */
	public long dropped() {
		return this.writer.dropped();
	}

	/**
	 * How many lines were written.
	 * @return a count since the start
	 */
	public long written() {
		return this.writer.written();
	}

	/**
	 * Write what waits, for at most five seconds, and end. Lines that come later are
	 * dropped.
	 */
	@Override
	public void close() {
		this.writer.close();
	}

}
