package io.millrace.core.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * The bytes that have come and were not understood yet. What comes is kept as it is while
 * nothing waits before it, and joined otherwise, into room that grows with what is there:
 * a client that sends byte by byte does not make us copy its request over and over. Owned
 * by the event loop.
 */
final class Inbound {

	private static final int ROOM = 1024;

	private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

	/**
	 * Take what has come.
	 * @param allocator where room comes from
	 * @param more the bytes, owned by this object from now on
	 */
	void add(ByteBufAllocator allocator, ByteBuf more) {
		ByteBuf first = this.bytes;
		if (!first.isReadable()) {
			this.bytes = more;
			first.release();
			return;
		}
		try {
			// A part of a body that a consumer still has would see its memory change.
			if (first.refCnt() > 1 || first.isReadOnly() || !first.isWritable(more.readableBytes())) {
				int size = first.readableBytes() + more.readableBytes();
				this.bytes = allocator.directBuffer(size + Math.max(ROOM, size / 2)).writeBytes(first);
				first.release();
			}
			this.bytes.writeBytes(more);
		}
		finally {
			more.release();
		}
	}

	/**
	 * What is here, to be read from.
	 * @return the bytes, owned by this object
	 */
	ByteBuf bytes() {
		return this.bytes;
	}

	/**
	 * Whether everything was understood.
	 * @return whether nothing is here
	 */
	boolean isEmpty() {
		return !this.bytes.isReadable();
	}

	/**
	 * How much is here.
	 * @return the number of bytes
	 */
	int size() {
		return this.bytes.readableBytes();
	}

	/** Hold no memory where everything was understood. */
	void trim() {
		if (!this.bytes.isReadable()) {
			clear();
		}
	}

	/** Forget what is here. */
	void clear() {
		this.bytes.release();
		this.bytes = Unpooled.EMPTY_BUFFER;
	}

}
