package io.millrace.core.compression;

import java.io.IOException;
import java.io.InputStream;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Zstandard (RFC 8878), of any number of frames, by zstd-jni. Loaded only where that is
 * there.
 */
final class ZstdDecoder implements ContentDecoder {

	// 8 MB, what RFC 9659 lets a sender count on: the library would take 128 MB because
	// the first bytes of a body say so.
	private static final int MAX_WINDOW_LOG = 23;

	private final Source source = new Source();

	private final ZstdInputStreamNoFinalizer stream;

	private boolean anything;

	ZstdDecoder() throws IOException {
		this.stream = new ZstdInputStreamNoFinalizer(this.source);
		this.stream.setContinuous(true);
		this.stream.setLongMax(MAX_WINDOW_LOG);
	}

	@Override
	public void decode(ByteBuf source, ByteBuf target) throws IOException {
		this.anything |= source.isReadable();
		this.source.bytes = source;
		try {
			while (target.isWritable() && target.writeBytes(this.stream, target.writableBytes()) >= 0) {
				// until there is no room, or nothing more to read
			}
		}
		finally {
			this.source.bytes = Unpooled.EMPTY_BUFFER;
		}
	}

	@Override
	public boolean isComplete() {
		if (!this.anything) {
			return false;
		}
		try {
			// Only a stream that waits for nothing says that it was cut off.
			this.stream.setContinuous(false);
			return this.stream.read() < 0;
		}
		catch (IOException ex) {
			return false;
		}
		finally {
			this.stream.setContinuous(true);
		}
	}

	@Override
	public void close() {
		try {
			this.stream.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException("A zstd decoder could not be closed", ex);
		}
	}

	/** What there is now, and then nothing for the time being. */
	private static final class Source extends InputStream {

		private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

		@Override
		public int read() {
			return this.bytes.isReadable() ? this.bytes.readByte() & 0xff : -1;
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			int count = Math.min(length, this.bytes.readableBytes());
			if (count == 0) {
				return -1;
			}
			this.bytes.readBytes(target, offset, count);
			return count;
		}

		@Override
		public int available() {
			return this.bytes.readableBytes();
		}

	}

}
