package io.millrace.core.http1;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.connection.ConnectionTimeouts;
import io.millrace.core.http.DirectOrigins;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http.Dispatcher;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.HttpServices;
import io.millrace.core.http.Lanes;
import io.millrace.core.http.Routes;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.Refusal;
import io.millrace.core.observe.EngineObservers;
import io.millrace.core.observe.EngineStatistics;
import io.millrace.core.observe.LoopMeter;
import io.millrace.core.observe.ObservedKinds;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPools;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection without a socket: bytes in, bytes out, in one thread.
 */
final class Wire implements AutoCloseable {

	final Counts counts = new Counts();

	private final EmbeddedChannel channel;

	private final AtomicReference<Throwable> defect = new AtomicReference<>();

	Wire(ExchangeHandler application) {
		this(application, Http1Options.defaults());
	}

	Wire(ExchangeHandler application, Http1Options options) {
		this(application, options, null);
	}

	Wire(ExchangeHandler application, Http1Options options, @Nullable Admission admission) {
		HttpServices http = new HttpServices(DirectOrigins.INSTANCE,
				WorkerPools.create(new WorkerOptions(WorkerMode.INLINE, 1, 0, Duration.ofSeconds(1), 1, 1)),
				new ErrorResponder());
		EngineObservers told = new EngineObservers(
				new EngineStatistics(new ObservedKinds(List.of(), List.of(),
						Arrays.stream(Refusal.values()).map(Refusal::id).toList(), Http1Services.timeoutKinds(),
						Arrays.stream(ProtocolException.Kind.values()).map(ProtocolException.Kind::id).toList())),
				List.of(this.counts));
		Dispatcher dispatcher = new Dispatcher(new Routes(List.of()), (exchange) -> handle(application, exchange), http,
				Lanes.NONE, admission, DispatchOptions.defaults(), told);
		Http1Services services = new Http1Services(options, new ConnectionServices(ConnectionTimeouts.defaults(),
				options.limits(), options.serverHeader(), dispatcher, told, (loop) -> new LoopMeter()));
		this.channel = new EmbeddedChannel(new ChannelInitializer<>() {
			@Override
			protected void initChannel(Channel created) {
				created.pipeline().addLast(new Http1Handler(services, created, false));
			}
		});
	}

	private void handle(ExchangeHandler application, Exchange exchange) throws Exception {
		try {
			application.handle(exchange);
		}
		catch (Throwable ex) {
			this.defect.set(ex);
			throw ex;
		}
	}

	ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	EmbeddedChannel channel() {
		return this.channel;
	}

	Wire send(byte[] bytes, int start, int end) {
		if (!isOpen()) {
			return this;
		}
		// A buffer of its own, exactly as large: nothing may read behind it.
		ByteBuf part = this.channel.alloc().directBuffer(Math.max(1, end - start));
		this.channel.writeInbound(part.writeBytes(bytes, start, end - start));
		this.channel.runPendingTasks();
		return this;
	}

	Wire send(String bytes) {
		byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
		return send(all, 0, all.length);
	}

	Wire endInput() {
		this.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
		this.channel.runPendingTasks();
		return this;
	}

	/** What was sent, without dates. */
	String received() {
		StringBuilder received = new StringBuilder();
		ByteBuf part;
		while ((part = this.channel.readOutbound()) != null) {
			received.append(part.toString(StandardCharsets.ISO_8859_1));
			part.release();
		}
		return received.toString().replaceAll("Date: [^\r]*\r\n", "");
	}

	boolean isOpen() {
		return this.channel.isActive();
	}

	@Override
	public void close() {
		this.channel.close();
		this.channel.runPendingTasks();
		received();
		this.channel.checkException();
		assertThat(this.defect.get()).isNull();
		assertThat(this.counts.of("completed") + this.counts.of("aborted")).isEqualTo(this.counts.of("started"));
	}

}
