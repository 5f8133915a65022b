package io.millrace.benchmarks;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * Asks a server on this machine for one path, and now and then for another one, from one
 * thread. Open loop: a request is sent when its time has come whether or not the others
 * are answered, and its time is counted from then. Each request has a connection to
 * itself while it is under way.
 */
final class LoadClient implements AutoCloseable {

	// Half of the probes come on connections of their own, as those of orchestrators do.
	private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final int port;

	private final ByteBuf request;

	private final ByteBuf probe;

	private final ByteBuf lastProbe;

	// Owned by the loop, as is what follows. Connections that are free.
	private final ArrayDeque<Client> free = new ArrayDeque<>();

	private final ArrayDeque<Client> freeProbes = new ArrayDeque<>();

	private Phase phase = new Phase("", 0);

	private boolean closedLoop;

	/**
	 * Connect.
	 * @param port the port of the server
	 * @param path what to ask for
	 * @param probe what else to ask for, 20 times a second
	 * @param connections how many connections
	 * @throws InterruptedException if interrupted
	 */
	LoadClient(int port, String path, String probe, int connections) throws InterruptedException {
		this.port = port;
		this.request = request(path, "");
		this.probe = request(probe, "");
		this.lastProbe = request(probe, "Connection: close\r\n");
		for (int i = 0; i < connections; i++) {
			this.free.add(connect().sync().channel().pipeline().get(Client.class));
		}
		for (int i = 0; i < 40; i++) {
			this.freeProbes.add(connect().sync().channel().pipeline().get(Client.class));
		}
	}

