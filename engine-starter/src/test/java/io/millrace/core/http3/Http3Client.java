package io.millrace.core.http3;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3GoAwayFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import org.jspecify.annotations.Nullable;

/**
 * Netty's own HTTP/3 client on a UDP socket: one connection.
 */
public final class Http3Client implements AutoCloseable {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Channel socket;

	private final QuicChannel connection;

	private final List<Long> goAways = new ArrayList<>();

	private final CompletableFuture<QuicConnectionCloseEvent> closed = new CompletableFuture<>();

	private final Queue<Object> events = new ConcurrentLinkedQueue<>();

	public Http3Client(InetSocketAddress server, UnaryOperator<QuicSslContextBuilder> tls) throws Exception {
		this(server, tls, "localhost");
	}

	public Http3Client(InetSocketAddress server, UnaryOperator<QuicSslContextBuilder> tls, String name)
			throws Exception {
		QuicSslContext context = tls.apply(QuicSslContextBuilder.forClient().applicationProtocols("h3")).build();
		this.socket = new Bootstrap().group(this.group)
			.channel(NioDatagramChannel.class)
			.handler(Http3.newQuicClientCodecBuilder()
				.sslEngineProvider((channel) -> context.newEngine(channel.alloc(), name, server.getPort()))
				.maxIdleTimeout(20, TimeUnit.SECONDS)
				.initialMaxData(1024 * 1024)
				.initialMaxStreamDataBidirectionalLocal(128 * 1024)
				.activeMigration(true)
				.build())
			.bind(new InetSocketAddress(server.getAddress(), 0))
			.sync()
			.channel();
		try {
			this.connection = QuicChannel.newBootstrap(this.socket).handler(new ChannelInitializer<QuicChannel>() {

				@Override
				protected void initChannel(QuicChannel channel) {
					channel.pipeline()
						.addLast(new Events())
						.addLast(new Http3ClientConnectionHandler(new Control(), null, null, null, true));
				}

			}).remoteAddress(server).connect().get(20, TimeUnit.SECONDS);
		}
		catch (Throwable ex) {
			closeSocket();
			throw ex;
		}
	}

	public QuicChannel connection() {
		return this.connection;
	}

	public Channel socket() {
		return this.socket;
	}

	/** The ids of the GOAWAY frames so far. */
	public List<Long> goAways() {
		synchronized (this.goAways) {
			return List.copyOf(this.goAways);
		}
	}

	/** What the server said when it closed the connection. */
	public CompletableFuture<QuicConnectionCloseEvent> closed() {
		return this.closed;
	}

	/** What has happened to the connection. */
	public Queue<Object> events() {
		return this.events;
	}

	public Response get(String path, String... fields) throws Exception {
		return send("GET", path, null, fields).get(30, TimeUnit.SECONDS);
	}

	public CompletableFuture<Response> send(String method, String path, byte @Nullable [] body, String... fields)
			throws Exception {
		Stream stream = open();
		stream.head(method, path, body == null, fields);
		if (body != null) {
			stream.content(body, true);
		}
		return stream.response();
	}

	/** Open a stream; nothing is sent yet. */
	public Stream open() throws Exception {
		Stream stream = new Stream();
		stream.channel = Http3.newRequestStream(this.connection, stream.handler()).get(20, TimeUnit.SECONDS);
		return stream;
	}

	@Override
	public void close() throws Exception {
		this.connection.close().await(5, TimeUnit.SECONDS);
		closeSocket();
	}

	private void closeSocket() throws InterruptedException {
		this.socket.close().await(5, TimeUnit.SECONDS);
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
	}

	/** A response that is whole. */
	public record Response(int status, Http3Headers headers, String body, @Nullable Http3Headers trailers,
			List<Integer> interim) {

		public @Nullable String header(String name) {
			CharSequence value = this.headers.get(name);
			return (value != null) ? value.toString() : null;
		}

	}

	/** A request and its response. */
	public final class Stream {

		private final CompletableFuture<Response> response = new CompletableFuture<>();

		private final CompletableFuture<Http3Headers> head = new CompletableFuture<>();

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		private final List<Integer> interim = new ArrayList<>();

		private @Nullable Http3Headers trailers;

		private volatile long received;

		private volatile boolean paused;

		private QuicStreamChannel channel;

		public QuicStreamChannel channel() {
			return this.channel;
		}

