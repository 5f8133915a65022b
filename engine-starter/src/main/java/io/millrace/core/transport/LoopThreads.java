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
		return prepare(new FastThreadLocalThread(loop, nextName()));
	}

	/**
	 * The name of the next loop.
	 * @return a name that no other loop of these has
	 */
	String nextName() {
		return "millrace-loop-" + this.number.incrementAndGet();
	}

	/**
	 * Make a thread that carries a loop, which is a virtual thread itself.
	 * @param carrier what it does
	 * @param name the name of the loop
	 * @return the thread
	 */
	Thread newCarrier(Runnable carrier, String name) {
		return prepare(new Thread(null, carrier, name, 0, false));
	}

	private Thread prepare(Thread thread) {
		thread.setDaemon(false);
		thread.setPriority(Thread.NORM_PRIORITY);
		thread.setContextClassLoader(this.classLoader);
		return thread;
	}

}
