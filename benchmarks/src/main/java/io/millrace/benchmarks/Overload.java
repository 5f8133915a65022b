package io.millrace.benchmarks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.millrace.core.Engine;
import io.millrace.core.EngineConfig;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * A handler that blocks for 10 ms on a pool of 20 threads, asked for a multiple of what
 * it can do: open loop, so that a request is sent when its time has come whether or not
 * the others are answered, and its time is counted from then. Server and client are one
 * process: the client costs the server some of its processors.
 */
public final class Overload {

	private static final int THREADS = 20;

	private static final int MILLIS = 10;

	private static final int CAPACITY = THREADS * 1000 / MILLIS;

	private static final int CONNECTIONS = 1000;

	private static final ByteBuf REQUEST = request("/work");

	private static final ByteBuf PROBE = request("/health");

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final ArrayDeque<Client> free = new ArrayDeque<>();

	// Owned by the loop of the client.
	private Phase phase = new Phase(1);

	private Overload() {
	}

	private static ByteBuf request(String path) {
		return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
				StandardCharsets.US_ASCII));
	}

	/**
	 * Run all phases.
	 * @param args the order of the queue (fifo), its max-wait in ms (200), and its
	 * capacity (300)
	 * @throws Exception if anything fails
	 */
	public static void main(String[] args) throws Exception {
		QueueOrder order = (args.length > 0) ? QueueOrder.valueOf(args[0].toUpperCase(java.util.Locale.ROOT))
				: QueueOrder.FIFO;
		Duration maxWait = Duration.ofMillis((args.length > 1) ? Long.parseLong(args[1]) : 200);
		int capacity = (args.length > 2) ? Integer.parseInt(args[2]) : 300;
		QueueOptions queue = new QueueOptions(capacity, order, maxWait, false);
		RoutePolicy urgent = RoutePolicy.of("probe", (request) -> request.target().path().equals("/health"),
				Priority.HIGH);
		Engine engine = new Engine(EngineConfig.builder()
			.listener(ListenerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
			.worker(new WorkerOptions(WorkerMode.POOL, THREADS, THREADS, Duration.ofSeconds(60), 1, queue, 2))
			.policies(List.of(urgent))
			.build(), new Work());
		engine.start();
		System.out.printf("queue of %d, %s, max-wait %s; at most %d/s%n", capacity, order, maxWait, CAPACITY);
		new Overload().run(engine.port());
		engine.close();
	}

	private void run(int port) throws Exception {
		Client probe = connect(port);
		for (int i = 0; i < CONNECTIONS; i++) {
			this.free.add(connect(port));
		}
		phase("warm-up", 0.5, 5, probe);
		phase("peak", 1.2, 5, probe);
		phase("2 x", 2, 10, probe);
		phase("10 x", 10, 10, probe);
		phase("after, 1st s", 0.5, 1, probe);
		phase("after, 2nd s", 0.5, 1, probe);
		this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
	}

	private Client connect(int port) throws InterruptedException {
		Client client = new Client();
		Channel channel = new Bootstrap().group(this.loops)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.handler(new ChannelInitializer<Channel>() {
				@Override
				protected void initChannel(Channel created) {
					created.pipeline().addLast(client);
				}
			})
			.connect(InetAddress.getLoopbackAddress(), port)
			.sync()
			.channel();
		client.channel = channel;
		return client;
	}

	private void phase(String name, double factor, int seconds, Client probe) throws InterruptedException {
		double perNano = CAPACITY * factor / 1e9;
		Phase current = new Phase((int) (CAPACITY * factor * seconds * 1.2) + 1000);
		CountDownLatch begun = new CountDownLatch(1);
		this.loops.execute(() -> {
			this.phase = current;
			begun.countDown();
		});
		begun.await();
		long start = System.nanoTime();
		long sent = 0;
		long nextProbe = start;
		long now;
		while ((now = System.nanoTime()) - start < seconds * 1_000_000_000L) {
			long due = (long) ((now - start) * perNano);
			if (due > sent) {
				long from = sent;
				this.loops.execute(() -> {
					for (long i = from; i < due; i++) {
						send(current, start + (long) (i / perNano));
					}
				});
				sent = due;
			}
			if (now >= nextProbe) {
				long at = nextProbe;
				this.loops.execute(() -> probe.sendProbe(current, at));
				nextProbe += 10_000_000;
			}
			LockSupport.parkNanos(500_000);
		}
		// What is under way still belongs to this phase.
		TimeUnit.MILLISECONDS.sleep(factor > 1 ? 0 : 50);
		CountDownLatch ended = new CountDownLatch(1);
		this.loops.execute(() -> {
			System.out.println(current.line(name, seconds));
			ended.countDown();
		});
		ended.await();
	}

	private void send(Phase current, long scheduled) {
		Client client = this.free.poll();
		if (client == null) {
			current.unsent++;
			return;
		}
		client.send(current, scheduled);
	}

	/** What was seen in a phase. */
	private static final class Phase {

		private final long[] served;

		private final long[] refused;

		private final long[] probes = new long[10_000];

		private int servedCount;

		private int refusedCount;

		private int probeCount;

		private int unsent;

		Phase(int size) {
			this.served = new long[size];
			this.refused = new long[size];
		}

		void seen(boolean probe, boolean ok, long nanos) {
			if (probe) {
				// A refused probe is one that has failed.
				this.probes[this.probeCount++] = ok ? nanos : Long.MAX_VALUE;
			}
			else if (ok) {
				this.served[this.servedCount++] = nanos;
			}
			else {
				this.refused[this.refusedCount++] = nanos;
			}
		}

		String line(String name, int seconds) {
			return String.format(
					"%-12s served %6d/s p50 %7.1f p99 %7.1f ms | refused %6d/s p50 %7.1f p99 %7.1f ms | "
							+ "health %4d p99 %6.1f max %6.1f ms | no connection free %d",
					name, this.servedCount / seconds, percentile(this.served, this.servedCount, 50),
					percentile(this.served, this.servedCount, 99), this.refusedCount / seconds,
					percentile(this.refused, this.refusedCount, 50), percentile(this.refused, this.refusedCount, 99),
					this.probeCount, percentile(this.probes, this.probeCount, 99),
					percentile(this.probes, this.probeCount, 100), this.unsent);
		}

		private static double percentile(long[] values, int count, int percent) {
			if (count == 0) {
				return 0;
			}
			long[] sorted = Arrays.copyOf(values, count);
			Arrays.sort(sorted);
			return sorted[Math.max(0, (int) Math.ceil(count * percent / 100.0) - 1)] / 1e6;
		}

	}

	/** One connection, one request at a time. */
	private final class Client extends SimpleChannelInboundHandler<ByteBuf> {

		private Channel channel;

		private Phase of;

		private long scheduled;

		private boolean probe;

		private boolean waiting;

		private final StringBuilder response = new StringBuilder();

		void send(Phase current, long at) {
			this.of = current;
			this.scheduled = at;
			this.channel.writeAndFlush(REQUEST.duplicate());
		}

		// A probe that is late is one probe, not many.
		void sendProbe(Phase current, long at) {
			if (!this.waiting) {
				this.waiting = true;
				this.probe = true;
				this.of = current;
				this.scheduled = at;
				this.channel.writeAndFlush(PROBE.duplicate());
			}
		}

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
			this.response.append(bytes.toString(StandardCharsets.US_ASCII));
			// Every body ends in its only line feed that is not one of the head.
			int head = this.response.indexOf("\r\n\r\n");
			if (head < 0 || this.response.indexOf("\n", head + 4) < 0) {
				return;
			}
			boolean ok = this.response.charAt(9) == '2';
			this.response.setLength(0);
			this.of.seen(this.probe, ok, System.nanoTime() - this.scheduled);
			this.waiting = false;
			if (!this.probe) {
				Overload.this.free.addFirst(this);
			}
		}

	}

	/** Blocks for a while, or not where a probe asks. */
	private static final class Work implements ExchangeHandler {

		@Override
		public void handle(Exchange exchange) throws Exception {
			if (!exchange.request().target().path().equals("/health")) {
				TimeUnit.MILLISECONDS.sleep(MILLIS);
			}
			exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "done\n"), true);
		}

		@Override
		public boolean mayBlock() {
			return true;
		}

	}

}
