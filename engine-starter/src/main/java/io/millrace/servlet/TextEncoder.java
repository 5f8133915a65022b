package io.millrace.servlet;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Encodes text straight into a buffer. What the charset has no octets for becomes a
 * question mark. A surrogate pair may come in two pieces. One thread at a time.
 */
abstract sealed class TextEncoder {

	/**
	 * The encoder for a charset.
	 * @param charset the charset
	 * @return a new encoder
	 */
	static TextEncoder of(Charset charset) {
		if (charset.equals(StandardCharsets.UTF_8)) {
			return new Utf8();
		}
		if (charset.equals(StandardCharsets.ISO_8859_1)) {
			return new SingleByte(0xff);
		}
		return charset.equals(StandardCharsets.US_ASCII) ? new SingleByte(0x7f) : new Other(charset);
	}

	/**
	 * Encode a piece of text.
	 * @param buffer where to, grown as needed
	 * @param text the text
	 * @param start where the piece starts
	 * @param end where it ends
	 */
	abstract void encode(ByteBuf buffer, CharSequence text, int start, int end);

	/**
	 * Whether {@link #finish} has something to encode.
	 * @return whether it has
	 */
	boolean hasRest() {
		return false;
	}

	/**
	 * Encode what waits for its other half, as the text has ended.
	 * @param buffer where to
	 */
	void finish(ByteBuf buffer) {
	}

	private static final class Utf8 extends TextEncoder {

		// A high surrogate whose low one has not come yet, 0 for none.
		private char high;

		@Override
		void encode(ByteBuf buffer, CharSequence text, int start, int end) {
			int from = start;
			int to = end;
			if (this.high != 0 && from < to) {
				ByteBufUtil.writeUtf8(buffer, new String(new char[] { this.high, text.charAt(from) }));
				this.high = 0;
				from++;
			}
			if (from < to && Character.isHighSurrogate(text.charAt(to - 1))) {
				this.high = text.charAt(--to);
			}
			if (from < to) {
				ByteBufUtil.writeUtf8(buffer, text, from, to);
			}
		}

		@Override
		boolean hasRest() {
			return this.high != 0;
		}

		@Override
		void finish(ByteBuf buffer) {
			if (this.high != 0) {
				this.high = 0;
				buffer.writeByte('?');
			}
		}

	}

	private static final class SingleByte extends TextEncoder {

		private final int most;

		SingleByte(int most) {
			this.most = most;
		}

		@Override
		void encode(ByteBuf buffer, CharSequence text, int start, int end) {
			buffer.ensureWritable(end - start);
			for (int i = start; i < end; i++) {
				char c = text.charAt(i);
				if (c <= this.most) {
					buffer.writeByte(c);
				}
				else if (!Character.isLowSurrogate(c)) {
					// One for both halves of a pair.
					buffer.writeByte('?');
				}
			}
		}

	}

	private static final class Other extends TextEncoder {

		private final CharsetEncoder encoder;

		private char high;

		Other(Charset charset) {
			this.encoder = charset.newEncoder()
				.onMalformedInput(CodingErrorAction.REPLACE)
				.onUnmappableCharacter(CodingErrorAction.REPLACE);
		}

		@Override
		void encode(ByteBuf buffer, CharSequence text, int start, int end) {
			CharBuffer chars = CharBuffer.wrap(text, start, end);
			if (this.high != 0) {
				chars = CharBuffer.wrap(this.high + text.subSequence(start, end).toString());
				this.high = 0;
			}
			encode(buffer, chars, false);
			if (chars.hasRemaining()) {
				this.high = chars.get();
			}
		}

		private void encode(ByteBuf buffer, CharBuffer chars, boolean last) {
			CoderResult result;
			do {
				int most = (int) (chars.remaining() * this.encoder.maxBytesPerChar()) + 8;
				buffer.ensureWritable(most);
				ByteBuffer bytes = buffer.nioBuffer(buffer.writerIndex(), buffer.writableBytes());
				int before = bytes.position();
				result = this.encoder.encode(chars, bytes, last);
				if (last && result.isUnderflow()) {
					result = this.encoder.flush(bytes);
				}
				buffer.writerIndex(buffer.writerIndex() + bytes.position() - before);
			}
			while (result.isOverflow());
		}

		// Some charsets end with octets that return to their initial state.
		@Override
		boolean hasRest() {
			return true;
		}

		@Override
		void finish(ByteBuf buffer) {
			String rest = (this.high != 0) ? String.valueOf(this.high) : "";
			this.high = 0;
			encode(buffer, CharBuffer.wrap(rest), true);
			this.encoder.reset();
		}

	}

}
