package io.millrace.core.http2;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;

import io.millrace.core.http.FileRegions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/**
 * A region of a file, read piece by piece as the client takes it.
 */
final class FilePart extends ResponsePart {

	// The size of a part is an int.
	private static final int MAX_LENGTH = 1 << 30;

	private final FileChannel file;

	private final boolean closing;

	private long position;

	private int left;

	private FilePart(RequestStream stream, FileChannel file, long position, int length, boolean closing, boolean last) {
		super(stream, last);
		this.file = file;
		this.position = position;
		this.left = length;
		this.closing = closing;
	}

	/**
	 * Send a region.
	 * @param stream whose response it is a part of
	 * @param file the file, closed when the region is sent or given up
	 * @param position where the region starts
	 * @param length its length, more than 0
	 * @param last whether the stream ends with it
	 */
	static void enqueue(RequestStream stream, FileChannel file, long position, long length, boolean last) {
		long at = position;
		long left = length;
		while (left > 0) {
			int size = (int) Math.min(left, MAX_LENGTH);
			left -= size;
			stream.enqueue(new FilePart(stream, file, at, size, left == 0, last && left == 0));
			at += size;
		}
	}

	@Override
	public int size() {
		return this.left;
	}

	@Override
	void send(ChannelHandlerContext context, int allowedBytes) {
		int allowed = allowedBytes;
		int max = stream().maxFrameSize();
		while (allowed > 0 && this.left > 0) {
			int size = Math.min(Math.min(allowed, max), this.left);
			ByteBuf piece = read(context, size);
			allowed -= size;
			this.position += size;
			this.left -= size;
			stream().writeData(piece, isLast() && this.left == 0);
		}
	}

	private ByteBuf read(ChannelHandlerContext context, int size) {
		ByteBuf piece = context.alloc().directBuffer(size);
		try {
			while (piece.readableBytes() < size) {
				int read = piece.writeBytes(this.file, this.position + piece.readableBytes(),
						size - piece.readableBytes());
				if (read < 0) {
					throw new EOFException("A file has become shorter while it was sent");
				}
			}
			return piece;
		}
		catch (IOException ex) {
			piece.release();
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void writeComplete() {
		release();
		super.writeComplete();
	}

	@Override
	void release() {
		if (this.closing) {
			FileRegions.close(this.file);
		}
	}

}
