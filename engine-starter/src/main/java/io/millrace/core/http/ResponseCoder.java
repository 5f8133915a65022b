package io.millrace.core.http;

import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.millrace.core.compression.CodingLevel;
import io.millrace.core.compression.ContentEncoder;
import io.millrace.core.compression.ContentEncoder.Until;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses the body of one response on its way from the application to the stream, or
 * leaves it as it is: that is decided with the first write. What is written by a worker
 * is compressed there; on an event loop no more than {@link #PIECE} bytes are in one
 * turn, what is longer waits as it is, to be compressed piece by piece while the peer
 * takes what comes out.
 * <p>
 * Owned by the thread that writes; long parts by the event loop, after which nothing is
 * compressed by the writing thread until they are done.
 */
final class ResponseCoder {

	private static final Logger logger = LoggerFactory.getLogger(ResponseCoder.class);

	/** How many bytes are compressed in one turn of an event loop: a few ms at most. */
	static final int PIECE = 64 * 1024;

	private static final int LEAST_ROOM = 256;

	private final Exchange exchange;

	private final ResponseCompression compression;

	private State state = State.UNDECIDED;

	// Of a body whose length the application has said: how much is to come.
	private long left = Long.MAX_VALUE;

	private boolean holding;

	// Of who owns the encoder.
	private boolean begun;

	// Of the event loop: how much was compressed in its turn, or in several when it was
	// little.
	private long turn;

	// Written once; also read by who ends the exchange.
	private volatile @Nullable CodecHolder<ContentEncoder> encoder;

	// Long parts and those behind them that the loop has not compressed yet.
	private final AtomicInteger waiting = new AtomicInteger();

	ResponseCoder(Exchange exchange, ResponseCompression compression) {
		this.exchange = exchange;
		this.compression = compression;
	}

	/**
	 * Take a part as the application has written it.
	 * @param part the part, whose bytes are released here unless it is returned as it is
	 * @param inLoop whether the event loop of the connection calls
	 * @return what is to be written, {@code null} for nothing
	 */
	@Nullable ResponsePart code(ResponsePart part, boolean inLoop) {
		boolean first = this.state == State.UNDECIDED;
		if (first) {
			this.state = decide(part, inLoop);
		}
		return switch (this.state) {
			case UNDECIDED, PLAIN -> part;
			case HEAD -> withoutBody(part);
			case CODED -> coded(part, first, inLoop);
		};
	}

	private State decide(ResponsePart part, boolean inLoop) {
		RequestHead request = this.exchange.request();
		ResponseHead response = this.exchange.response();
		boolean head = request.method().equals("HEAD");
		long declared = declaredLength(response);
		long size = (declared >= 0) ? declared : knownSize(part, head);
		if (declared >= 0 && part.last() && part.length() != declared && !head) {
			// The engine sees to it that the client notices.
			return State.PLAIN;
		}
		CodingLevel choice = this.compression.choose(request, response, size);
		// What GET would have said is not known where nothing was said of the body.
		if (choice == null || (head && size == ResponseCompression.UNKNOWN && part.last())) {
			return State.PLAIN;
		}
		if (!head && !open(choice, size, part.last() && !hasToWait(part, inLoop))) {
			return State.PLAIN;
		}
		this.compression.describe(response, choice);
		this.left = (declared >= 0) ? declared : Long.MAX_VALUE;
		return head ? State.HEAD : State.CODED;
	}

	private static long declaredLength(ResponseHead response) {
		String value = response.headers().get(HttpHeaderNames.CONTENT_LENGTH);
		return (value != null) ? BodyFraming.parseLength(value) : -1;
	}

	private static long knownSize(ResponsePart part, boolean head) {
		boolean known = part.last() && (part.length() > 0 || !head);
		return known ? part.length() : ResponseCompression.UNKNOWN;
	}

	private boolean open(CodingLevel choice, long size, boolean atOnce) {
		try {
			CodecHolder<ContentEncoder> opened = this.compression.open(choice, size, atOnce);
			if (opened == null) {
				return false;
			}
			this.encoder = opened;
		}
		catch (IOException | RuntimeException ex) {
			logger.error("A response is sent as it is, as there is no encoder", ex);
			return false;
		}
		if (this.exchange.outcome() != null) {
			// It may have ended before it could see what there is to close.
			close();
		}
		return true;
	}

	// Of no length, which would be taken for that of the body.
	private static ResponsePart withoutBody(ResponsePart part) {
		part.release();
		return ResponsePart.of((ByteBuf) null, part.last(), false);
	}

	private @Nullable ResponsePart coded(ResponsePart whole, boolean first, boolean inLoop) {
		if (whole.length() > this.left) {
			logger.warn("The response to {} {} has more bytes than its Content-Length: they were left out",
					this.exchange.request().method(), this.exchange.request().target().path());
		}
		ResponsePart part = whole.cut(this.left);
		this.left -= (this.left != Long.MAX_VALUE) ? part.length() : 0;
		if (part.last() && this.left > 0 && this.left != Long.MAX_VALUE) {
			part.release();
			logger.warn("The response to {} {} has {} bytes less than its Content-Length: it is cut",
					this.exchange.request().method(), this.exchange.request().target().path(), this.left);
			reset();
			return null;
		}
		if (part.last()) {
			// Whoever writes more will be told.
			this.state = State.PLAIN;
		}
		this.holding = part.ahead();
		if (hasToWait(part, inLoop)) {
			this.waiting.incrementAndGet();
			return part.asRaw();
		}
		this.turn += inLoop ? part.length() : 0;
		return encode(part, first);
	}

	private boolean hasToWait(ResponsePart part, boolean inLoop) {
		return this.waiting.get() > 0 || isLong(part, inLoop) || (inLoop && isTurnOver());
	}

	private boolean isLong(ResponsePart part, boolean inLoop) {
		return part.file() != null || (part.length() > PIECE && (inLoop || !this.compression.isBlocking()));
	}

	private @Nullable ResponsePart encode(ResponsePart part, boolean first) {
		ByteBuf source = part.data();
		try {
			ByteBuf out = encode((source != null) ? source : Unpooled.EMPTY_BUFFER, until(part));
			return (out != null || first || part.last()) ? ResponsePart.of(out, part.last(), false) : null;
		}
		catch (IOException | RuntimeException ex) {
			fail(ex);
			return null;
		}
		finally {
			part.release();
			if (part.last()) {
				close();
			}
		}
	}

	private static Until until(ResponsePart part) {
		if (part.last()) {
			return Until.END;
		}
		return part.ahead() ? Until.MORE : Until.FLUSH;
	}

	// Null where nothing comes out.
	private @Nullable ByteBuf encode(ByteBuf source, Until until) throws IOException {
		if (!source.isReadable() && !this.begun && until != Until.END) {
			// The application sends the head ahead.
			return null;
		}
		CodecHolder<ContentEncoder> holder = this.encoder;
		ContentEncoder codec = (holder != null) ? holder.enter() : null;
		if (holder == null || codec == null) {
			// The exchange has ended.
			return null;
		}
		ByteBuf out = this.exchange.allocator().directBuffer(Math.max(LEAST_ROOM, source.readableBytes() / 4));
		boolean done = false;
		try {
			this.begun = true;
			codec.encode(source, until, out);
			done = out.isReadable();
			return done ? out : null;
		}
		finally {
			if (!done) {
				out.release();
			}
			holder.leave();
		}
	}

	/**
	 * Whether enough was compressed in this turn of the event loop, which asks.
	 * @return whether the rest has to wait for another one
	 */
	boolean isTurnOver() {
		return this.turn >= PIECE;
	}

	/** Another turn of the event loop, which says so. */
	void turnBegins() {
		this.turn = 0;
	}

	/**
	 * Compress and write the next piece of a long part. Called on the event loop.
	 * @param part the part, which is released when there is nothing left of it
	 * @return what is left, {@code null} for nothing
	 */
	@Nullable ResponsePart writePiece(ResponsePart part) {
		if (this.exchange.outcome() != null) {
			finished(part);
			return null;
		}
		int size = (int) Math.min(PIECE, part.length());
		boolean end = size == part.length();
		this.turn += size;
		ByteBuf piece = null;
		try {
			piece = piece(part, size);
			ByteBuf out = encode(piece, end ? until(part) : Until.MORE);
			if (out != null || (end && part.last())) {
				this.exchange.stream().write(this.exchange, out, end && part.last());
			}
		}
		catch (IOException | RuntimeException ex) {
			fail(ex);
			end = true;
		}
		finally {
			if (piece != null) {
				piece.release();
			}
		}
		if (!end) {
			return part.without(size);
		}
		finished(part);
		return null;
	}

	private ByteBuf piece(ResponsePart part, int size) throws IOException {
		if (part.data() != null) {
			return part.data().readRetainedSlice(size);
		}
		ByteBuf piece = this.exchange.allocator().directBuffer(Math.max(size, 1));
		try {
			while (part.file() != null && piece.readableBytes() < size) {
				int read = piece.writeBytes(part.file(), part.position() + piece.readableBytes(),
						size - piece.readableBytes());
				if (read < 0) {
					throw new EOFException("A file has become shorter while it was sent");
				}
			}
			return piece;
		}
		catch (IOException | RuntimeException ex) {
			piece.release();
			throw ex;
		}
	}

	private void finished(ResponsePart part) {
		part.release();
		if (part.last()) {
			close();
		}
		this.waiting.decrementAndGet();
	}

	/** A part that waited was joined with the one before it. */
	void joined() {
		this.waiting.decrementAndGet();
	}

	private void fail(Exception cause) {
		logger.error("A response could not be compressed", cause);
		reset();
	}

	private void reset() {
		close();
		this.exchange.execute(() -> this.exchange.stream().reset(this.exchange), Exchange.NOTHING);
	}

	/**
	 * Whether something was written that comes out only with more.
	 * @return whether it may be
	 */
	boolean isHolding() {
		return this.holding;
	}

	/**
	 * The exchange has ended. Any thread may say so.
	 * @return whether parts wait that are of no use any more
	 */
	boolean end() {
		close();
		return this.waiting.get() > 0;
	}

	private void close() {
		CodecHolder<ContentEncoder> holder = this.encoder;
		if (holder != null) {
			holder.close();
		}
	}

	private enum State {

		UNDECIDED, PLAIN, HEAD, CODED

	}

}
