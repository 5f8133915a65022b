package io.millrace.core.websocket;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

/**
 * Decompresses messages (RFC 7692 §7.2.2), up to a limit. For one thread at a time.
 */
final class MessageInflater {

	private static final byte[] TAIL = { 0, 0, (byte) 0xFF, (byte) 0xFF };

	private static final int WINDOW = 32 * 1024;

	private static final int ROOM = 256;

	private final boolean takeover;

	// Kept only with takeover, from the first message on.
	private @Nullable Inflater kept;

	/**
	 * Create a decompressor.
	 * @param takeover whether a message may refer to those before
	 */
	MessageInflater(boolean takeover) {
		this.takeover = takeover;
	}

	/**
	 * Decompress a message.
	 * @param bytes where it is
	 * @param size its size
	 * @param limit how large it may become
	 * @return the message
	 * @throws WebSocketViolation where it is too large, or not compressed as it should be
	 */
	byte[] inflate(byte[] bytes, int size, int limit) throws WebSocketViolation {
		Inflater inflater = (this.kept != null) ? this.kept : CompressionPool.inflater();
		this.kept = this.takeover ? inflater : null;
		try {
			Output output = new Output(limit, size);
			inflate(inflater, bytes, size, output);
			inflate(inflater, TAIL, TAIL.length, output);
			return output.whole();
		}
		catch (DataFormatException ex) {
			throw new WebSocketViolation(CloseReason.INVALID_DATA, "The message is not compressed as it should be");
		}
		finally {
			if (!this.takeover) {
				CompressionPool.release(inflater);
			}
		}
	}

	private void inflate(Inflater inflater, byte[] bytes, int size, Output output)
			throws DataFormatException, WebSocketViolation {
		int left = size;
		while (left > 0) {
			inflater.setInput(bytes, size - left, left);
			while (!inflater.needsInput() && !inflater.finished()) {
				if (output.from(inflater) == 0 && inflater.needsDictionary()) {
					throw new DataFormatException("There is no dictionary");
				}
			}
			drain(inflater, output);
			left = inflater.getRemaining();
			if (inflater.finished()) {
				// §7.2.3.4: a block may say that it is the last, and others may follow.
				inflater.reset();
				if (this.takeover) {
					output.dictionaryOf(inflater);
				}
			}
		}
	}

	// It may have taken all of the input and not have had room for what comes of it.
	private static void drain(Inflater inflater, Output output) throws DataFormatException, WebSocketViolation {
		while (!inflater.finished() && output.from(inflater) > 0) {
			// more
		}
	}

	/** Nothing will be decompressed any more. */
	void end() {
		Inflater known = this.kept;
		if (known != null) {
			this.kept = null;
			known.end();
		}
	}

	/** What a message is decompressed to. */
	private static final class Output {

		private final int limit;

		private byte[] bytes;

		private int size;

		Output(int limit, int compressed) {
			this.limit = Math.min(limit, Integer.MAX_VALUE - 16);
			this.bytes = new byte[(int) Math.min(this.limit + 1L, Math.max(ROOM, compressed * 3L))];
		}

		int from(Inflater inflater) throws DataFormatException, WebSocketViolation {
			if (this.size == this.bytes.length) {
				this.bytes = Arrays.copyOf(this.bytes, (int) Math.min(this.limit + 1L, this.bytes.length * 2L));
			}
			int more = inflater.inflate(this.bytes, this.size, this.bytes.length - this.size);
			this.size += more;
			if (this.size > this.limit) {
				throw WebSocketViolation.tooLarge("The message is too large when it is decompressed");
			}
			return more;
		}

		void dictionaryOf(Inflater inflater) {
			int known = Math.min(WINDOW, this.size);
			inflater.setDictionary(this.bytes, this.size - known, known);
		}

		byte[] whole() {
			return (this.size == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.size);
		}

	}

}
