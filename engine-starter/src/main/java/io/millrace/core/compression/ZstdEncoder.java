package io.millrace.core.compression;

import java.nio.ByteBuffer;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import io.netty.buffer.ByteBuf;
import org.jctools.queues.MpmcArrayQueue;

/**
 * Zstandard (RFC 8878) by zstd-jni: one frame for the whole body. Loaded only where that
 * is there.
 */
final class ZstdEncoder implements ContentEncoder {

	// 512 KB: more would take more memory for each response under way, for little.
	private static final int WINDOW_LOG = 19;

	private static final int ROOM = 8 * 1024;

	private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

	// A new one takes some MB of native memory, and the kernel has to clear all of it. A
	// few are kept, for as long as the process lives.
	private static final MpmcArrayQueue<ZstdCompressCtx> KEPT = new MpmcArrayQueue<>(
			Math.max(2, 2 * Runtime.getRuntime().availableProcessors()));

	private final ZstdCompressCtx context;

	/**
	 * Create an encoder.
	 * @param level the level
	 * @param size how many bytes are to come, -1 where that is not known
	 */
	ZstdEncoder(int level, long size) {
		ZstdCompressCtx kept = KEPT.relaxedPoll();
		this.context = (kept != null) ? kept : new ZstdCompressCtx();
		this.context.setLevel(level);
		this.context.setWindowLog(WINDOW_LOG);
		if (size >= 0) {
			// A small body needs smaller tables.
			this.context.setPledgedSrcSize(size);
		}
	}

	@Override
	public void encode(ByteBuf source, Until until, ByteBuf target) {
		if (source.isReadable()) {
			if (source.isDirect()) {
				compress(source, target);
			}
			else {
				ByteBuf copy = target.alloc().directBuffer(source.readableBytes()).writeBytes(source);
				try {
					compress(copy, target);
				}
				finally {
					copy.release();
				}
			}
			source.skipBytes(source.readableBytes());
		}
		if (until != Until.MORE) {
			EndDirective directive = (until == Until.END) ? EndDirective.END : EndDirective.FLUSH;
			while (!step(NOTHING, directive, target)) {
				// until all of it is out
			}
		}
	}

	private void compress(ByteBuf source, ByteBuf target) {
		for (ByteBuffer piece : source.nioBuffers()) {
			while (piece.hasRemaining()) {
				step(piece, EndDirective.CONTINUE, target);
			}
		}
	}

	// Returns whether everything is out.
	private boolean step(ByteBuffer piece, EndDirective directive, ByteBuf target) {
		target.ensureWritable(ROOM);
		ByteBuffer room = target.internalNioBuffer(target.writerIndex(), target.writableBytes());
		int start = room.position();
		boolean done = this.context.compressDirectByteBufferStream(room, piece, directive);
		target.writerIndex(target.writerIndex() + room.position() - start);
		return done;
	}

	@Override
	public void close() {
		this.context.reset();
		if (!KEPT.relaxedOffer(this.context)) {
			this.context.close();
		}
	}

}
