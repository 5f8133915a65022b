package io.millrace.core.http2;

import io.millrace.core.connection.MalformedMessageException;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ReceivedBody;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The request body of a stream. What has come is returned to the window of the stream
 * when somebody has asked for it and has room (RFC 9113 §5.2), so that a client can send
 * no more than its window ahead. For the event loop only.
 */
final class StreamBody {

	// Less is copied: it would keep the whole buffer that it was read with.
	private static final int COPY_LIMIT = 1024;

	private final Http2Session session;

	private final Http2Stream stream;

	// Null where nobody gets it.
	private @Nullable ReceivedBody receiver;

	private long expected = -1;

	private long received;

	private int unreturned;

	private boolean wanted;

	private boolean paused;

	private boolean continueAwaited;

	private boolean ended;

	StreamBody(Http2Session session, Http2Stream stream) {
		this.session = session;
		this.stream = stream;
	}

	/**
	 * A head has come.
	 * @param exchange its exchange
	 * @param ended whether the stream ended with it
	 */
	void begin(Exchange exchange, boolean ended) {
		this.ended = ended;
		this.receiver = exchange.receivedBody();
		this.expected = exchange.request().framing().length();
		this.continueAwaited = !ended && exchange.request().expectsContinue();
	}

	/**
	 * A head has come, and nobody gets the body.
	 * @param ended whether the stream ended with it
	 */
	void skip(boolean ended) {
		this.ended = ended;
	}

	/**
	 * Content has come.
	 * @param data the bytes, which stay the caller's
	 * @param padding how many bytes of padding came with it
	 * @param end whether the stream ended with it
	 * @return how many bytes nobody will ask for
	 * @throws ProtocolException where the body is larger than it may be
	 * @throws MalformedMessageException where it is not as long as its Content-Length
	 * says
	 */
	int received(ByteBuf data, int padding, boolean end) throws ProtocolException, MalformedMessageException {
		int size = data.readableBytes();
		ReceivedBody to = this.receiver;
		this.received += size;
		if (this.expected >= 0 && this.received > this.expected) {
			throw new MalformedMessageException("The content is longer than its content-length");
		}
		if (to == null) {
			this.ended |= end;
			return size + padding;
		}
		long max = this.session.services().limits().maxBodySize();
		if (max > 0 && this.received > max) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 413, "The body is larger than " + max + " bytes");
		}
		if (size > 0) {
			this.continueAwaited = false;
			this.unreturned += size;
			this.paused = !to.offer((size <= COPY_LIMIT) ? copy(data) : data.readRetainedSlice(size));
		}
		if (end) {
			end(EmptyHttpHeaders.INSTANCE);
		}
		return padding + takeReturned();
	}

	private ByteBuf copy(ByteBuf data) {
		ByteBuf copy = this.session.allocator().directBuffer(data.readableBytes());
		return copy.writeBytes(data, data.readerIndex(), data.readableBytes());
	}

	private int takeReturned() {
		if (!this.wanted || this.paused) {
			return 0;
		}
		int returned = this.unreturned;
		this.unreturned = 0;
		return returned;
	}

	/**
	 * There is no more.
	 * @param trailers the trailer fields
	 * @throws MalformedMessageException where it is not as long as its Content-Length
	 * says
	 */
	void end(HttpHeaders trailers) throws MalformedMessageException {
		if (this.expected > 0 && this.received < this.expected) {
			throw new MalformedMessageException("The content is shorter than its content-length");
		}
		this.ended = true;
		ReceivedBody to = this.receiver;
		if (to != null) {
			to.end(trailers);
		}
	}

	/** Nobody gets what comes still. */
	void breakOff() {
		this.receiver = null;
		this.continueAwaited = false;
		this.session.returnBytes(this.stream, this.unreturned);
		this.unreturned = 0;
	}

	/** The consumer asks for it, or has room again. */
	void resume() {
		this.wanted = true;
		this.paused = false;
		this.session.returnBytes(this.stream, takeReturned());
	}

	/**
	 * The client is told that it may send the body, for which it may be waiting (RFC 9110
	 * §10.1.1).
	 * @return whether it is waiting: {@code true} once at most
	 */
	boolean takeContinue() {
		boolean awaited = this.continueAwaited;
		this.continueAwaited = false;
		return awaited;
	}

	boolean isContinueAwaited() {
		return this.continueAwaited;
	}

	boolean isPaused() {
		return this.paused;
	}

	boolean isEnded() {
		return this.ended;
	}

	long received() {
		return this.received;
	}

}
