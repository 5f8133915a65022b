package io.millrace.core.http1;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Between what encrypts and the socket: counts what is handed over, since one message
 * becomes many records, some of which are made only when others are sent. Owned by the
 * event loop.
 */
public final class SentRecords extends ChannelOutboundHandlerAdapter {

	private long count;

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		this.count++;
		context.write(message, promise);
	}

	/**
	 * How many records were handed to the socket, sent or not.
	 * @return a count that never falls
	 */
	long count() {
		return this.count;
	}

}
