package io.millrace.core.connection;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.stream.ChunkedNioFile;

/**
 * A region of a file that is read piece by piece. One that was cut off meanwhile ends
 * with a failure: Netty's would ask again for ever.
 */
public final class FilePieces extends ChunkedNioFile {

	private static final int PIECE = 64 * 1024;

	/**
	 * Create the pieces.
	 * @param file the file, closed with them
	 * @param position where the region starts
	 * @param length its length in bytes
	 * @throws IOException where the file is closed
	 */
	public FilePieces(FileChannel file, long position, long length) throws IOException {
		super(file, position, length, PIECE);
	}

	@Override
	public ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
		ByteBuf piece = super.readChunk(allocator);
		if (piece != null && !piece.isReadable() && !isEndOfInput()) {
			piece.release();
			throw new EOFException("A file has become shorter while it was sent");
		}
		return piece;
	}

}
