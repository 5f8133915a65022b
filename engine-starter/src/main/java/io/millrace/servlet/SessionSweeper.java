package io.millrace.servlet;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that ends overdue sessions of an application, since listeners may block.
 * It begins with the first session: who has none has no thread.
 */
final class SessionSweeper {

	private static final Logger logger = LoggerFactory.getLogger(SessionSweeper.class);

	// That of Tomcat.
	private static final long SECONDS = 60;

	private final AtomicBoolean started = new AtomicBoolean();

	private final ScheduledThreadPoolExecutor timer;

	private final Runnable sweep;

	/**
	 * Create a sweeper that does nothing yet.
	 * @param loader the context class loader of listeners
	 * @param sweep what to do from time to time
	 */
	SessionSweeper(ClassLoader loader, Runnable sweep) {
		this.sweep = sweep;
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(null, task, "millrace-sessions", 0, false);
			thread.setDaemon(true);
			thread.setContextClassLoader(loader);
			return thread;
		});
		// A session that is created while the application stops needs no sweep.
		this.timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
	}

	/** There is a session. Costs one read from the second time on. */
	void begin() {
		if (!this.started.get() && this.started.compareAndSet(false, true)) {
			this.timer.scheduleWithFixedDelay(this::run, SECONDS, SECONDS, TimeUnit.SECONDS);
		}
	}

	private void run() {
		try {
			this.sweep.run();
		}
		catch (RuntimeException ex) {
			// It would not be called again.
			logger.error("Overdue sessions could not be ended", ex);
		}
	}

	/** Stop; a sweep that is under way goes on to its end. */
	void end() {
		this.timer.shutdown();
	}

}
