package io.millrace.core.transport;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.StackSnapshot;
import io.millrace.core.observe.WatchOptions;
import io.millrace.core.worker.CarryingLoop;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of event loops that are busy with one thing for too long, which keeps all their
 * connections waiting: once each time, with a stack. A loop is asked to say that it is
 * there, and to be asked twice it must have answered. Owned by the keeper.
 */
public final class LoopWatch {

	private static final Logger logger = LoggerFactory.getLogger(LoopWatch.class);

	private final List<Watched> loops;

	private final long blockedNanos;

	private final EngineObserver observer;

	/**
	 * Create a watch.
	 * @param loops the loops
	 * @param options from when on one counts as stuck
	 * @param observer is told of it
	 */
	public LoopWatch(EventLoops loops, WatchOptions options, EngineObserver observer) {
		this.loops = loops.each().stream().map(Watched::new).toList();
		this.blockedNanos = options.eventLoop().toNanos();
		this.observer = observer;
	}

	/** Get to know the threads of the loops, which are started by that. */
	public void start() {
		this.loops.forEach((loop) -> loop.ask(System.nanoTime()));
	}

	/** Look at all loops. */
	public void look() {
		if (this.blockedNanos > 0) {
			long now = System.nanoTime();
			this.loops.forEach((loop) -> look(loop, now));
		}
	}

	private void look(Watched loop, long now) {
		Thread thread = loop.thread;
		if (loop.answered) {
			if (loop.told) {
				this.observer.recovered("event_loop");
				logger.warn("{} goes on after some {} ms", name(thread), (now - loop.askedAt) / 1_000_000);
			}
			// Not more often than needs be: asking wakes a loop that sleeps.
			if (loop.told || now - loop.askedAt >= this.blockedNanos / 2) {
				loop.ask(now);
			}
		}
		else if (now - loop.askedAt >= this.blockedNanos && !loop.told && thread != null) {
			loop.told = true;
			this.observer.stuck("event_loop");
			logger.warn(
					"{} has been busy with one thing for {} ms: all its connections wait. What blocks belongs on a "
							+ "worker",
					name(thread), (now - loop.askedAt) / 1_000_000, StackSnapshot.of(loop.running(thread)));
		}
	}

	private static String name(@Nullable Thread thread) {
		return (thread != null) ? thread.getName() : "An event loop";
	}

	private static final class Watched {

		private final EventLoop loop;

		// Written by the loop.
		private volatile boolean answered = true;

		private volatile @Nullable Thread thread;

		private long askedAt;

		private boolean told;

		Watched(EventLoop loop) {
			this.loop = loop;
			this.askedAt = System.nanoTime();
		}

		void ask(long now) {
			this.askedAt = now;
			this.told = false;
			this.answered = false;
			try {
				this.loop.execute(this::answer);
			}
			catch (RejectedExecutionException ex) {
				// It has stopped.
				this.answered = true;
			}
		}

		// What holds a loop that carries others is mostly one of those.
		Thread running(Thread thread) {
			Thread running = (this.loop instanceof CarryingLoop carrying) ? carrying.carrier().running() : null;
			return (running != null) ? running : thread;
		}

		private void answer() {
			this.thread = Thread.currentThread();
			this.answered = true;
		}

	}

}
