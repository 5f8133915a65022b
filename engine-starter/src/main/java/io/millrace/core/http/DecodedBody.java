package io.millrace.core.http;

import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.millrace.core.compression.ContentCoding;
import io.millrace.core.compression.ContentDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A request body that is decompressed as it is read, a piece at a time: what nobody reads
 * is never inflated. Owned by its one consumer; {@link #close()} comes from whoever ends
 * the exchange.
 */
final class DecodedBody implements RequestBody {

	private static final int PIECE = 16 * 1024;

	// So much is inflated in one turn of an event loop: a ms or two.
	private static final int TURN = 256 * 1024;

	private final Exchange exchange;

	private final ReceivedBody received;

	private final ContentCoding coding;

	private final RequestDecompression decompression;

	private final CodecHolder<Decoding> decoding = new CodecHolder<>(new Decoding(), this::release);

	private long taken;

	private long inflated;

	private int inflatedInTurn;

	private boolean yielding;

	private volatile boolean ended;

	private @Nullable ProtocolException failure;

	DecodedBody(Exchange exchange, ReceivedBody received, ContentCoding coding, RequestDecompression decompression) {
		this.exchange = exchange;
		this.received = received;
		this.coding = coding;
		this.decompression = decompression;
	}

	@Override
	public @Nullable ByteBuf read() throws IOException {
		if (this.failure != null) {
			throw this.failure;
		}
		if (this.ended) {
			return null;
		}
		this.yielding = this.inflatedInTurn >= TURN && loop().inEventLoop();
		if (this.yielding) {
			return null;
		}
		Decoding own = this.decoding.enter();
		if (own == null) {
			throw endedBefore();
		}
		try {
			return readWhole(own);
		}
		catch (ProtocolException ex) {
			this.failure = ex;
			this.exchange.fail(ex);
			throw ex;
		}
		finally {
			this.decoding.leave();
		}
	}

	// The body as it comes says why, unless all of it was taken before the exchange
	// ended:
	// then what was not inflated is lost all the same.
	private IOException endedBefore() throws IOException {
		ByteBuf left;
		while ((left = this.received.read()) != null) {
			left.release();
		}
		return new IOException("The exchange has ended before its request body was read");
	}

	// With the last bytes goes that they are the last: who has asked for no more than
	// there is would not ask again to hear of it.
	private @Nullable ByteBuf readWhole(Decoding own) throws IOException {
		ByteBuf piece = own.takeAhead();
		if (piece == null) {
			piece = read(own);
		}
		if (piece == null || !this.received.isEnded()) {
			return piece;
		}
		boolean done = false;
		try {
			own.ahead = read(own);
			done = true;
			return piece;
		}
		finally {
			if (!done) {
				piece.release();
			}
		}
	}

	private @Nullable ByteBuf read(Decoding own) throws IOException {
		while (true) {
			ByteBuf piece = inflate(own);
			if (piece != null) {
				count(piece);
				return piece;
			}
			own.input.release();
			own.input = Unpooled.EMPTY_BUFFER;
			ByteBuf more = this.received.read();
			if (more == null) {
				if (this.received.isEnded()) {
					end(own);
				}
				return null;
			}
			this.taken += more.readableBytes();
			own.input = more;
		}
	}

	private @Nullable ByteBuf inflate(Decoding own) throws IOException {
		if (this.taken == 0) {
			return null;
		}
		ByteBuf piece = this.exchange.allocator().directBuffer(PIECE, PIECE);
		boolean done = false;
		try {
			decoder(own).decode(own.input, piece);
			done = piece.isReadable();
			return done ? piece : null;
		}
		catch (IOException ex) {
			throw ProtocolException
				.badRequest("The request body is not of the content coding that it is said to be of");
		}
		finally {
			if (!done) {
				piece.release();
			}
		}
	}

	private ContentDecoder decoder(Decoding own) throws IOException {
		ContentDecoder known = own.decoder;
		if (known == null) {
			known = this.decompression.open(this.coding);
			own.decoder = known;
		}
		return known;
	}

	private void count(ByteBuf piece) throws ProtocolException {
		this.inflatedInTurn += piece.readableBytes();
		this.inflated += piece.readableBytes();
		boolean bomb = this.inflated > DecompressionOptions.FREE_SIZE
				&& this.inflated / this.decompression.options().maxRatio() > this.taken;
		if (bomb || this.inflated > this.decompression.options().maxSize()) {
			piece.release();
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 413,
					"The request body is too large when it is decompressed");
		}
	}

	// A body of nothing at all is one of nothing, whatever its coding.
	private void end(Decoding own) throws ProtocolException {
		if (this.taken > 0 && (own.decoder == null || !own.decoder.isComplete())) {
			throw ProtocolException.badRequest("The compressed request body is not whole");
		}
		this.ended = true;
	}

	@Override
	public boolean isEnded() {
		return this.ended;
	}

	@Override
	public void demand(Runnable available) {
		this.inflatedInTurn = 0;
		if (this.yielding) {
			this.yielding = false;
			nextTurn(available);
		}
		else if (this.ended || this.failure != null) {
			available.run();
		}
		else {
			this.received.demand(available);
		}
	}

	// By way of the timer: a task that follows a task may well be run before the sockets
	// are looked at.
	private void nextTurn(Runnable available) {
		try {
			loop().schedule(available, 0, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			available.run();
		}
	}

	private EventExecutor loop() {
		return this.exchange.stream().executor();
	}

	@Override
	public HttpHeaders trailers() {
		return this.received.trailers();
	}

	@Override
	public long received() {
		return this.received.received();
	}

	/** The exchange has ended. Any thread may say so. */
	void close() {
		this.decoding.close();
	}

	private void release(Decoding own) {
		own.input.release();
		ReferenceCountUtil.release(own.ahead);
		if (own.decoder != null) {
			this.decompression.close(own.decoder);
		}
	}

	/** What has to be given back. */
	private static final class Decoding {

		private ByteBuf input = Unpooled.EMPTY_BUFFER;

		// Inflated to see whether there is more.
		private @Nullable ByteBuf ahead;

		private @Nullable ContentDecoder decoder;

		@Nullable ByteBuf takeAhead() {
			ByteBuf taken = this.ahead;
			this.ahead = null;
			return taken;
		}

	}

}
