package io.millrace.core.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.millrace.core.http1.SentRecords;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.NettyRuntime;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Puts TLS into the pipeline of a connection. What handshakes compute for long,
 * signatures and key exchange, is done by threads beside the event loops, one for each
 * processor: a crowd of new clients does not keep those waiting who are there.
 */
final class TlsPipeline {

	private static final long IDLE_SECONDS = 10;

	// As much is kept of a client's hello until it is whole. Netty's own default.
	private static final int MAX_HELLO = 64 * 1024;

	private final TlsOptions options;

	private final Executor executor = executor();

	TlsPipeline(TlsOptions options) {
		this.options = options;
	}

	// As many tasks wait as there are handshakes, since each has one at a time.
	private static Executor executor() {
		ThreadFactory threads = new DefaultThreadFactory("millrace-tls", true);
		int processors = NettyRuntime.availableProcessors();
		ThreadPoolExecutor executor = new ThreadPoolExecutor(processors, processors, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), threads);
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Add what decrypts, what cuts files into pieces that can be encrypted, and what
	 * counts the records that come of it.
	 * @param channel the connection, whose pipeline is empty
	 */
	void addTo(Channel channel) {
		channel.pipeline()
			.addLast(new SentRecords())
			.addLast(new PlainTextGuard())
			.addLast(handler(channel))
			.addLast(new ChunkedWriteHandler());
	}

	private ChannelHandler handler(Channel channel) {
		TlsContexts contexts = this.options.contexts();
		long timeout = this.options.handshakeTimeout().toMillis();
		return contexts.hasNames() ? new NamedHandler(contexts, timeout)
				: newHandler(contexts.find(null), channel.alloc());
	}

	private SslHandler newHandler(SslContext context, ByteBufAllocator allocator) {
		SslHandler handler = context.newHandler(allocator, this.executor);
		handler.setHandshakeTimeoutMillis(this.options.handshakeTimeout().toMillis());
		return handler;
	}

	/** Waits for the name that the client asks for. */
	private final class NamedHandler extends SniHandler {

		NamedHandler(TlsContexts contexts, long timeoutMillis) {
			super((name, promise) -> promise.setSuccess(contexts.find(name)), MAX_HELLO, timeoutMillis);
		}

		@Override
		protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
			return newHandler(context, allocator);
		}

	}

}
