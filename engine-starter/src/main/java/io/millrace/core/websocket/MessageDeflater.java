package io.millrace.core.websocket;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Compresses messages (RFC 7692 §7.2.1). For one thread at a time.
 */
final class MessageDeflater {

	/** Below it a message is not worth while. */
	static final int MIN_SIZE = 256;

	/** Above it an event loop would be kept from its other connections for too long. */
	static final int MAX_SIZE_ON_LOOP = 1024 * 1024;

	// What a flush ends with, and is left out (§7.2.1).
	private static final int TAIL = 4;

	private static final int MAX_WINDOW_BITS = 15;

	private final boolean takeover;

	// How far back what is compressed may refer to.
	private final int window;

	// Kept only with takeover, from the first message on.
	private @Nullable Deflater kept;

	/**
	 * Create a compressor.
	 * @param takeover whether a message may refer to those before; only with a window of
	 * 15 bits
	 * @param windowBits how large a window the client has, 8 to 15
	 */
	MessageDeflater(boolean takeover, int windowBits) {
		this.takeover = takeover;
		this.window = (windowBits < MAX_WINDOW_BITS) ? 1 << windowBits : Integer.MAX_VALUE;
	}

	/**
	 * Compress a message.
	 * @param payload the message, which stays the caller's
	 * @param allocator where the buffer comes from
	 * @return the compressed message, to be released by the caller; {@code null} where it
	 * is better sent as it is
	 */
	@Nullable ByteBuf deflate(ByteBuf payload, ByteBufAllocator allocator) {
		Deflater deflater = (this.kept != null) ? this.kept : CompressionPool.deflater();
		this.kept = this.takeover ? deflater : null;
		int size = payload.readableBytes();
		ByteBuf out = allocator.buffer(Math.max(64, size / 2));
		boolean worth = false;
		try {
			int from = payload.readerIndex();
			// The window of the JDK's compressor cannot be made smaller. After a full
			// flush it refers to nothing before: so what it refers to is never further
			// away than what comes between two of them.
			for (int done = 0; done < size;) {
				int part = Math.min(size - done, this.window);
				deflater.setInput(payload.nioBuffer(from + done, part));
				done += part;
				write(deflater, (done < size) ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH, out);
			}
			out.writerIndex(out.writerIndex() - TAIL);
			// What was referred to once has to be known to the client.
			worth = this.takeover || out.readableBytes() < size;
		}
		finally {
			if (!worth) {
				out.release();
			}
			if (!this.takeover) {
				CompressionPool.release(deflater);
			}
		}
		return worth ? out : null;
	}

	private static void write(Deflater deflater, int flush, ByteBuf out) {
		boolean full;
		do {
			out.ensureWritable(64);
			int room = out.writableBytes();
			ByteBuffer target = out.internalNioBuffer(out.writerIndex(), room);
			int written = deflater.deflate(target, flush);
			out.writerIndex(out.writerIndex() + written);
			full = (written == room);
		}
		while (full);
	}

	/** Nothing will be compressed any more. */
	void end() {
		Deflater known = this.kept;
		if (known != null) {
			this.kept = null;
			known.end();
		}
	}

}
