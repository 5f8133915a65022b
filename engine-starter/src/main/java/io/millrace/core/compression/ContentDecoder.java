package io.millrace.core.compression;

import java.io.IOException;

import io.netty.buffer.ByteBuf;

/**
 * Decodes one body, no more of it at a time than is asked for. For one thread at a time;
 * {@link #close()} exactly once.
 */
public interface ContentDecoder extends AutoCloseable {

	/**
	 * Decode as much as there is room for. Where no room is left there may be more, also
	 * without more to read.
	 * @param source coded bytes, read as far as they are needed and not released
	 * @param target where to; does not grow
	 * @throws IOException where that is not the coding, or something follows its end
	 */
	void decode(ByteBuf source, ByteBuf target) throws IOException;

	/**
	 * Whether what was read is a whole body. To be asked when everything was read, and
	 * there is nothing more to decode.
	 * @return {@code false} where it was cut off
	 */
	boolean isComplete();

	/** Give back what it has taken. */
	@Override
	void close();

	/**
	 * Create a decoder.
	 * @param coding the coding, whose library has to be here
	 * @return the decoder, to be closed by the caller
	 * @throws IOException where the library fails
	 */
	static ContentDecoder of(ContentCoding coding) throws IOException {
		return switch (coding) {
			case GZIP -> new GzipDecoder();
			case DEFLATE -> new DeflateDecoder();
			case BROTLI -> new BrotliDecoder();
			case ZSTD -> new ZstdDecoder();
		};
	}

}
