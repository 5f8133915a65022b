package io.millrace.boot.autoconfigure.reactive;

import java.time.Duration;
import java.util.function.Supplier;

import io.millrace.boot.reactive.EventLoopThreads;
import io.millrace.core.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Reactor Netty's clients on the event loops of the server: a call that a handler makes
 * is served by the loop that serves the handler, with no hop between threads. Which loops
 * those are is asked when a connection is made, so that no bean has to wait for another;
 * where no server is running there are loops of our own.
 */
class EngineLoopResources implements LoopResources {

	private final Supplier<@Nullable EventLoopGroup> server;

	private final Supplier<EventLoops> ownLoops;

	// Guarded by this.
	private @Nullable EventLoops own;

	// Guarded by this: the group that the last client was for, and its view for clients.
	private @Nullable EventLoopGroup shared;

	private @Nullable EventLoopGroup colocated;

	/**
	 * Create the resources.
	 * @param server tells the loops of the server, {@code null} while it does not run
	 * @param ownLoops creates loops where there is no server
	 */
	EngineLoopResources(Supplier<@Nullable EventLoopGroup> server, Supplier<EventLoops> ownLoops) {
		this.server = server;
		this.ownLoops = ownLoops;
		EventLoopThreads.markNonBlocking();
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		EventLoopGroup loops = this.server.get();
		return (loops != null) ? loops : ownLoops();
	}

	@Override
	public synchronized EventLoopGroup onClient(boolean useNative) {
		EventLoopGroup loops = onServer(useNative);
		if (loops != this.shared || this.colocated == null) {
			this.shared = loops;
			this.colocated = LoopResources.colocate(loops);
		}
		return this.colocated;
	}

	private synchronized EventLoopGroup ownLoops() {
		if (this.own == null) {
			this.own = this.ownLoops.get();
		}
		return this.own.group();
	}

	/**
	 * Ends the loops of our own; the server's are the server's.
	 */
	@Override
	public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
		return Mono.fromRunnable(() -> {
			EventLoops ended = takeOwn();
			if (ended != null) {
				ended.stop();
			}
		});
	}

	private synchronized @Nullable EventLoops takeOwn() {
		EventLoops taken = this.own;
		this.own = null;
		return taken;
	}

}
