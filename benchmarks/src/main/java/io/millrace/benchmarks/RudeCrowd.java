package io.millrace.benchmarks;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * As many clients of a {@link RudeKind} as it has connections. Who is thrown out comes
 * back within a second, until told to stop. Owned by one event loop.
 */
final class RudeCrowd {

	private static final int SLICES = 50;

	private final EventLoop loop;

	private final RudeKind kind;

	private final RudeKind.Target target;

	private final int size;

	private final Set<Channel> open = new HashSet<>();

	private boolean stopped;

	private int connected;

	private int ended;

	private int failed;

	RudeCrowd(EventLoop loop, RudeKind kind, RudeKind.Target target, int size) {
		this.loop = loop;
		this.kind = kind;
		this.target = target;
		this.size = size;
	}

	/**
	 * Connect all of them, within a second.
	 * @throws InterruptedException if interrupted
	 */
	void start() throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(SLICES);
		for (int slice = 0; slice < SLICES; slice++) {
			int count = this.size / SLICES + ((slice < this.size % SLICES) ? 1 : 0);
			this.loop.schedule(() -> {
				for (int i = 0; i < count; i++) {
					connect();
				}
				begun.countDown();
			}, 1000 * slice / SLICES, TimeUnit.MILLISECONDS);
		}
		begun.await();
	}

	private void connect() {
		if (this.stopped) {
			return;
		}
		new Bootstrap().group(this.loop)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.AUTO_READ, this.kind.reads())
			.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(this.kind.reads() ? 2048 : 1))
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel created) {
					created.pipeline().addLast(new Client());
				}
			})
			.connect(InetAddress.getLoopbackAddress(), this.target.port())
			.addListener((ChannelFuture done) -> {
				if (!done.isSuccess()) {
					this.failed++;
					again();
				}
			});
	}

	private void again() {
		this.loop.schedule(this::connect, 500 + ThreadLocalRandom.current().nextInt(500), TimeUnit.MILLISECONDS);
	}

	/** Let nobody come back who is thrown out. */
	void stop() {
		this.loop.execute(() -> this.stopped = true);
	}

	/** Close what is open. */
	void close() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.loop.execute(() -> {
			this.stopped = true;
			Set.copyOf(this.open).forEach(Channel::close);
			done.countDown();
		});
		done.await();
	}

	int open() {
		return this.open.size();
	}

	String line() {
		return this.kind.id() + ": " + this.connected + " connected, " + this.ended + " ended, " + this.open.size()
				+ " open" + ((this.failed > 0) ? ", " + this.failed + " could not connect" : "");
	}

	/** One of them. */
	private final class Client extends ChannelInboundHandlerAdapter {

		@Override
		public void channelActive(ChannelHandlerContext ctx) {
			RudeCrowd.this.connected++;
			RudeCrowd.this.open.add(ctx.channel());
			RudeCrowd.this.kind.begin(ctx.channel(), RudeCrowd.this.target);
			second(ctx.channel());
		}

		private void second(Channel channel) {
			RudeCrowd.this.loop.schedule(() -> {
				if (channel.isActive()) {
					RudeCrowd.this.kind.second(channel, RudeCrowd.this.target);
					second(channel);
				}
			}, 1, TimeUnit.SECONDS);
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			((ByteBuf) message).release();
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			RudeCrowd.this.ended++;
			RudeCrowd.this.open.remove(ctx.channel());
			again();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

	}

}
