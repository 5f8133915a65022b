package io.millrace.core.websocket;

import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of the bytes that come (RFC 6455 §5.4 to §5.6): takes off the mask, puts
 * fragments together, decompresses, checks text at the first byte that cannot be right.
 * Holds memory only for what has begun to come, and as much as has come of it. For one
 * thread at a time.
 */
final class MessageReader {

	private static final byte[] NOTHING = new byte[0];

	private static final int ROOM = 512;

	private final FrameHeaderParser headers;

	private final MessageLimits limits;

	private final int maxFrameSize;

	private final boolean partial;

	private final @Nullable MessageInflater inflater;

	private final Utf8Check utf8 = new Utf8Check();

	// The frame whose payload comes, and how much of it has come.
	private @Nullable FrameHeader frame;

	private long taken;

	private byte[] control = NOTHING;

	// The message that comes: what, and what of it is here.
	private @Nullable Opcode message;

	private boolean compressed;

	private byte[] bytes = NOTHING;

	private int size;

	/**
	 * Create a reader.
	 * @param limits how large messages may be
	 * @param maxFrameSize how large frames may be, 0 for no limit
	 * @param partial whether messages are wanted in pieces as their fragments come, of
	 * the size of the limit at most: then there is no limit of the message
	 * @param inflater decompresses, {@code null} where nothing may be compressed
	 */
	MessageReader(MessageLimits limits, int maxFrameSize, boolean partial, @Nullable MessageInflater inflater) {
		this.headers = new FrameHeaderParser(inflater != null);
		this.limits = limits;
		this.maxFrameSize = maxFrameSize;
		this.partial = partial;
		this.inflater = inflater;
	}

	/**
	 * Read on.
	 * @param in what has come, read as far as the message goes
	 * @return what is whole, {@code null} where more has to come
	 * @throws WebSocketViolation where the client has broken the rules
	 */
	@Nullable Incoming read(ByteBuf in) throws WebSocketViolation {
		while (true) {
			FrameHeader current = this.frame;
			if (current == null) {
				current = this.headers.parse(in);
				if (current == null) {
					return null;
				}
				begin(current);
			}
			boolean full = take(current, in);
			Incoming whole = null;
			if (this.taken == current.length()) {
				this.frame = null;
				whole = end(current);
			}
			else if (full) {
				whole = piece(false);
			}
			else if (!in.isReadable()) {
				return null;
			}
			if (whole != null) {
				return whole;
			}
		}
	}

	private void begin(FrameHeader current) throws WebSocketViolation {
		if (this.maxFrameSize > 0 && current.length() > this.maxFrameSize) {
			throw WebSocketViolation.tooLarge("The frame is too large");
		}
		this.frame = current;
		this.taken = 0;
		if (current.opcode().isControl()) {
			this.control = (current.length() > 0) ? new byte[(int) current.length()] : NOTHING;
			return;
		}
		Opcode known = this.message;
		if (current.opcode() == Opcode.CONTINUATION) {
			if (known == null) {
				throw WebSocketViolation.protocol("There is no message to be continued");
			}
		}
		else {
			if (known != null) {
				throw WebSocketViolation.protocol("The last message has not ended");
			}
			known = current.opcode();
			this.message = known;
			this.compressed = current.compressed();
			this.utf8.reset();
		}
		if ((!this.partial || this.compressed) && current.length() > allowed(known) - this.size) {
			throw WebSocketViolation.tooLarge("The message is too large");
		}
	}

	// What cannot be compressed is a little larger than it was: what it is decompressed
	// to is checked later.
	private long allowed(Opcode known) {
		long limit = this.limits.of(known);
		return this.compressed ? limit + (limit >> 10) + 64 : limit;
	}

	// Returns whether there is a piece as large as it may be.
	private boolean take(FrameHeader current, ByteBuf in) throws WebSocketViolation {
		int more = (int) Math.min(current.length() - this.taken, in.readableBytes());
		if (current.opcode().isControl()) {
			copy(current, in, this.control, (int) this.taken, more);
			return false;
		}
		Opcode known = this.message;
		boolean pieces = this.partial && !this.compressed && known != null;
		int room = (pieces && known != null) ? Math.max(ROOM, this.limits.of(known)) - this.size : more;
		more = Math.min(more, room);
		if (more > 0) {
			reserve(more, current);
			copy(current, in, this.bytes, this.size, more);
			if (known == Opcode.TEXT && !this.compressed
					&& !this.utf8.accepts(this.bytes, this.size, this.size + more)) {
				throw noText();
			}
			this.size += more;
		}
		return pieces && more == room;
	}

	private void copy(FrameHeader current, ByteBuf in, byte[] target, int at, int count) {
		in.readBytes(target, at, count);
		Masking.unmask(target, at, at + count, current.mask(), this.taken);
		this.taken += count;
	}

	// What has not come takes no memory: a client may promise much.
	private void reserve(int more, FrameHeader current) {
		int needed = this.size + more;
		if (needed <= this.bytes.length) {
			return;
		}
		long announced = this.size + current.length() - this.taken;
		boolean whole = needed == announced && current.last();
		long room = whole ? needed : Math.max(needed, Math.min(announced, Math.max(ROOM, this.bytes.length * 2L)));
		this.bytes = Arrays.copyOf(this.bytes, (int) Math.min(room, Integer.MAX_VALUE - 8));
	}

	private @Nullable Incoming end(FrameHeader ended) throws WebSocketViolation {
		if (ended.opcode().isControl()) {
			byte[] payload = this.control;
			this.control = NOTHING;
			return new Incoming(ended.opcode(), payload, true);
		}
		if (!ended.last()) {
			return (this.partial && !this.compressed) ? piece(false) : null;
		}
		if (this.compressed) {
			decompress();
		}
		else if (this.message == Opcode.TEXT && !this.utf8.isComplete()) {
			throw noText();
		}
		return piece(true);
	}

	private void decompress() throws WebSocketViolation {
		MessageInflater known = this.inflater;
		Opcode opcode = this.message;
		if (known == null || opcode == null) {
			throw new IllegalStateException("Nothing was agreed on that decompresses");
		}
		this.bytes = known.inflate(this.bytes, this.size, this.limits.of(opcode));
		this.size = this.bytes.length;
		if (opcode == Opcode.TEXT && !Utf8Check.isText(this.bytes)) {
			throw noText();
		}
	}

	private static WebSocketViolation noText() {
		return new WebSocketViolation(CloseReason.INVALID_DATA, "The text is no UTF-8");
	}

	// A piece of text ends with a whole character: what has begun goes with the next.
	private @Nullable Incoming piece(boolean last) {
		Opcode opcode = this.message;
		int left = (!last && opcode == Opcode.TEXT) ? this.utf8.unfinished() : 0;
		int whole = this.size - left;
		if (opcode == null || (whole == 0 && !last)) {
			return null;
		}
		byte[] payload = (whole == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, whole);
		this.bytes = (left > 0) ? Arrays.copyOfRange(this.bytes, whole, this.size) : NOTHING;
		this.size = left;
		if (last) {
			this.message = null;
		}
		return new Incoming(opcode, payload, last);
	}

	/** Nothing will be read any more. */
	void end() {
		this.bytes = NOTHING;
		if (this.inflater != null) {
			this.inflater.end();
		}
	}

}
