package io.millrace.core.http1;

import java.util.function.Consumer;

import io.millrace.core.connection.ResponseContent;
import io.millrace.core.connection.SentResponse;
import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.millrace.core.http1.ResponseEncoder.Persistence;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import org.jspecify.annotations.Nullable;

/**
 * The response that a connection is writing: head, framing, and how much is left. A small
 * body is copied behind its head, so that one buffer and one write carry both; a larger
 * one is passed on as it is. Owned by the event loop.
 */
final class ResponseWriter implements SentResponse {

	/** Bodies up to this size share a buffer with their head. */
	static final int COPY_LIMIT = 4096;

	private static final int HEAD_SIZE = 512;

	private static final int CHUNK_OVERHEAD = 32;

	private final ResponseEncoder encoder;

	private final ByteBufAllocator allocator;

	private final Consumer<Object> out;

	private final ResponseContent content = new ResponseContent();

	private boolean started;

	private boolean keepAlive;

	private boolean switched;

	/**
	 * Create a writer.
	 * @param encoder writes the bytes
	 * @param allocator where buffers come from
	 * @param out takes and releases what is to be sent
	 */
	ResponseWriter(ResponseEncoder encoder, ByteBufAllocator allocator, Consumer<Object> out) {
		this.encoder = encoder;
		this.allocator = allocator;
		this.out = out;
	}

	/** Be ready for the next response. */
	void reset() {
		this.started = false;
		this.switched = false;
		this.content.reset();
	}

	@Override
	public long contentSent() {
		return this.content.sent();
	}

	@Override
	public boolean isStarted() {
		return this.started;
	}

	/**
	 * Whether the head said that another protocol follows.
	 * @return whether HTTP has ended here
	 */
	boolean isSwitched() {
		return this.switched;
	}

	/**
	 * Whether the connection can be used again after this response.
	 * @return {@code false} where the head said so or the body is not what it said
	 */
	boolean isKeepAlive() {
		return this.keepAlive;
	}

	@Override
	public boolean isConnectionKept() {
		return this.keepAlive && !this.switched;
	}

	/**
	 * Whether only a reset tells the client that the response is not whole.
	 * @return {@code true} where the end of the connection is the end of the body
	 */
	boolean endsWithConnection() {
		return this.started && this.content.framing().kind() == BodyFraming.Kind.UNTIL_CLOSE;
	}

	/**
	 * Write a part.
	 * @param exchange whose response it is
	 * @param data the bytes, released here or by the sink
	 * @param last whether the response ends here
	 * @param mayKeepAlive whether the connection may be kept, if this part is the first
	 */
	void write(Exchange exchange, @Nullable ByteBuf data, boolean last, boolean mayKeepAlive) {
		int size = (data != null) ? data.readableBytes() : 0;
		ByteBuf head = this.started ? null : start(exchange, size, last, mayKeepAlive, Math.min(size, COPY_LIMIT));
		long allowed = this.content.allowed(size, exchange);
		if (data != null && allowed > 0) {
			data.writerIndex(data.readerIndex() + (int) allowed);
			body(head, data, allowed, last, exchange);
			return;
		}
		if (data != null) {
			data.release();
		}
		end(head, last, exchange);
	}

	/**
	 * Encode a whole response that has no trailers.
	 * @param exchange whose response it is
	 * @param data the body, {@link #COPY_LIMIT} bytes at most, released here
	 * @param mayKeepAlive whether the connection may be kept
	 * @return the response, to be sent and released by the caller
	 */
	ByteBuf whole(Exchange exchange, @Nullable ByteBuf data, boolean mayKeepAlive) {
		int size = (data != null) ? data.readableBytes() : 0;
		ByteBuf response = start(exchange, size, true, mayKeepAlive, size);
		try {
			int allowed = (int) this.content.allowed(size, exchange);
			if (data != null) {
				response.writeBytes(data, data.readerIndex(), allowed);
				data.release();
			}
			checkLength(exchange);
			return response;
		}
		catch (Throwable ex) {
			response.release();
			throw ex;
		}
	}

	/**
	 * Write a region of a file.
	 * @param exchange whose response it is
	 * @param region the region, which is closed here or when it is sent
	 * @param last whether the response ends here
	 * @param mayKeepAlive whether the connection may be kept, if this part is the first
	 */
	void writeRegion(Exchange exchange, Region region, boolean last, boolean mayKeepAlive) {
		ByteBuf head = this.started ? null : start(exchange, region.length(), last, mayKeepAlive, 0);
		long allowed = this.content.allowed(region.length(), exchange);
		if (allowed > 0) {
			body(head, region.message(allowed), allowed, last, exchange);
			return;
		}
		region.close();
		end(head, last, exchange);
	}

	private ByteBuf start(Exchange exchange, long size, boolean last, boolean mayKeepAlive, int room) {
		this.started = true;
		RequestHead request = exchange.request();
		ResponseHead head = exchange.sentHead();
		long length = this.content.start(exchange, size, last);
		BodyFraming framing = this.content.framing();
		this.switched = head.isSwitching();
		this.keepAlive = mayKeepAlive && framing.kind() != BodyFraming.Kind.UNTIL_CLOSE
				&& !head.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
		ByteBuf out = this.allocator.directBuffer(HEAD_SIZE + room + CHUNK_OVERHEAD);
		Persistence persistence = this.switched ? Persistence.UPGRADE
				: Persistence.of(this.keepAlive, request.version());
		this.encoder.writeHead(head, framing, length, persistence, out);
		return out;
	}

	private void body(@Nullable ByteBuf head, Object data, long size, boolean last, Exchange exchange) {
		boolean chunked = this.content.framing().kind() == BodyFraming.Kind.CHUNKED;
		boolean copy = data instanceof ByteBuf && size <= COPY_LIMIT && (chunked || head != null);
		ByteBuf front = head;
		if (front == null && chunked) {
			front = this.allocator.directBuffer((copy ? (int) size : 0) + CHUNK_OVERHEAD);
		}
		if (front != null && chunked) {
			this.encoder.writeChunkStart(size, front);
		}
		if (copy && front != null && data instanceof ByteBuf bytes) {
			front.writeBytes(bytes);
			bytes.release();
		}
		else {
			send(front);
			send(data);
			front = null;
		}
		if (chunked) {
			front = (front != null) ? front : this.allocator.directBuffer(CHUNK_OVERHEAD);
			this.encoder.writeChunkEnd(front);
		}
		end(front, last, exchange);
	}

	private void end(@Nullable ByteBuf front, boolean last, Exchange exchange) {
		ByteBuf tail = front;
		if (last && this.content.framing().kind() == BodyFraming.Kind.CHUNKED) {
			tail = (tail != null) ? tail : this.allocator.directBuffer(CHUNK_OVERHEAD);
			this.encoder.writeLastChunk(exchange.sentHead().trailers(), tail);
		}
		if (last) {
			checkLength(exchange);
		}
		send(tail);
	}

	private void checkLength(Exchange exchange) {
		if (this.content.isCutShort(exchange)) {
			// Then the close tells.
			this.keepAlive = false;
		}
	}

	private void send(@Nullable Object message) {
		if (message != null) {
			this.out.accept(message);
		}
	}

}
