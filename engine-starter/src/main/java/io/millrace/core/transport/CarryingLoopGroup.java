package io.millrace.core.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;

/**
 * Event loops that carry virtual threads.
 */
final class CarryingLoopGroup extends MultiThreadIoEventLoopGroup {

	/**
	 * Create the loops.
	 * @param count how many
	 * @param factory makes what polls their sockets
	 * @param spare how many threads more there may be, for handlers that hold a loop
	 */
	CarryingLoopGroup(int count, IoHandlerFactory factory, int spare) {
		// No executor is needed: a loop has a carrier of its own.
		super(count, (Executor) Runnable::run, factory, new LoopThreads(), new AtomicInteger(spare));
	}

	@Override
	protected IoEventLoop newChild(Executor none, IoHandlerFactory factory, Object... shared) {
		return new CarryingEventLoop(this, new LoopPoll(factory), (LoopThreads) shared[0], (AtomicInteger) shared[1]);
	}

}
