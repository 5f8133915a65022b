package io.millrace.core.http3;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.millrace.core.connection.FilePieces;
import io.millrace.core.connection.ResponseContent;
import io.millrace.core.connection.ResponseFields;
import io.millrace.core.connection.SentResponse;
import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.FileRegions;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The response that a stream is writing: its frames (RFC 9114 §4.1), and how much is
 * left. A region of a file is read piece by piece, as the client takes it; what is
 * written behind it waits. Owned by the event loop.
 */
final class Http3Response implements SentResponse {

	private static final Logger logger = LoggerFactory.getLogger(Http3Response.class);

	private final QuicStreamChannel channel;

	private final ResponseFields fields;

	private final BooleanSupplier connectionKept;

	private final Consumer<Boolean> ended;

	// What is behind the file that is being read.
	private final Queue<Part> waiting = new ArrayDeque<>(0);

	private @Nullable FilePieces file;

	private @Nullable Exchange exchange;

	private final ResponseContent content = new ResponseContent();

	private boolean started;

	/**
	 * Create a response.
	 * @param channel the stream
	 * @param fields makes the fields
	 * @param connectionKept whether further requests may come on the connection
	 * @param ended told when the last part was written, and whether the response is as
	 * long as its head said
	 */
	Http3Response(QuicStreamChannel channel, ResponseFields fields, BooleanSupplier connectionKept,
			Consumer<Boolean> ended) {
		this.channel = channel;
		this.fields = fields;
		this.connectionKept = connectionKept;
		this.ended = ended;
	}

	@Override
	public boolean isStarted() {
		return this.started;
	}

	@Override
	public long contentSent() {
		return this.content.sent();
	}

	@Override
	public boolean isConnectionKept() {
		return this.connectionKept.getAsBoolean();
	}

	/** Write the interim response that a client waits for (RFC 9110 §15.2.1). */
	void writeContinue() {
		Http3HeadersFrame frame = new DefaultHttp3HeadersFrame();
		ResponseFields.writeStatus(100, frame.headers()::add);
		this.channel.write(frame);
	}

	/**
	 * Write a part.
	 * @param exchange whose response it is
	 * @param data the bytes, released here or when they are sent
	 * @param last whether the response ends here
	 */
	void write(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		start(exchange, (data != null) ? data.readableBytes() : 0, last);
		handOn(new Part(data, null, last));
	}

	/**
	 * Write a region of a file.
	 * @param exchange whose response it is
	 * @param file the file, closed here or when it is sent
	 * @param position where the region starts
	 * @param length its length in bytes
	 * @param last whether the response ends here
	 * @throws IOException where the file cannot be read
	 */
	void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) throws IOException {
		FilePieces pieces;
		try {
			pieces = new FilePieces(file, position, length);
		}
		catch (IOException | RuntimeException ex) {
			FileRegions.close(file);
			throw ex;
		}
		start(exchange, length, last);
		handOn(new Part(null, pieces, last));
	}

	private void start(Exchange exchange, long size, boolean last) {
		if (this.started) {
			return;
		}
		this.started = true;
		this.exchange = exchange;
		long length = this.content.start(exchange, size, last);
		Http3HeadersFrame frame = new DefaultHttp3HeadersFrame();
		this.fields.write(exchange.sentHead(), length, frame.headers()::add);
		this.channel.write(frame);
	}

	private void handOn(Part part) {
		if (this.file != null) {
			this.waiting.add(part);
			return;
		}
		if (part.file() != null && this.content.framing().kind() != BodyFraming.Kind.NONE) {
			this.file = part.file();
			this.waiting.add(new Part(null, null, part.last()));
			readFile();
			return;
		}
		if (part.file() != null) {
			close(part.file());
		}
		writeData(part.data());
		if (part.last()) {
			end();
		}
	}

	/** The client has made room. */
	void writable() {
		if (this.file != null) {
			readFile();
		}
	}

	/**
	 * Whether the client has to make room before there is more to send.
	 * @return whether a file is being read
	 */
	boolean isReadingFile() {
		return this.file != null;
	}

	private void readFile() {
		FilePieces pieces = Objects.requireNonNull(this.file);
		try {
			while (!pieces.isEndOfInput()) {
				if (!this.channel.isWritable()) {
					return;
				}
				writeData(pieces.readChunk(this.channel.alloc()));
				this.channel.flush();
			}
		}
		catch (Exception ex) {
			logger.error("A file that is being sent cannot be read", ex);
			discard();
			this.ended.accept(false);
			return;
		}
		close(pieces);
		this.file = null;
		while (this.file == null && !this.waiting.isEmpty()) {
			handOn(this.waiting.remove());
		}
	}

	private void writeData(@Nullable ByteBuf data) {
		if (data == null) {
			return;
		}
		int allowed = (int) this.content.allowed(data.readableBytes(), Objects.requireNonNull(this.exchange));
		if (allowed == 0) {
			data.release();
			return;
		}
		this.channel.write(new DefaultHttp3DataFrame(data.writerIndex(data.readerIndex() + allowed)));
	}

	private void end() {
		Exchange answered = Objects.requireNonNull(this.exchange);
		HttpHeaders trailers = answered.sentHead().trailers();
		boolean whole = !this.content.isCutShort(answered);
		if (whole && trailers != null && !trailers.isEmpty()
				&& this.content.framing().kind() != BodyFraming.Kind.NONE) {
			Http3HeadersFrame frame = new DefaultHttp3HeadersFrame();
			this.fields.writeTrailers(trailers, frame.headers()::add);
			this.channel.write(frame);
		}
		this.ended.accept(whole);
	}

	/** Nothing more is sent: give up what waits. */
	void discard() {
		FilePieces pieces = this.file;
		this.file = null;
		if (pieces != null) {
			close(pieces);
		}
		Part part;
		while ((part = this.waiting.poll()) != null) {
			ReferenceCountUtil.release(part.data());
			if (part.file() != null) {
				close(part.file());
			}
		}
	}

	private static void close(FilePieces pieces) {
		try {
			pieces.close();
		}
		catch (Exception ex) {
			logger.debug("A file could not be closed", ex);
		}
	}

	/** One write: bytes, a region of a file, or neither. */
	private record Part(@Nullable ByteBuf data, @Nullable FilePieces file, boolean last) {

	}

}
