package io.millrace.servlet.tyrus;

import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.glassfish.tyrus.spi.CompletionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who have sent something how it went. A {@code SendHandler} of the
 * application may block, so an event loop has it called by one of a few threads of our
 * own: not by workers, which may all be waiting for just this.
 */
final class Completions {

	private static final Logger logger = LoggerFactory.getLogger(Completions.class);

	private static final int THREADS = 8;

	private static final int MOST_NESTED = 32;

	private static final AtomicInteger number = new AtomicInteger();

	// A handler that sends the next message is told of that within its own call.
	private final ThreadLocal<int[]> depth = ThreadLocal.withInitial(() -> new int[1]);

	private final ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), Completions::thread);

	Completions() {
		this.threads.allowCoreThreadTimeOut(true);
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "millrace-websocket-" + number.incrementAndGet());
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Tell at once, on the calling thread, unless that would nest too deeply.
	 * @param handler who is told
	 * @param frame what was sent
	 * @param failure why it was not, {@code null} where it was
	 */
	void tell(CompletionHandler<ByteBuffer> handler, ByteBuffer frame, @Nullable Throwable failure) {
		int[] nested = this.depth.get();
		if (nested[0] >= MOST_NESTED) {
			tellElsewhere(handler, frame, failure);
			return;
		}
		nested[0]++;
		try {
			if (failure != null) {
				handler.failed(failure);
			}
			else {
				handler.completed(frame);
			}
		}
		catch (RuntimeException ex) {
			logger.error("A handler of a WebSocket message that was sent failed", ex);
		}
		finally {
			nested[0]--;
		}
	}

	/**
	 * Tell on a thread that may block.
	 * @param handler who is told
	 * @param frame what was sent
	 * @param failure why it was not, {@code null} where it was
	 */
	void tellElsewhere(CompletionHandler<ByteBuffer> handler, ByteBuffer frame, @Nullable Throwable failure) {
		try {
			this.threads.execute(() -> tell(handler, frame, failure));
		}
		catch (RejectedExecutionException ex) {
			tell(handler, frame, failure);
		}
	}

	void stop() {
		this.threads.shutdown();
	}

}
