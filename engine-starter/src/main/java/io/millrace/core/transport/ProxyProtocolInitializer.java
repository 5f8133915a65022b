package io.millrace.core.transport;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.millrace.core.observe.EngineObserver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the pipeline of a connection that begins with a header of the PROXY
 * protocol: what reads the header, and when it has come all that serves clients.
 */
final class ProxyProtocolInitializer extends ChannelInitializer<Channel> {

	private final Duration timeout;

	private final Consumer<Channel> next;

	private final @Nullable ClientLimit limit;

	private final EngineObserver observer;

	private final Set<Channel> waiting = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	ProxyProtocolInitializer(ProxyProtocolOptions options, Consumer<Channel> next, @Nullable ClientLimit limit,
			EngineObserver observer) {
		this.timeout = options.headerTimeout();
		this.next = next;
		this.limit = limit;
		this.observer = observer;
	}

	@Override
	protected void initChannel(Channel channel) {
		new ProxyProtocolHandler(this.timeout, this.next, this.limit, this.observer, this.waiting).addTo(channel);
		// It was accepted before, and came to its loop after: either this or close() sees
		// the other.
		if (this.closed) {
			channel.close();
		}
	}

	/** Close the connections whose header has not come: nobody else knows them. */
	void close() {
		this.closed = true;
		this.waiting.forEach(Channel::close);
	}

}