	private static ByteBuf request(String path, String fields) {
		return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(
				"GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n", StandardCharsets.US_ASCII));
	}

	private ChannelFuture connect() {
		return new Bootstrap().group(this.loop)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel created) {
					created.pipeline().addLast(new Client());
				}
			})
			.connect(InetAddress.getLoopbackAddress(), this.port);
	}

	/**
	 * Ask as often as answers come, to see what the server can do.
	 * @param name how the phase is called
	 * @param connections how many requests are under way at once
	 * @param seconds how long
	 * @return what was seen
	 * @throws InterruptedException if interrupted
	 */
	Phase closedLoop(String name, int connections, int seconds) throws InterruptedException {
		Phase current = begin(name, seconds);
		onLoop(() -> {
			this.closedLoop = true;
			for (int i = 0; i < connections; i++) {
				send(current, System.nanoTime());
			}
		});
		TimeUnit.SECONDS.sleep(seconds);
		onLoop(() -> {
			this.closedLoop = false;
			end(current);
		});
		TimeUnit.MILLISECONDS.sleep(500);
		return current;
	}

	/**
	 * Ask at a rate.
	 * @param name how the phase is called
	 * @param perSecond how many requests in a second
	 * @param seconds how long
	 * @return what was seen of the requests that were answered by the end of the phase
	 * @throws InterruptedException if interrupted
	 */
	Phase openLoop(String name, double perSecond, double seconds) throws InterruptedException {
		double perNano = perSecond / 1e9;
		Phase current = begin(name, seconds);
		long start = System.nanoTime();
		long sent = 0;
		long nextProbe = start;
		int probes = 0;
		long now;
		while ((now = System.nanoTime()) - start < seconds * 1e9) {
			long due = (long) ((now - start) * perNano);
			if (due > sent) {
				long from = sent;
				this.loop.execute(() -> {
					for (long i = from; i < due; i++) {
						send(current, start + (long) (i / perNano));
					}
				});
				sent = due;
			}
			if (now >= nextProbe) {
				long at = nextProbe;
				boolean anew = (++probes % 2 == 0);
				this.loop.execute(() -> probe(current, at, anew));
				nextProbe += PROBE_NANOS;
			}
			LockSupport.parkNanos(500_000);
		}
		onLoop(() -> end(current));
		return current;
	}

	private void end(Phase current) {
		current.over = true;
		this.phase = new Phase("", 0);
	}

	private Phase begin(String name, double seconds) throws InterruptedException {
		Phase current = new Phase(name, seconds);
		onLoop(() -> this.phase = current);
		return current;
	}

	private void onLoop(Runnable task) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.loop.execute(() -> {
			task.run();
			done.countDown();
		});
		done.await();
	}

	private void send(Phase current, long scheduled) {
		Client client = this.free.poll();
		if (client == null) {
			current.unsent++;
			return;
		}
		client.send(this.request, current, scheduled, current.served);
	}

	private void probe(Phase current, long scheduled, boolean anew) {
		if (anew) {
			connect().addListener((ChannelFuture connected) -> {
				if (connected.isSuccess()) {
					connected.channel()
						.pipeline()
						.get(Client.class)
						.send(this.lastProbe, current, scheduled, current.probes);
				}
				else {
					current.errors++;
				}
			});
			return;
		}
		Client client = this.freeProbes.poll();
		if (client == null) {
			current.probes.add(Long.MAX_VALUE);
			return;
		}
		client.send(this.probe, current, scheduled, current.probes);
	}

	@Override
	public void close() {
		this.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	/** What was seen in some seconds. */
	static final class Phase {

		private final String name;

		private final double seconds;

		private final Samples served = new Samples();

		private final Samples refused = new Samples();

		private final Samples probes = new Samples();

		private int unsent;

		private int errors;

		// What is answered later is not looked at.
		private boolean over;

		Phase(String name, double seconds) {
			this.name = name;
			this.seconds = seconds;
		}

		String name() {
			return this.name;
		}

		double servedPerSecond() {
			return this.served.count() / this.seconds;
		}

		double p99() {
			return this.served.millis(99);
		}

		String line() {
			return String.format(Locale.ROOT,
					"%-14s served %7.0f/s p50 %6.1f p99 %6.1f max %6.1f | refused %7.0f/s p50 %6.1f p99 %6.1f max %6.1f"
							+ " | health %4d p50 %5.1f p99 %6.1f max %6.1f | errors %d, unsent %d",
					this.name, servedPerSecond(), this.served.millis(50), p99(), this.served.millis(100),
					this.refused.count() / this.seconds, this.refused.millis(50), this.refused.millis(99),
					this.refused.millis(100), this.probes.count(), this.probes.millis(50), this.probes.millis(99),
					this.probes.millis(100), this.errors, this.unsent);
		}

	}

	/** One connection, one request at a time. */
	private final class Client extends SimpleChannelInboundHandler<ByteBuf> {

		private Channel channel;

		private Phase of;

		private long scheduled;

		private Samples ok;

		private boolean waiting;

		private boolean last;

		private final StringBuilder response = new StringBuilder();

		@Override
		public void handlerAdded(ChannelHandlerContext ctx) {
			this.channel = ctx.channel();
		}

		void send(ByteBuf bytes, Phase current, long at, Samples where) {
			this.of = current;
			this.scheduled = at;
			this.ok = where;
			this.waiting = true;
			this.last = bytes == LoadClient.this.lastProbe;
			this.channel.writeAndFlush(bytes.duplicate());
		}

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
			this.response.append(bytes.toString(StandardCharsets.ISO_8859_1));
			int head = this.response.indexOf("\r\n\r\n");
			if (head < 0 || !isWhole(head)) {
				return;
			}
			boolean success = this.response.charAt(9) == '2';
			this.response.setLength(0);
			this.waiting = false;
			long nanos = System.nanoTime() - this.scheduled;
			if (!this.of.over) {
				seen(success, nanos);
			}
			if (this.last) {
				return;
			}
			if (this.ok == this.of.probes) {
				LoadClient.this.freeProbes.addFirst(this);
			}
			else {
				LoadClient.this.free.addFirst(this);
				if (LoadClient.this.closedLoop) {
					LoadClient.this.send(LoadClient.this.phase, System.nanoTime());
				}
			}
		}

		private void seen(boolean success, long nanos) {
			if (success) {
				this.ok.add(nanos);
			}
			else if (this.ok == this.of.probes) {
				// A refused probe is one that has failed.
				this.ok.add(Long.MAX_VALUE);
			}
			else {
				this.of.refused.add(nanos);
			}
		}

		private boolean isWhole(int head) {
			String fields = this.response.substring(0, head).toLowerCase(Locale.ROOT);
			int length = fields.indexOf("content-length: ");
			if (length < 0) {
				return this.response.indexOf("0\r\n\r\n", head + 4) >= 0;
			}
			int end = fields.indexOf('\r', length);
			String value = fields.substring(length + 16, (end < 0) ? fields.length() : end);
			return this.response.length() >= head + 4 + Integer.parseInt(value.trim());
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			LoadClient.this.freeProbes.remove(this);
			LoadClient.this.free.remove(this);
			if (this.waiting && !this.of.over) {
				this.of.errors++;
				if (this.ok == this.of.probes) {
					this.ok.add(Long.MAX_VALUE);
				}
			}
			if (this.of != null && this.ok != this.of.probes && !LoadClient.this.loop.isShuttingDown()) {
				connect().addListener((ChannelFuture connected) -> {
					if (connected.isSuccess()) {
						LoadClient.this.free.addLast(connected.channel().pipeline().get(Client.class));
					}
				});
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

	}

}
