package io.millrace.core.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a response.
 */
final class DataPart extends ResponsePart {

	private @Nullable ByteBuf data;

	/**
	 * Create a part.
	 * @param stream whose part it is
	 * @param data the bytes, released when they are sent or given up; {@code null} for
	 * the bare end
	 * @param last whether the stream ends with it
	 */
	DataPart(RequestStream stream, @Nullable ByteBuf data, boolean last) {
		super(stream, last);
		this.data = data;
	}

	@Override
	public int size() {
		return (this.data != null) ? this.data.readableBytes() : 0;
	}

	@Override
	int weight() {
		return size();
	}

	@Override
	void send(ChannelHandlerContext context, int allowedBytes) {
		ByteBuf left = this.data;
		if (left == null) {
			if (isLast()) {
				stream().writeData(Unpooled.EMPTY_BUFFER, true);
			}
			return;
		}
		int allowed = allowedBytes;
		int max = stream().maxFrameSize();
		while (allowed > 0 && this.data != null) {
			int size = Math.min(Math.min(allowed, max), left.readableBytes());
			allowed -= size;
			if (size == left.readableBytes()) {
				this.data = null;
				stream().writeData(left, isLast());
			}
			else {
				stream().writeData(left.readRetainedSlice(size), false);
			}
			stream().taken(size);
		}
	}

	@Override
	void release() {
		ByteBuf left = this.data;
		if (left != null) {
			this.data = null;
			left.release();
		}
	}

}
