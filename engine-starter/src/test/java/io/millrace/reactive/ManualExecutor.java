package io.millrace.reactive;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * An event loop whose turns the test takes itself. The thread that made it is the loop.
 */
final class ManualExecutor extends AbstractEventExecutor {

	private final Thread loop = Thread.currentThread();

	private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

	/** Run what was scheduled, and what that schedules. */
	void turn() {
		Runnable task;
		while ((task = poll()) != null) {
			task.run();
		}
	}

	private synchronized Runnable poll() {
		return this.tasks.poll();
	}

	@Override
	public synchronized void execute(Runnable task) {
		this.tasks.add(task);
	}

	@Override
	public boolean inEventLoop(Thread thread) {
		return thread == this.loop;
	}

	@Override
	public boolean isShuttingDown() {
		return false;
	}

	@Override
	public boolean isShutdown() {
		return false;
	}

	@Override
	public boolean isTerminated() {
		return false;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return false;
	}

	@Override
	public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
		return terminationFuture();
	}

	@Override
	public Future<?> terminationFuture() {
		return GlobalEventExecutor.INSTANCE.newSucceededFuture(null);
	}

	@Override
	@Deprecated
	public void shutdown() {
	}

}
