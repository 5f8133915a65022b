package io.millrace.core.http1;

import io.millrace.core.connection.ReceivedFields;
import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the body of one request out of the bytes received (RFC 9112 §6.2 and §7.1). Strict
 * as the head is: every line ends in CRLF, a chunk size is hexadecimal digits. Owned by
 * the event loop.
 */
final class BodyDecoder {

	private static final int MAX_SIZE_LINE = 1024;

	// Lines and line ends that are more than 16 bytes a chunk and twice the data are
	// counted against this: a megabyte of extensions must not carry a kilobyte of data.
	private static final int MAX_OVERHEAD = 16 * 1024;

	private static final int NOT_WHOLE = -1;

	private static final int TOO_LONG = -2;

	private static final byte CR = '\r';

	private static final byte LF = '\n';

	private final Http1Options options;

	private State state;

	// Of the body where its length is known, otherwise of the chunk.
	private long left;

	private long received;

	private long overhead;

	private int trailerSize;

	private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

	BodyDecoder(BodyFraming framing, Http1Options options) throws ProtocolException {
		this.options = options;
		this.left = Math.max(0, framing.length());
		if (framing.kind() == BodyFraming.Kind.CHUNKED) {
			this.state = State.SIZE;
		}
		else {
			this.state = framing.hasBody() ? State.LENGTH : State.END;
			checkLimit(this.left);
		}
	}

	private void checkLimit(long size) throws ProtocolException {
		if (this.options.maxBodySize() > 0 && size > this.options.maxBodySize()) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 413,
					"The body is larger than " + this.options.maxBodySize() + " bytes");
		}
	}

	/**
	 * Cut the next part.
	 * @param in the bytes received; what is understood is consumed
	 * @return a retained part, to be released by the caller, or {@code null} where more
	 * has to come first or the body has ended
	 * @throws ProtocolException where the body is malformed or too large
	 */
	@Nullable ByteBuf decode(ByteBuf in) throws ProtocolException {
		while (true) {
			switch (this.state) {
				case LENGTH, DATA -> {
					return data(in);
				}
				case SIZE -> {
					if (!size(in)) {
						return null;
					}
				}
				case DATA_END -> {
					if (!dataEnd(in)) {
						return null;
					}
				}
				case TRAILER -> {
					if (!trailer(in)) {
						return null;
					}
				}
				case END -> {
					return null;
				}
			}
		}
	}

	private @Nullable ByteBuf data(ByteBuf in) {
		int length = (int) Math.min(this.left, in.readableBytes());
		if (length == 0) {
			return null;
		}
		this.left -= length;
		this.received += length;
		if (this.left == 0) {
			this.state = (this.state == State.LENGTH) ? State.END : State.DATA_END;
		}
		return in.readRetainedSlice(length);
	}

	private boolean size(ByteBuf in) throws ProtocolException {
		int end = lineEnd(in, MAX_SIZE_LINE);
		if (end == TOO_LONG) {
			throw malformed("The line of a chunk size is too long");
		}
		if (end < 0) {
			return false;
		}
		int start = in.readerIndex();
		long size = 0;
		int at = start;
		int digit;
		while (at < end && (digit = Character.digit(in.getByte(at), 16)) >= 0) {
			size = size * 16 + digit;
			if (++at - start > 15) {
				throw malformed("A chunk size is too large");
			}
		}
		if (at == start) {
			throw malformed("A chunk size is not hexadecimal");
		}
		checkExtension(in, at, end);
		in.readerIndex(end + 2);
		checkLimit(this.received + size);
		this.overhead = Math.max(0, this.overhead + (end + 2 - start) - 16 - 2 * size);
		if (this.overhead > MAX_OVERHEAD) {
			throw malformed("The body is more of chunk extensions than of data");
		}
		this.left = size;
		this.state = (size > 0) ? State.DATA : State.TRAILER;
		return true;
	}

	// RFC 9112 §7.1.1: an extension is ignored, but it has to be one.
	private static void checkExtension(ByteBuf in, int start, int end) throws ProtocolException {
		int at = start;
		while (at < end && (in.getByte(at) == ' ' || in.getByte(at) == '\t')) {
			at++;
		}
		if (at < end ? in.getByte(at) != ';' : at > start) {
			throw malformed("A chunk size is followed by something else than an extension");
		}
		while (at < end) {
			byte b = in.getByte(at++);
			if (b >= 0 && b < ' ' && b != '\t' || b == 0x7F) {
				throw malformed("A chunk extension has a control character");
			}
		}
	}

	private boolean dataEnd(ByteBuf in) throws ProtocolException {
		if (in.readableBytes() < 2) {
			return false;
		}
		if (in.readByte() != CR || in.readByte() != LF) {
			throw malformed("A chunk is longer than its size");
		}
		this.state = State.SIZE;
		return true;
	}

	private boolean trailer(ByteBuf in) throws ProtocolException {
		int end = lineEnd(in, this.options.maxHeaderSize() - this.trailerSize);
		if (end == TOO_LONG) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 431,
					"The trailer is larger than " + this.options.maxHeaderSize() + " bytes");
		}
		if (end < 0) {
			return false;
		}
		int length = end + 2 - in.readerIndex();
		if (length == 2) {
			in.skipBytes(2);
			this.state = State.END;
			return true;
		}
		byte[] line = new byte[length];
		in.readBytes(line);
		this.trailerSize += length;
		HttpHeaders fields = FieldsParser.parse(line, 0, length, 1, ReceivedFields.NONE);
		if (this.trailers.isEmpty()) {
			this.trailers = fields.copy();
		}
		else {
			this.trailers.add(fields);
		}
		if (this.trailers.size() > this.options.maxHeaderCount()) {
			throw new ProtocolException(ProtocolException.Kind.LIMIT, 431,
					"There are more than " + this.options.maxHeaderCount() + " trailer fields");
		}
		return true;
	}

	/**
	 * Find the CR that ends the line at the reader index.
	 * @return its index, {@link #NOT_WHOLE} or {@link #TOO_LONG}
	 */
	private static int lineEnd(ByteBuf in, int max) throws ProtocolException {
		int start = in.readerIndex();
		int room = Math.max(max, 2);
		int lf = in.indexOf(start, start + Math.min(in.readableBytes(), room), LF);
		if (lf < 0) {
			return (in.readableBytes() >= room) ? TOO_LONG : NOT_WHOLE;
		}
		if (lf == start || in.getByte(lf - 1) != CR) {
			throw malformed("A line of the chunked body does not end in CRLF");
		}
		return lf - 1;
	}

	private static ProtocolException malformed(String message) {
		return new ProtocolException(ProtocolException.Kind.FRAMING, 400, message);
	}

	/**
	 * Whether the whole body was cut.
	 * @return whether it has ended
	 */
	boolean isEnded() {
		return this.state == State.END;
	}

	/**
	 * How many bytes are known to come still.
	 * @return the number, {@link Long#MAX_VALUE} for a chunked body
	 */
	long remaining() {
		return switch (this.state) {
			case END -> 0;
			case LENGTH -> this.left;
			default -> Long.MAX_VALUE;
		};
	}

	/**
	 * How many bytes of the body were cut.
	 * @return the number without chunk framing
	 */
	long received() {
		return this.received;
	}

	/**
	 * The trailer fields.
	 * @return the fields, empty before the end
	 */
	HttpHeaders trailers() {
		return this.trailers;
	}

	private enum State {

		LENGTH, SIZE, DATA, DATA_END, TRAILER, END

	}

}
