package io.millrace.core.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.millrace.core.observe.LoopMeter;
import io.millrace.core.worker.CarryingLoop;
import io.millrace.core.worker.LoopCarrier;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.NettyRuntime;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of an engine and the transport they speak.
 */
public final class EventLoops {

	private static final Logger logger = LoggerFactory.getLogger(EventLoops.class);

	// A loop that takes longer is stuck in a handler that lied about blocking.
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final Transport transport;

	private final EventLoopGroup group;

	private final LoopMeters meters;

	private final List<EventLoop> loops = new ArrayList<>();

	private EventLoops(Transport transport, EventLoopGroup group, LoopMeters meters) {
		this.transport = transport;
		this.group = group;
		this.meters = meters;
		this.group.forEach((loop) -> this.loops.add((EventLoop) loop));
	}

	/**
	 * Make event loops; their threads start with the first work.
	 * @param transport the transport, {@code null} for the best that works here
	 * @param count how many, 0 for one for each processor
	 * @return the loops, to be stopped by the caller
	 * @throws TransportUnavailableException where the transport does not work here
	 */
	public static EventLoops create(@Nullable Transport transport, int count) {
		Transport chosen = choose(transport);
		LoopMeters meters = new LoopMeters();
		return new EventLoops(chosen, new MultiThreadIoEventLoopGroup(threads(count), new LoopThreads(),
				MeteredIo.of(chosen.ioHandlerFactory(), meters)), meters);
	}

	/**
	 * Make event loops that carry virtual threads; their threads start with the first
	 * work.
	 * @param transport the transport, {@code null} for the best that works here
	 * @param count how many, 0 for one for each processor
	 * @param spare how many threads more there may be, for handlers that hold a loop for
	 * too long
	 * @return the loops, to be stopped by the caller
	 * @throws TransportUnavailableException where the transport does not work here
	 * @throws io.millrace.core.worker.LoopUnavailableException where something that this
	 * needs is missing
	 */
	public static EventLoops createCarrying(@Nullable Transport transport, int count, int spare) {
		LoopCarrier.check();
		Transport chosen = choose(transport);
		LoopMeters meters = new LoopMeters();
		return new EventLoops(chosen,
				new CarryingLoopGroup(threads(count), MeteredIo.of(chosen.ioHandlerFactory(), meters), spare), meters);
	}

	private static Transport choose(@Nullable Transport transport) {
		Transport chosen = (transport != null) ? transport : Transport.best();
		Throwable cause = chosen.unavailabilityCause();
		if (cause != null) {
			throw new TransportUnavailableException(chosen, cause);
		}
		return chosen;
	}

	private static int threads(int count) {
		return (count > 0) ? count : NettyRuntime.availableProcessors();
	}

	/**
	 * The transport.
	 * @return the transport in use
	 */
	public Transport transport() {
		return this.transport;
	}

	/**
	 * How many loops there are.
	 * @return 1 or more
	 */
	public int count() {
		return this.loops.size();
	}

	/**
	 * The loops, which clients may share.
	 * @return the group
	 */
	public EventLoopGroup group() {
		return this.group;
	}

	/**
	 * The meter of a loop.
	 * @param loop one of the loops
	 * @return its meter
	 */
	public LoopMeter meter(EventExecutor loop) {
		return this.meters.of(loop);
	}

	List<EventLoop> each() {
		return this.loops;
	}

	/**
	 * Whether the calling thread is one of the loops, and so must not wait for any.
	 * @return whether it is
	 */
	public boolean isLoop() {
		return this.loops.stream().anyMatch(EventLoop::inEventLoop);
	}

	/**
	 * Let every loop finish what it was given up to now, and then look at its sockets
	 * once: what was asked of a connection is done, connections that were accepted are
	 * registered, and sockets that were closed are closed in the kernel too.
	 * @return completed by the last loop
	 */
	public CompletableFuture<Void> turn() {
		return CompletableFuture.allOf(this.loops.stream().map(EventLoops::turn).toArray(CompletableFuture[]::new));
	}

	private static CompletableFuture<Void> turn(EventLoop loop) {
		CompletableFuture<Void> turned = new CompletableFuture<>();
		try {
			// What a loop schedules itself it runs in its next round at the earliest.
			loop.execute(() -> scheduleSoon(loop, turned));
		}
		catch (RejectedExecutionException ex) {
			// It has stopped, and so has finished everything.
			turned.complete(null);
		}
		return turned;
	}

	private static void scheduleSoon(EventLoop loop, CompletableFuture<Void> turned) {
		try {
			loop.schedule(() -> turned.complete(null), 1, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			turned.complete(null);
		}
	}

	/**
	 * Wait for something that the loops do, some seconds at most. Does not wait where a
	 * loop calls. An interrupt ends the waiting and stays set.
	 * @param done completed by the loops
	 */
	public void await(CompletableFuture<Void> done) {
		if (isLoop()) {
			return;
		}
		try {
			done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("An event loop did not react within {} s", PATIENCE.toSeconds(), ex);
		}
	}

	/**
	 * What carries the loops and their handlers.
	 * @return the carriers, empty where loops carry nothing
	 */
	public List<LoopCarrier> carriers() {
		return this.loops.stream()
			.filter(CarryingLoop.class::isInstance)
			.map((loop) -> ((CarryingLoop) loop).carrier())
			.toList();
	}

	/**
	 * Stop; every socket that is still open is closed. Blocks until the threads have
	 * ended, some seconds at most, unless one of them calls.
	 */
	public void stop() {
		this.group.shutdownGracefully(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		if (!isLoop()) {
			this.group.terminationFuture().awaitUninterruptibly(PATIENCE.toMillis());
			carriers().forEach(EventLoops::join);
		}
	}

	private static void join(LoopCarrier carrier) {
		try {
			carrier.join(PATIENCE);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
