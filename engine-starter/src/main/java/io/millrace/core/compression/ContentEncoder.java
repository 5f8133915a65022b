package io.millrace.core.compression;

import java.io.IOException;

import io.netty.buffer.ByteBuf;

/**
 * Encodes one body. For one thread at a time; {@link #close()} exactly once, whether the
 * body has ended or not.
 */
public interface ContentEncoder extends AutoCloseable {

	/**
	 * Encode a part.
	 * @param source the bytes, read to their end and not released
	 * @param until how far what was given so far has to come out
	 * @param target where to, direct memory; grows as needed
	 * @throws IOException where the library fails
	 */
	void encode(ByteBuf source, Until until, ByteBuf target) throws IOException;

	/** Give back what it has taken. */
	@Override
	void close();

	/** How much of what was given comes out. */
	enum Until {

		/** What the encoder likes: more follows soon. */
		MORE,

		/** Everything, so that the other side can read it. */
		FLUSH,

		/** Everything, and the end. */
		END

	}

}
