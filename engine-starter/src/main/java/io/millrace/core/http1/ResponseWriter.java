package io.millrace.core.http1;

import java.util.function.Consumer;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.ReferenceCounted;
import org.jspecify.annotations.Nullable;

/**
 * The response that a connection is writing: head, framing, and how much is left. A small
 * body is copied behind its head, so that one buffer and one write carry both; a larger
 * one is passed on as it is. Owned by the event loop.
 */
final class ResponseWriter {

	private static final int COPY_LIMIT = 4096;

	private static final int HEAD_SIZE = 512;

	private static final int CHUNK_OVERHEAD = 32;

	private final ResponseEncoder encoder;

	private final ByteBufAllocator allocator;

	private final Consumer<Object> out;

	private BodyFraming framing = BodyFraming.NONE;

	private long left;

	private boolean started;

	private boolean keepAlive;

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
		this.framing = BodyFraming.NONE;
		this.left = 0;
	}

	/**
	 * Whether the head was written.
	 * @return whether there is no way back
	 */
	boolean isStarted() {
		return this.started;
	}

	/**
	 * Whether the connection can be used again after this response.
	 * @return {@code false} where the head said so or the body is not what it said
	 */
	boolean isKeepAlive() {
		return this.keepAlive;
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
		long allowed = allowed(size);
		if (data != null && allowed < size) {
			// More than was declared: what the client has been promised stays true.
			data.writerIndex(data.readerIndex() + (int) allowed);
		}
		if (allowed > 0) {
			body(head, data, allowed, last, exchange.response());
			return;
		}
		if (data != null) {
			data.release();
		}
		end(head, last, exchange.response());
	}

	/**
	 * Write a region of a file.
	 * @param exchange whose response it is
	 * @param region the region, released here or by the sink
	 * @param size its length
	 * @param last whether the response ends here
	 * @param mayKeepAlive whether the connection may be kept, if this part is the first
	 */
	void writeRegion(Exchange exchange, ReferenceCounted region, long size, boolean last, boolean mayKeepAlive) {
		ByteBuf head = this.started ? null : start(exchange, size, last, mayKeepAlive, 0);
		long allowed = allowed(size);
		if (allowed == size && size > 0) {
			body(head, region, size, last, exchange.response());
			return;
		}
		// A region cannot be cut: a wrong length ends the connection.
		this.keepAlive &= (size == 0 || this.framing.kind() == BodyFraming.Kind.NONE);
		region.release();
		end(head, last, exchange.response());
	}

	private ByteBuf start(Exchange exchange, long size, boolean last, boolean mayKeepAlive, int room) {
		this.started = true;
		RequestHead request = exchange.request();
		ResponseHead head = exchange.response();
		HttpHeaders headers = head.headers();
		long declared = declaredLength(headers, head.status());
		long added = -1;
		if (declared < 0 && last && head.trailers() == null) {
			boolean body = BodyFraming.mayHaveBody(head.status()) && (size > 0 || !request.method().equals("HEAD"));
			added = body ? size : (head.status() == 205) ? 0 : -1;
		}
		this.framing = BodyFraming.ofResponse(request, head.status(), Math.max(declared, added));
		this.left = this.framing.length();
		this.keepAlive = mayKeepAlive && this.framing.kind() != BodyFraming.Kind.UNTIL_CLOSE
				&& !headers.containsValue(HttpHeaderNames.CONNECTION, "close", true);
		ByteBuf out = this.allocator.directBuffer(HEAD_SIZE + room + CHUNK_OVERHEAD);
		this.encoder.writeHead(head, this.framing, added,
				ResponseEncoder.Persistence.of(this.keepAlive, request.version()), out);
		return out;
	}

	// RFC 9110 §8.6: no Content-Length with 204; what is no number is not passed on.
	private static long declaredLength(HttpHeaders headers, int status) {
		String value = headers.get(HttpHeaderNames.CONTENT_LENGTH);
		if (value == null) {
			return -1;
		}
		try {
			long length = Long.parseLong(value);
			if (length >= 0 && status != 204 && status != 205) {
				return length;
			}
		}
		catch (NumberFormatException ex) {
			// falls through: an application's mistake must not reach the wire
		}
		headers.remove(HttpHeaderNames.CONTENT_LENGTH);
		return -1;
	}

	private long allowed(long size) {
		return switch (this.framing.kind()) {
			case NONE -> 0;
			case LENGTH -> {
				long allowed = Math.min(size, this.left);
				this.left -= allowed;
				yield allowed;
			}
			case CHUNKED, UNTIL_CLOSE -> size;
		};
	}

	private void body(@Nullable ByteBuf head, @Nullable Object data, long size, boolean last, ResponseHead response) {
		boolean chunked = this.framing.kind() == BodyFraming.Kind.CHUNKED;
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
		end(front, last, response);
	}

	private void end(@Nullable ByteBuf front, boolean last, ResponseHead response) {
		ByteBuf tail = front;
		if (last && this.framing.kind() == BodyFraming.Kind.CHUNKED) {
			tail = (tail != null) ? tail : this.allocator.directBuffer(CHUNK_OVERHEAD);
			this.encoder.writeLastChunk(response.trailers(), tail);
		}
		if (last && this.framing.kind() == BodyFraming.Kind.LENGTH && this.left > 0) {
			// Less than was declared: the client sees it by the early end.
			this.keepAlive = false;
		}
		send(tail);
	}

	private void send(@Nullable Object message) {
		if (message != null) {
			this.out.accept(message);
		}
	}

}
