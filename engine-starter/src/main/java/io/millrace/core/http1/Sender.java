package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.connection.OutputClosing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hands to the socket what a connection writes, and tells how far it has got. For the
 * event loop only.
 */
final class Sender {

	// Odd and large, so that no number of messages looks like progress within one.
	private static final long SPREAD = 0x9E3779B97F4A7C15L;

	private static final ByteBuf CONTINUE = Unpooled.unreleasableBuffer(
			Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII).asReadOnly());

	private static final ByteBuf SWITCHING = Unpooled.unreleasableBuffer(
			Unpooled
				.copiedBuffer("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
						StandardCharsets.US_ASCII)
				.asReadOnly());

	// What a closed connection still held is nobody's business any more.
	private static final ChannelFutureListener LOST = (written) -> {
		if (!written.isSuccess() && written.channel().isRegistered()) {
			written.channel().pipeline().fireExceptionCaught(written.cause());
		}
	};

	private final Channel channel;

	private final ConnectionCounts counts;

	private long written;

	private long flushed;

	private final boolean encrypted;

	// Of an encrypted connection, where somebody counts them.
	private final @Nullable SentRecords records;

	private boolean reset;

	/**
	 * Create a sender.
	 * @param channel the socket
	 * @param counts what the connection has carried
	 * @param encrypted whether what is written is encrypted on its way to the socket
	 */
	Sender(Channel channel, ConnectionCounts counts, boolean encrypted) {
		this.channel = channel;
		this.counts = counts;
		this.encrypted = encrypted;
		this.records = encrypted ? channel.pipeline().get(SentRecords.class) : null;
	}

	/**
	 * Write.
	 * @param message a buffer or a file region, released when it is sent or given up. A
	 * region counts what is sent of it itself
	 */
	void write(Object message) {
		this.written++;
		if (message instanceof ByteBuf bytes) {
			this.counts.sent(bytes.readableBytes());
		}
		if (this.encrypted) {
			// TLS tells nobody of what it cannot send any more where nobody has asked.
			this.channel.write(message).addListener(LOST);
		}
		else {
			this.channel.write(message, this.channel.voidPromise());
		}
	}

	/** Write the interim response that a client waits for (RFC 9110 §15.2.1). */
	void writeContinue() {
		write(CONTINUE.duplicate());
	}

	/** Write that HTTP/2 follows (RFC 9110 §7.8, RFC 7540 §3.2). */
	void writeSwitching() {
		write(SWITCHING.duplicate());
	}

	/**
	 * Write nothing, and be told when everything before it is sent.
	 * @param sent told so, or that it will never be
	 */
	void whenSent(ChannelFutureListener sent) {
		this.written++;
		this.channel.write(Unpooled.EMPTY_BUFFER).addListener(sent);
	}

	/**
	 * Whether something was written and not flushed.
	 * @return whether {@link #flush()} has something to do
	 */
	boolean needsFlush() {
		return this.flushed != this.written;
	}

	/** Send what was written. */
	void flush() {
		this.flushed = this.written;
		this.channel.flush();
	}

	/**
	 * Whether the peer takes what is written. Any thread may ask.
	 * @return {@code false} above the high watermark, until it falls under the low one
	 */
	boolean isWritable() {
		return this.channel.isWritable();
	}

	/**
	 * Whether something that was flushed is not sent yet.
	 * @return whether the peer has to take more
	 */
	boolean isUnsent() {
		ChannelOutboundBuffer buffer = buffer();
		return buffer != null && !buffer.isEmpty();
	}

	/**
	 * Whether everything that was written is sent, and more can be.
	 * @return whether what is sent next follows on it at once
	 */
	boolean isIdle() {
		ChannelOutboundBuffer buffer = buffer();
		return !needsFlush() && buffer != null && buffer.isEmpty();
	}

	/**
	 * Whether nothing can be sent any more. In a socket that has failed while it was
	 * written to, that is so before anybody is told.
	 * @return whether our side is closed
	 */
	boolean isClosed() {
		return buffer() == null;
	}

	/**
	 * How far sending has got. Counts messages, or records of TLS, and within the one
	 * that is being sent its progress: a region of a file has no weight in the outbound
	 * buffer and may take minutes.
	 * @return a number that is another one as soon as the peer has taken anything
	 */
	long mark() {
		ChannelOutboundBuffer buffer = buffer();
		long handed = (this.records != null) ? this.records.count() : this.flushed;
		return (buffer != null) ? (handed - buffer.size()) * SPREAD + buffer.currentProgress() : 0;
	}

	private @Nullable ChannelOutboundBuffer buffer() {
		return this.channel.unsafe().outboundBuffer();
	}

	/**
	 * Close our side only.
	 * @return whether the socket can
	 */
	boolean closeOutput() {
		return OutputClosing.close(this.channel, this.encrypted);
	}

	/** Have the close be a reset: the peer learns that something is missing. */
	void closeByReset() {
		this.reset = true;
		this.channel.config().setOption(ChannelOption.SO_LINGER, 0);
	}

	/** Close the socket. */
	void close() {
		if (this.reset) {
			// Without the goodbye of TLS, which would say that everything was sent.
			this.channel.unsafe().close(this.channel.voidPromise());
		}
		else {
			this.channel.close();
		}
	}

}
