package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * One who is sent the events, as fast as he reads and no faster: what he has not read
 * waits in his connection and then here, up to {@value #BACKLOG} events. Nobody who calls
 * waits for him.
 */
abstract class EventSubscriber {

	private static final Log logger = LogFactory.getLog(EventSubscriber.class);

	/** How far one may be behind, above what the connection holds. */
	static final int BACKLOG = 16;

	/** A client that was cut off comes back after as many milliseconds. */
	private static final byte[] FIRST = "retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII);

	// All guarded by this.
	private final Queue<byte[]> waiting = new ArrayDeque<>(BACKLOG);

	private boolean sending;

	private boolean ended;

	EventSubscriber() {
		this.waiting.add(FIRST);
	}

	/**
	 * Send an event, now or when the client takes more.
	 * @param event the bytes, which nobody changes
	 * @return {@code false} where too many wait already
	 */
	final synchronized boolean offer(byte[] event) {
		if (this.waiting.size() >= BACKLOG) {
			return false;
		}
		this.waiting.add(event);
		proceed();
		return true;
	}

	/** Send what waits, as far as the client takes it. */
	final synchronized void proceed() {
		// What is sent may ask for more before it returns.
		if (this.sending || this.ended) {
			return;
		}
		this.sending = true;
		try {
			while (!this.ended && isReady()) {
				byte[] next = this.waiting.poll();
				if (next == null) {
					return;
				}
				send(next);
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The client of a stream has gone", ex);
			end();
		}
		finally {
			this.sending = false;
		}
	}

	/**
	 * Whether {@link #end()} was called.
	 * @return whether nothing is sent any more
	 */
	final synchronized boolean isEnded() {
		return this.ended;
	}

	/**
	 * Send nothing more: the response ends, with what is on its way already.
	 */
	final void end() {
		synchronized (this) {
			if (this.ended) {
				return;
			}
			this.ended = true;
			this.waiting.clear();
		}
		close();
	}

	/**
	 * Whether an event can be sent without waiting; if not, {@link #proceed()} is called
	 * when it can. Guarded by this.
	 * @return whether it can
	 * @throws IOException where the client has gone
	 */
	abstract boolean isReady() throws IOException;

	/**
	 * Send an event. Guarded by this.
	 * @param event the event
	 * @throws IOException where the client has gone
	 */
	abstract void send(byte[] event) throws IOException;

	/**
	 * End the response, and be told no more. Called once.
	 */
	abstract void close();

}
