package io.millrace.core.compression;

import java.io.IOException;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What is called {@code deflate}: zlib (RFC 1950), or bare deflate (RFC 1951) of those
 * that took the name literally (RFC 9110 §8.4.1.2).
 */
final class DeflateDecoder implements ContentDecoder {

	private static final int ZLIB_METHOD = 8;

	private @Nullable Inflater inflater;

	@Override
	public void decode(ByteBuf source, ByteBuf target) throws IOException {
		Inflater known = this.inflater;
		if (known == null && source.isReadable()) {
			boolean zlib = (source.getByte(source.readerIndex()) & 0x0f) == ZLIB_METHOD;
			known = new Inflater(!zlib);
			this.inflater = known;
		}
		if (known == null) {
			return;
		}
		if (!known.finished()) {
			Inflating.inflate(known, source, target);
		}
		if (known.finished() && source.isReadable()) {
			throw new IOException("Something follows the end of the body");
		}
	}

	@Override
	public boolean isComplete() {
		return this.inflater != null && this.inflater.finished();
	}

	@Override
	public void close() {
		if (this.inflater != null) {
			this.inflater.end();
		}
	}

}
