package io.millrace.core.http;

import java.nio.channels.FileChannel;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One write on its way to the loop: bytes, a file region, or neither.
 *
 * @param data bytes of the body, {@code null} for none
 * @param file a file, {@code null} for none
 * @param position where the region of the file starts
 * @param length the number of bytes or the length of the region
 * @param last whether the response ends here
 * @param ahead whether more follows soon, and a compressor may wait for it
 * @param raw whether it is to be compressed by the event loop still
 */
record ResponsePart(@Nullable ByteBuf data, @Nullable FileChannel file, long position, long length, boolean last,
		boolean ahead, boolean raw) {

	private static final Logger logger = LoggerFactory.getLogger(ResponsePart.class);

	static ResponsePart of(@Nullable ByteBuf data, boolean last, boolean ahead) {
		return new ResponsePart(data, null, 0, (data != null) ? data.readableBytes() : 0, last, ahead, false);
	}

	static ResponsePart of(FileChannel file, long position, long length, boolean last) {
		return new ResponsePart(null, file, position, length, last, false, false);
	}

	// A region of a file takes no memory while it waits.
	long weight() {
		return (this.data != null) ? this.length : 0;
	}

	boolean isWhole() {
		return this.last && this.file == null && !this.raw;
	}

	boolean isBareEnd() {
		return this.last && this.data == null && this.file == null;
	}

	ResponsePart asLast() {
		return new ResponsePart(this.data, this.file, this.position, this.length, true, false, this.raw);
	}

	ResponsePart asRaw() {
		return new ResponsePart(this.data, this.file, this.position, this.length, this.last, this.ahead, true);
	}

	/**
	 * What is left when some of it has been taken.
	 * @param taken how many bytes; of the buffer they have been read
	 * @return the rest
	 */
	ResponsePart without(long taken) {
		return new ResponsePart(this.data, this.file, this.position + taken, this.length - taken, this.last, this.ahead,
				this.raw);
	}

	/**
	 * Its beginning.
	 * @param allowed how many bytes at most
	 * @return this, where it is no longer than that
	 */
	ResponsePart cut(long allowed) {
		if (this.length <= allowed) {
			return this;
		}
		if (this.data != null) {
			this.data.writerIndex(this.data.readerIndex() + (int) allowed);
		}
		return new ResponsePart(this.data, this.file, this.position, allowed, this.last, this.ahead, this.raw);
	}

	/**
	 * Hand it to the stream. Called on the event loop.
	 * @param exchange whose response it is
	 */
	void writeTo(Exchange exchange) {
		if (exchange.outcome() != null) {
			release();
			return;
		}
		try {
			if (this.file != null) {
				exchange.stream().writeFile(exchange, this.file, this.position, this.length, this.last);
			}
			else {
				exchange.stream().write(exchange, this.data, this.last);
			}
		}
		catch (RuntimeException ex) {
			// A buffer that was released already, for example.
			logger.error("A part of a response could not be written", ex);
			exchange.stream().reset(exchange);
		}
	}

	void release() {
		ReferenceCountUtil.release(this.data);
		if (this.file != null) {
			FileRegions.close(this.file);
		}
	}

}
