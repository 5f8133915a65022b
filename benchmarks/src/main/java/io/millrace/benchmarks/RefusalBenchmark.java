package io.millrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.millrace.core.http.DirectOrigins;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.Dispatcher;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.HttpServices;
import io.millrace.core.http.Lanes;
import io.millrace.core.http.Refusal;
import io.millrace.core.http.Routes;
import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http1.Http1Handler;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.http1.Http1Services;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.EngineStatistics;
import io.millrace.core.observe.LoopMeter;
import io.millrace.core.observe.ObservedKinds;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPools;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request costs that is refused because a limit is reached, and one that the
 * smallest of handlers answers on the event loop: bytes in, bytes out, without a socket.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RefusalBenchmark {

	private static final int PIPELINED = 16;

	private static final String REQUEST = "GET /plaintext HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";

	private EmbeddedChannel refusing;

	private EmbeddedChannel serving;

	private ByteBuf one;

	private ByteBuf many;

	/** Open the connections. */
	@Setup
	public void open() {
		Admission full = Admission.fixed(1);
		full.tryAcquire(Priority.NORMAL);
		this.refusing = connection(full);
		this.serving = connection(null);
		this.one = bytes(REQUEST);
		this.many = bytes(REQUEST.repeat(PIPELINED));
	}

	private static EmbeddedChannel connection(Admission admission) {
		HttpServices http = new HttpServices(DirectOrigins.INSTANCE,
				WorkerPools.create(new WorkerOptions(WorkerMode.INLINE, 1, 0, Duration.ofSeconds(1), 1, 1)),
				new ErrorResponder());
		List<String> refusals = Arrays.stream(Refusal.values()).map(Refusal::id).toList();
		EngineStatistics statistics = new EngineStatistics(
				new ObservedKinds(List.of(), List.of(), refusals, List.of(), List.of()));
		EngineObservers observers = new EngineObservers(statistics, List.of());
		Dispatcher dispatcher = new Dispatcher(new Routes(List.of()), RefusalBenchmark::hello, http, Lanes.NONE,
				admission, DispatchOptions.defaults(), observers);
		LoopMeter meter = new LoopMeter();
		Http1Options options = Http1Options.defaults();
		Http1Services services = new Http1Services(options, new ConnectionServices(ConnectionTimeouts.defaults(),
				options.limits(), options.serverHeader(), dispatcher, observers, (loop) -> meter));
		return new EmbeddedChannel(new ChannelInitializer<>() {

			@Override
			protected void initChannel(Channel created) {
				created.config().setAllocator(PooledByteBufAllocator.DEFAULT);
				created.pipeline().addLast(new Http1Handler(services, created, false));
			}

		});
	}

	private static void hello(Exchange exchange) {
		exchange.response().headers().set("Content-Type", "text/plain");
		exchange.responseBody().write(ByteBufUtil.writeAscii(exchange.allocator(), "Hello, World!"), true);
	}

	private static ByteBuf bytes(String text) {
		return ByteBufUtil.writeAscii(PooledByteBufAllocator.DEFAULT, text);
	}

	/** Close the connections. */
	@TearDown
	public void close() {
		this.refusing.finishAndReleaseAll();
		this.serving.finishAndReleaseAll();
		this.one.release();
		this.many.release();
	}

	/**
	 * One request is refused.
	 * @return how many buffers were sent
	 */
	@Benchmark
	public int refused() {
		return exchange(this.refusing, this.one);
	}

	/**
	 * Many that come in one segment are refused.
	 * @return how many buffers were sent
	 */
	@Benchmark
	@OperationsPerInvocation(PIPELINED)
	public int refusedPipelined() {
		return exchange(this.refusing, this.many);
	}

	/**
	 * One request is answered.
	 * @return how many buffers were sent
	 */
	@Benchmark
	public int served() {
		return exchange(this.serving, this.one);
	}

	/**
	 * Many that come in one segment are answered.
	 * @return how many buffers were sent
	 */
	@Benchmark
	@OperationsPerInvocation(PIPELINED)
	public int servedPipelined() {
		return exchange(this.serving, this.many);
	}

	private static int exchange(EmbeddedChannel connection, ByteBuf request) {
		connection.writeInbound(request.retainedDuplicate());
		int sent = 0;
		Object message;
		while ((message = connection.readOutbound()) != null) {
			ReferenceCountUtil.release(message);
			sent++;
		}
		return sent;
	}

}
