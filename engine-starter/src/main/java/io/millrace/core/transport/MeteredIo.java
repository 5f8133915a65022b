package io.millrace.core.transport;

import java.util.Objects;

import io.millrace.core.observe.LoopMeter;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What polls the sockets of one event loop, and tells its meter when it waits. Every
 * transport asks whether to report how long its work takes, which is when it has waited
 * and is about to begin (Netty 4.2.18, {@code run} of the four handlers).
 */
final class MeteredIo implements IoHandler {

	private final IoHandler io;

	private final LoopMeter meter;

	private final Turn turn;

	private MeteredIo(IoHandler io, LoopMeter meter) {
		this.io = io;
		this.meter = meter;
		this.turn = new Turn(meter);
	}

	/**
	 * Have all handlers of a factory metered.
	 * @param factory makes what polls
	 * @param meters has the meter of a loop
	 * @return the factory
	 */
	static IoHandlerFactory of(IoHandlerFactory factory, LoopMeters meters) {
		return new IoHandlerFactory() {

			@Override
			public IoHandler newHandler(ThreadAwareExecutor loop) {
				return new MeteredIo(factory.newHandler(loop), meters.of(loop));
			}

			@Override
			public boolean isChangingThreadSupported() {
				return factory.isChangingThreadSupported();
			}

		};
	}

	@Override
	public int run(IoHandlerContext context) {
		this.turn.context = context;
		if (context.canBlock()) {
			this.meter.waits();
		}
		try {
			return this.io.run(this.turn);
		}
		finally {
			if (this.meter.isWaiting()) {
				this.meter.wakes();
			}
		}
	}

	@Override
	public void initialize() {
		this.io.initialize();
	}

	@Override
	public void prepareToDestroy() {
		this.io.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.io.destroy();
		// There will never be anything to do.
		this.meter.waits();
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return this.io.register(handle);
	}

	@Override
	public void wakeup() {
		this.io.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.io.isCompatible(handleType);
	}

	/** A turn of the loop, of which there is one at a time. */
	private static final class Turn implements IoHandlerContext {

		private final LoopMeter meter;

		// Null before the first turn, when nobody asks.
		private @Nullable IoHandlerContext context;

		Turn(LoopMeter meter) {
			this.meter = meter;
		}

		private IoHandlerContext context() {
			return Objects.requireNonNull(this.context);
		}

		@Override
		public boolean canBlock() {
			return context().canBlock();
		}

		@Override
		public long delayNanos(long now) {
			return context().delayNanos(now);
		}

		@Override
		public long deadlineNanos() {
			return context().deadlineNanos();
		}

		@Override
		public boolean shouldReportActiveIoTime() {
			this.meter.wakes();
			return context().shouldReportActiveIoTime();
		}

		@Override
		public void reportActiveIoTime(long nanos) {
			context().reportActiveIoTime(nanos);
		}

	}

}
