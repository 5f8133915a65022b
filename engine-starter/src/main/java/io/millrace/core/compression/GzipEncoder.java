package io.millrace.core.compression;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

import io.netty.buffer.ByteBuf;

/**
 * The gzip format (RFC 1952) around the JDK's deflate.
 */
final class GzipEncoder implements ContentEncoder {

	// Deflate, no flags, no time, an unknown system.
	private static final byte[] HEADER = { 0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff };

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private static final int LEAST_ROOM = 512;

	private static final int MOST_ROOM = 16 * 1024;

	private final Deflater deflater;

	private final Consumer<Deflater> giveBack;

	private final CRC32 checksum = new CRC32();

	private boolean started;

	/**
	 * Create an encoder.
	 * @param deflater writes without a format of its own, and was not used or reset
	 * @param giveBack takes the deflater at the end
	 */
	GzipEncoder(Deflater deflater, Consumer<Deflater> giveBack) {
		this.deflater = deflater;
		this.giveBack = giveBack;
	}

	@Override
	public void encode(ByteBuf source, Until until, ByteBuf target) {
		if (!this.started) {
			this.started = true;
			target.writeBytes(HEADER);
		}
		if (source.isReadable()) {
			for (ByteBuffer piece : source.nioBuffers()) {
				compress(piece, target);
			}
			source.skipBytes(source.readableBytes());
			// It must not keep what is not ours any longer.
			this.deflater.setInput(NOTHING);
		}
		switch (until) {
			case MORE -> {
				// what it keeps comes with what follows
			}
			case FLUSH -> drain(target, Deflater.SYNC_FLUSH);
			case END -> end(target);
		}
	}

	private void compress(ByteBuffer piece, ByteBuf target) {
		this.checksum.update(piece.duplicate());
		this.deflater.setInput(piece);
		while (!this.deflater.needsInput()) {
			step(target, piece.remaining() / 4, Deflater.NO_FLUSH);
		}
	}

	private void drain(ByteBuf target, int flush) {
		while (step(target, 0, flush)) {
			// until there is room left
		}
	}

	// Returns whether all room was used, and there may be more.
	private boolean step(ByteBuf target, int expected, int flush) {
		if (target.writableBytes() < LEAST_ROOM) {
			target.ensureWritable(Math.max(LEAST_ROOM, Math.min(expected, MOST_ROOM)));
		}
		int room = target.writableBytes();
		int written = this.deflater.deflate(target.internalNioBuffer(target.writerIndex(), room), flush);
		target.writerIndex(target.writerIndex() + written);
		return written == room;
	}

	private void end(ByteBuf target) {
		this.deflater.finish();
		while (!this.deflater.finished()) {
			step(target, 0, Deflater.NO_FLUSH);
		}
		target.writeIntLE((int) this.checksum.getValue());
		target.writeIntLE((int) this.deflater.getBytesRead());
	}

	@Override
	public void close() {
		this.giveBack.accept(this.deflater);
	}

}
