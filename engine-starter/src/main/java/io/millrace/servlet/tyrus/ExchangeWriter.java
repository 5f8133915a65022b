package io.millrace.servlet.tyrus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.millrace.core.http.Exchange;
import io.netty.buffer.ByteBuf;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.Writer;
import org.glassfish.tyrus.spi.WriterInfo;
import org.glassfish.tyrus.spi.WriterInfo.RemoteEndpointType;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint sends, on its way to the client. Any thread may write, and none waits
 * here: while the client takes nothing more, frames wait in a queue, and who sends
 * blocking waits for theirs to leave it. The event loop empties the queue itself, so that
 * nobody who waits needs another thread.
 */
final class ExchangeWriter extends Writer {

	/** How many bytes may wait for a client that does not take them. */
	static final long MOST_WAITING = 16 * 1024 * 1024;

	private final Exchange exchange;

	private final Completions completions;

	// All guarded by this.
	private final Deque<Frame> waiting = new ArrayDeque<>();

	private long waitingBytes;

	private boolean closed;

	ExchangeWriter(Exchange exchange, Completions completions) {
		this.exchange = exchange;
		this.completions = completions;
	}

	@Override
	public void write(ByteBuffer bytes, CompletionHandler<ByteBuffer> handler) {
		write(bytes, handler, null);
	}

	@Override
	public void write(ByteBuffer bytes, CompletionHandler<ByteBuffer> handler, @Nullable WriterInfo info) {
		Frame frame = new Frame(bytes, handler,
				info != null && info.getRemoteEndpointType() == RemoteEndpointType.ASYNC);
		switch (offer(frame)) {
			case SENT -> this.completions.tell(handler, bytes, null);
			case CLOSED -> this.completions.tell(handler, bytes, gone());
			case FIRST -> this.exchange.responseBody().onWritable(this::drain);
			case TOO_MUCH -> tooSlow(frame);
			case WAITS -> {
				// It is sent after those before it.
			}
		}
	}

	private synchronized Offered offer(Frame frame) {
		if (this.closed || this.exchange.outcome() != null) {
			return Offered.CLOSED;
		}
		if (this.waiting.isEmpty() && this.exchange.responseBody().isWritable()) {
			send(frame);
			return Offered.SENT;
		}
		if (this.waitingBytes + frame.size() > MOST_WAITING) {
			this.closed = true;
			return Offered.TOO_MUCH;
		}
		this.waiting.add(frame);
		this.waitingBytes += frame.size();
		return (this.waiting.size() == 1) ? Offered.FIRST : Offered.WAITS;
	}

	// Guarded by this.
	private void send(Frame frame) {
		ByteBuf copy = this.exchange.allocator().buffer(frame.size());
		copy.writeBytes(frame.bytes().duplicate());
		this.exchange.responseBody().write(copy, false);
	}

	private void tooSlow(Frame frame) {
		IOException cause = new IOException(
				"The client takes its messages too slowly: more than " + MOST_WAITING + " bytes would wait for it");
		this.completions.tell(frame.handler(), frame.bytes(), cause);
		this.exchange.fail(cause);
	}

	private static IOException gone() {
		return new IOException("The WebSocket connection is closed");
	}

	// Called by the event loop, when the client takes more or the exchange has ended.
	private void drain() {
		List<Frame> done = new ArrayList<>();
		boolean ended;
		boolean more;
		synchronized (this) {
			ended = this.exchange.outcome() != null;
			while (!this.waiting.isEmpty() && (ended || this.exchange.responseBody().isWritable())) {
				Frame frame = this.waiting.remove();
				this.waitingBytes -= frame.size();
				if (!ended) {
					send(frame);
				}
				done.add(frame);
			}
			more = !this.waiting.isEmpty();
			if (!more && this.closed) {
				end();
			}
		}
		IOException failure = ended ? gone() : null;
		for (Frame frame : done) {
			if (frame.elsewhere()) {
				this.completions.tellElsewhere(frame.handler(), frame.bytes(), failure);
			}
			else {
				this.completions.tell(frame.handler(), frame.bytes(), failure);
			}
		}
		if (more) {
			this.exchange.responseBody().onWritable(this::drain);
		}
	}

	/** Close the connection when everything is sent. */
	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.waiting.isEmpty()) {
			end();
		}
	}

	// Guarded by this.
	private void end() {
		if (!this.exchange.responseBody().isEnded()) {
			this.exchange.responseBody().write(null, true);
		}
	}

	/**
	 * A frame.
	 *
	 * @param elsewhere whether its handler may be the application's, which may block
	 */
	private record Frame(ByteBuffer bytes, CompletionHandler<ByteBuffer> handler, boolean elsewhere) {

		int size() {
			return this.bytes.remaining();
		}

	}

	private enum Offered {

		SENT, FIRST, WAITS, CLOSED, TOO_MUCH

	}

}
