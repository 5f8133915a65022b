package io.millrace.core.compression;

import java.io.IOException;
import java.nio.ByteBuffer;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.aayushatharva.brotli4j.encoder.EncoderJNI;
import com.aayushatharva.brotli4j.encoder.EncoderJNI.Operation;
import io.netty.buffer.ByteBuf;

/**
 * Brotli (RFC 7932) by brotli4j. Loaded only where that is there.
 */
final class BrotliEncoder implements ContentEncoder {

	static {
		Brotli4jLoader.ensureAvailability();
	}

	// 512 KB: more would take more memory for each response under way, for little.
	private static final int WINDOW_BITS = 19;

	private static final int BUFFER = 16 * 1024;

	private final EncoderJNI.Wrapper encoder;

	BrotliEncoder(int level) throws IOException {
		this.encoder = new EncoderJNI.Wrapper(BUFFER, level, WINDOW_BITS, Encoder.Mode.GENERIC);
	}

	@Override
	public void encode(ByteBuf source, Until until, ByteBuf target) throws IOException {
		while (source.isReadable()) {
			ByteBuffer input = this.encoder.getInputBuffer();
			input.clear();
			input.limit(Math.min(input.remaining(), source.readableBytes()));
			source.readBytes(input);
			push(Operation.PROCESS, input.limit(), target);
		}
		switch (until) {
			case MORE -> {
				// what it keeps comes with what follows
			}
			case FLUSH -> {
				while (push(Operation.FLUSH, 0, target)) {
					// until nothing is left
				}
			}
			case END -> {
				boolean more = true;
				while (!this.encoder.isFinished()) {
					if (!more) {
						throw new IOException("The brotli encoder does not come to its end");
					}
					more = push(Operation.FINISH, 0, target);
				}
			}
		}
	}

	// Returns whether anything came out.
	private boolean push(Operation operation, int length, ByteBuf target) throws IOException {
		int start = target.writerIndex();
		this.encoder.push(operation, length);
		pull(target);
		while (this.encoder.hasRemainingInput()) {
			this.encoder.push(operation, 0);
			pull(target);
		}
		return target.writerIndex() > start;
	}

	private void pull(ByteBuf target) throws IOException {
		if (!this.encoder.isSuccess()) {
			throw new IOException("The brotli encoder has failed");
		}
		while (this.encoder.hasMoreOutput()) {
			target.writeBytes(this.encoder.pull());
		}
	}

	@Override
	public void close() {
		this.encoder.destroy();
	}

}