		public CompletableFuture<Response> response() {
			return this.response;
		}

		/** The final head. */
		public CompletableFuture<Http3Headers> head() {
			return this.head;
		}

		/** How much of the body has come. */
		public long received() {
			return this.received;
		}

		public String text() {
			synchronized (this.body) {
				return this.body.toString(StandardCharsets.UTF_8);
			}
		}

		/** Take no more of the response, or go on. */
		public void paused(boolean paused) {
			this.paused = paused;
			this.channel.config().setAutoRead(!paused);
			if (!paused) {
				this.channel.read();
			}
		}

		public void head(String method, String path, boolean last, String... fields) throws Exception {
			Http3HeadersFrame frame = new DefaultHttp3HeadersFrame();
			frame.headers().method(method).path(path).scheme("https").authority("localhost");
			for (int i = 0; i < fields.length; i += 2) {
				frame.headers().add(fields[i], fields[i + 1]);
			}
			var written = this.channel.writeAndFlush(frame);
			if (last) {
				written.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
			}
			written.await(20, TimeUnit.SECONDS);
		}

		public io.netty.channel.ChannelFuture content(byte[] content, boolean last) {
			var written = this.channel.writeAndFlush(new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(content)));
			if (last) {
				written.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
			}
			return written;
		}

		public void trailers(String... fields) {
			Http3HeadersFrame frame = new DefaultHttp3HeadersFrame();
			for (int i = 0; i < fields.length; i += 2) {
				frame.headers().add(fields[i], fields[i + 1]);
			}
			this.channel.writeAndFlush(frame).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
		}

		/** Send frames in one piece, and no more. */
		public void rawAndEnd(byte[] frames) {
			this.channel.pipeline()
				.firstContext()
				.writeAndFlush(Unpooled.wrappedBuffer(frames))
				.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
		}

		/** Send what no client should. */
		public void raw(io.netty.buffer.ByteBuf bytes) {
			this.channel.pipeline().firstContext().writeAndFlush(bytes);
		}

		private Http3RequestStreamInboundHandler handler() {
			return new Http3RequestStreamInboundHandler() {

				@Override
				protected void channelRead(ChannelHandlerContext context, Http3HeadersFrame frame) {
					CharSequence status = frame.headers().status();
					if (status != null && status.charAt(0) == '1') {
						Stream.this.interim.add(Integer.valueOf(status.toString()));
					}
					else if (!Stream.this.head.isDone()) {
						Stream.this.head.complete(frame.headers());
					}
					else {
						Stream.this.trailers = frame.headers();
					}
				}

				@Override
				protected void channelRead(ChannelHandlerContext context, Http3DataFrame frame) throws Exception {
					int length = frame.content().readableBytes();
					synchronized (Stream.this.body) {
						frame.content().readBytes(Stream.this.body, length);
					}
					Stream.this.received += length;
					frame.release();
				}

				@Override
				protected void channelInputClosed(ChannelHandlerContext context) {
					if (Stream.this.head.isDone()) {
						Http3Headers fields = Stream.this.head.join();
						Stream.this.response.complete(new Response(Integer.parseInt(fields.status().toString()), fields,
								text(), Stream.this.trailers, Stream.this.interim));
					}
					else {
						fail(new IllegalStateException("The stream ended without a head"));
					}
				}

				@Override
				public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
					fail(cause);
				}

				@Override
				public void channelInactive(ChannelHandlerContext context) {
					fail(new java.nio.channels.ClosedChannelException());
				}

				private void fail(Throwable cause) {
					Stream.this.head.completeExceptionally(cause);
					Stream.this.response.completeExceptionally(cause);
				}

			};
		}

	}

	private final class Events extends ChannelInboundHandlerAdapter {

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			Http3Client.this.events.add(event);
			if (event instanceof QuicConnectionCloseEvent close) {
				Http3Client.this.closed.complete(close);
			}
			context.fireUserEventTriggered(event);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			Http3Client.this.events.add(cause);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			Http3Client.this.closed.completeExceptionally(new java.nio.channels.ClosedChannelException());
			context.fireChannelInactive();
		}

	}

	private final class Control extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Http3GoAwayFrame goAway) {
				synchronized (Http3Client.this.goAways) {
					Http3Client.this.goAways.add(goAway.id());
				}
			}
			if (message instanceof ReferenceCounted) {
				ReferenceCountUtil.release(message);
			}
		}

	}

}
