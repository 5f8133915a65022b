package io.millrace.core.http2;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Whether the client takes what is written. Only what has left counts, not what is
 * written meanwhile: who asks for more and reads nothing takes nothing. For the event
 * loop only.
 */
final class OutputProgress {

	private final Channel channel;

	private long completed;

	private long progress;

	private long pending;

	/**
	 * Create the progress of a connection.
	 * @param channel its socket
	 */
	OutputProgress(Channel channel) {
		this.channel = channel;
	}

	/**
	 * How much waits for the client to take it.
	 * @param channel the socket
	 * @return the bytes, and what it takes to keep them
	 */
	static long pending(Channel channel) {
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	/**
	 * Look at what has left.
	 * @param completed how many writes were completed so far
	 * @return whether anything has left since the last look
	 */
	boolean look(long completed) {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		// Of the write that is sent now, which may be a large one.
		long progress = (buffer != null) ? buffer.currentProgress() : 0;
		long pending = pending(this.channel);
		boolean moved = completed != this.completed || progress != this.progress || pending < this.pending;
		this.completed = completed;
		this.progress = progress;
		this.pending = pending;
		return moved;
	}

}
