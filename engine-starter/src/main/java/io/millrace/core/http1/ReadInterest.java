package io.millrace.core.http1;

import io.netty.channel.Channel;

/**
 * Whether a connection wants to read: as long as somebody has room for what comes, and
 * always far enough to see that the client goes away. Owned by the event loop.
 */
final class ReadInterest {

	// How much is read ahead while a response is under way: the bound of pipelining.
	private static final int READ_AHEAD = 64 * 1024;

	private final Channel channel;

	private final Sender sender;

	private final IncomingBody body;

	private final Inbound inbound;

	private boolean reading = true;

	/**
	 * Create the interest of a connection, which wants to read at first.
	 * @param channel its socket
	 * @param sender knows whether the client takes its responses
	 * @param body knows whether somebody has room for the body
	 * @param inbound what was read and not looked at yet
	 */
	ReadInterest(Channel channel, Sender sender, IncomingBody body, Inbound inbound) {
		this.channel = channel;
		this.sender = sender;
		this.body = body;
		this.inbound = inbound;
	}

	/**
	 * Have the socket read or not.
	 * @param state in which state the connection is
	 */
	void settle(ConnectionPhase.State state) {
		boolean wanted = switch (state) {
			case READING_HEAD -> this.sender.isWritable() || this.inbound.size() < READ_AHEAD;
			case EXCHANGE -> this.body.isEnded() ? this.inbound.size() < READ_AHEAD : !this.body.isPaused();
			case DRAINING_BODY, ENDED -> true;
		};
		if (wanted != this.reading) {
			this.reading = wanted;
			this.channel.config().setAutoRead(wanted);
		}
	}

}
