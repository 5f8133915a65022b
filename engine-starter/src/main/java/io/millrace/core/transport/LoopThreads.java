package io.millrace.core.transport;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/**
 * Makes the threads of event loops. They are no daemons: an application that only serves
 * requests has no other thread that would keep the JVM alive. Their class loader is that
 * of the thread that made the loops, whoever starts them.
 */
final class LoopThreads implements ThreadFactory {

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final AtomicInteger number = new AtomicInteger();

	@Override
	public Thread newThread(Runnable loop) {
		Thread thread = new FastThreadLocalThread(loop, "millrace-loop-" + this.number.incrementAndGet());
		thread.setDaemon(false);
		thread.setPriority(Thread.NORM_PRIORITY);
		thread.setContextClassLoader(this.classLoader);
		return thread;
	}

}
