package io.millrace.core.compression;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;

/**
 * The gzip format (RFC 1952), of any number of members, around the JDK's inflate.
 */
final class GzipDecoder implements ContentDecoder {

	private static final int HEADER_SIZE = 10;

	private static final int TRAILER_SIZE = 8;

	private static final int FLAG_HEADER_CRC = 2;

	private static final int FLAG_EXTRA = 4;

	private static final int FLAG_NAME = 8;

	private static final int FLAG_COMMENT = 16;

	private static final int FLAGS_RESERVED = 0xe0;

	private final Inflater inflater = new Inflater(true);

	private final CRC32 checksum = new CRC32();

	private State state = State.HEADER;

	// Of the part that is being read: how many bytes have come, and those of them that
	// matter.
	private int position;

	private long value;

	private int flags;

	private boolean anyMember;

	@Override
	public void decode(ByteBuf source, ByteBuf target) throws IOException {
		while (this.state == State.BODY || source.isReadable()) {
			if (this.state != State.BODY) {
				frame(source.readByte() & 0xff);
				continue;
			}
			int start = target.writerIndex();
			Inflating.inflate(this.inflater, source, target);
			for (var piece : target.nioBuffers(start, target.writerIndex() - start)) {
				this.checksum.update(piece);
			}
			if (!this.inflater.finished()) {
				return;
			}
			enter(State.TRAILER);
		}
	}

	private void enter(State next) {
		this.state = next;
		this.position = 0;
		this.value = 0;
	}

	// One byte of what stands around the body.
	private void frame(int octet) throws IOException {
		int at = this.position++;
		switch (this.state) {
			case HEADER -> header(at, octet);
			case EXTRA_SIZE -> {
				this.value |= (long) octet << (8 * at);
				if (at == 1) {
					int size = (int) this.value;
					enter((size > 0) ? State.EXTRA : afterExtra());
					this.value = size;
				}
			}
			case EXTRA -> {
				if (at + 1 == this.value) {
					enter(afterExtra());
				}
			}
			case NAME -> {
				if (octet == 0) {
					enter(afterName());
				}
			}
			case COMMENT -> {
				if (octet == 0) {
					enter(afterComment());
				}
			}
			case HEADER_CRC -> {
				if (at == 1) {
					startBody();
				}
			}
			case TRAILER -> trailer(at, octet);
			case BODY -> throw new IllegalStateException("The body is not read byte by byte");
		}
	}

	private void header(int at, int octet) throws IOException {
		boolean wrong = switch (at) {
			case 0 -> octet != 0x1f;
			case 1 -> octet != 0x8b;
			case 2 -> octet != 8;
			case 3 -> (octet & FLAGS_RESERVED) != 0;
			default -> false;
		};
		if (wrong) {
			throw new IOException("The body is not of the gzip format");
		}
		if (at == 3) {
			this.flags = octet;
		}
		if (at == HEADER_SIZE - 1) {
			enter(afterHeader());
		}
	}

	private State afterHeader() {
		return has(FLAG_EXTRA) ? State.EXTRA_SIZE : afterExtra();
	}

	private State afterExtra() {
		return has(FLAG_NAME) ? State.NAME : afterName();
	}

	private State afterName() {
		return has(FLAG_COMMENT) ? State.COMMENT : afterComment();
	}

	private State afterComment() {
		return has(FLAG_HEADER_CRC) ? State.HEADER_CRC : startBody();
	}

	private boolean has(int flag) {
		return (this.flags & flag) != 0;
	}

	private State startBody() {
		this.inflater.reset();
		this.checksum.reset();
		enter(State.BODY);
		return State.BODY;
	}

	private void trailer(int at, int octet) throws IOException {
		this.value |= (long) octet << (8 * at);
		if (at < TRAILER_SIZE - 1) {
			return;
		}
		boolean right = (this.value & 0xffffffffL) == this.checksum.getValue()
				&& (int) (this.value >>> 32) == (int) this.inflater.getBytesWritten();
		if (!right) {
			throw new IOException("The checksum of the body is wrong");
		}
		this.anyMember = true;
		enter(State.HEADER);
	}

	@Override
	public boolean isComplete() {
		return this.state == State.HEADER && this.position == 0 && this.anyMember;
	}

	@Override
	public void close() {
		this.inflater.end();
	}

	private enum State {

		HEADER, EXTRA_SIZE, EXTRA, NAME, COMMENT, HEADER_CRC, BODY, TRAILER

	}

}
