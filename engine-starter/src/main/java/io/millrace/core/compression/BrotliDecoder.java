package io.millrace.core.compression;

import java.io.IOException;
import java.nio.ByteBuffer;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Brotli (RFC 7932) by brotli4j. Loaded only where that is there. The library inflates
 * into a window of its own, of 16 MB at most, from which is taken what is asked for.
 */
final class BrotliDecoder implements ContentDecoder {

	private static final int INPUT = 4 * 1024;

	static {
		Brotli4jLoader.ensureAvailability();
	}

	private final DecoderJNI.Wrapper decoder = new DecoderJNI.Wrapper(INPUT);

	// What the decoder has put out and nobody has taken yet; its memory, so that it is
	// not asked for anything meanwhile.
	private @Nullable ByteBuffer pending;

	// Whether it may go on without more to read: in 1.24.0 it says otherwise when its
	// output was taken and some bits of its input are left, and its stream then fails.
	private boolean relieved;

	BrotliDecoder() throws IOException {
	}

	@Override
	public void decode(ByteBuf source, ByteBuf target) throws IOException {
		while (target.isWritable()) {
			ByteBuffer output = this.pending;
			if (output != null) {
				take(output, target);
			}
			else if (this.decoder.hasOutput()) {
				this.pending = this.decoder.pull();
				this.relieved = true;
			}
			else if (!proceed(source)) {
				return;
			}
		}
	}

	private void take(ByteBuffer output, ByteBuf target) {
		int end = output.limit();
		output.limit(Math.min(end, output.position() + target.writableBytes()));
		target.writeBytes(output);
		output.limit(end);
		if (!output.hasRemaining()) {
			this.pending = null;
		}
	}

	// Returns whether anything may have changed.
	private boolean proceed(ByteBuf source) throws IOException {
		switch (this.decoder.getStatus()) {
			case OK, NEEDS_MORE_OUTPUT -> this.decoder.push(0);
			case NEEDS_MORE_INPUT -> {
				if (this.relieved) {
					this.relieved = false;
					this.decoder.push(0);
					return true;
				}
				if (!source.isReadable()) {
					return false;
				}
				ByteBuffer input = this.decoder.getInputBuffer();
				input.clear();
				int count = Math.min(input.remaining(), source.readableBytes());
				input.limit(count);
				source.readBytes(input);
				this.decoder.push(count);
			}
			case DONE -> {
				if (source.isReadable()) {
					throw new IOException("Something follows the end of the body");
				}
				return false;
			}
			case ERROR -> throw new IOException("The body is no brotli stream");
		}
		return true;
	}

	@Override
	public boolean isComplete() {
		return this.decoder.getStatus() == DecoderJNI.Status.DONE;
	}

	@Override
	public void close() {
		this.decoder.destroy();
	}

}
