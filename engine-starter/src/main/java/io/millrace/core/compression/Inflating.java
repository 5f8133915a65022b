package io.millrace.core.compression;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;

/**
 * From buffer to buffer by the JDK's inflater.
 */
final class Inflating {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private Inflating() {
	}

	/**
	 * Inflate as much as there is room for.
	 * @param inflater the inflater
	 * @param source coded bytes, read as far as they are needed
	 * @param target where to; does not grow
	 * @throws IOException where that is not deflate
	 */
	static void inflate(Inflater inflater, ByteBuf source, ByteBuf target) throws IOException {
		ByteBuffer in = source.nioBuffer();
		int given = in.remaining();
		inflater.setInput(in);
		try {
			int written;
			do {
				written = inflater.inflate(target.internalNioBuffer(target.writerIndex(), target.writableBytes()));
				target.writerIndex(target.writerIndex() + written);
			}
			while (written > 0 && target.isWritable());
		}
		catch (DataFormatException ex) {
			throw new IOException("The body is no deflate stream", ex);
		}
		if (inflater.needsDictionary()) {
			throw new IOException("The body needs a dictionary that nobody has");
		}
		source.skipBytes(given - in.remaining());
		// It must not keep what is not ours any longer.
		inflater.setInput(NOTHING);
	}

}
