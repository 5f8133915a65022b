package io.millrace.core.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.EngineSnapshot;
import io.millrace.core.observe.LoopMeter;
import io.millrace.core.observe.LoopStall;
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
 * there, once a second or more often, and to be asked twice it must have answered; how
 * long that takes is its lag. Owned by the keeper.
 */
public final class LoopWatch {

	private static final Logger logger = LoggerFactory.getLogger(LoopWatch.class);

	private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

	private final List<Watched> loops;

	// 0 where nobody wants to be told.
	private final long blockedNanos;

	private final long pauseNanos;

	private final EngineObserver observer;

	/**
	 * Create a watch.
	 * @param loops the loops
	 * @param options from when on one counts as stuck
	 * @param observer is told of it
	 */
	public LoopWatch(EventLoops loops, WatchOptions options, EngineObserver observer) {
		this.loops = loops.each().stream().map((loop) -> new Watched(loop, loops.meter(loop))).toList();
		this.blockedNanos = options.eventLoop().toNanos();
		this.pauseNanos = (this.blockedNanos > 0) ? Math.min(LONGEST_PAUSE, this.blockedNanos / 2) : LONGEST_PAUSE;
		this.observer = observer;
	}

	/** Get to know the threads of the loops, which are started by that. */
	public void start() {
		// Whom the keeper knows by then it asks itself.
		this.loops.stream().filter((loop) -> loop.thread == null).forEach((loop) -> loop.ask(System.nanoTime()));
	}

	/** Look at all loops. */
	public void look() {
		long now = System.nanoTime();
		this.loops.forEach((loop) -> look(loop, now));
	}

	/**
	 * What the loops are doing. Any thread may ask, and no loop has to answer for it.
	 * @return one reading of each
	 */
	public List<EngineSnapshot.EventLoop> read() {
		long now = System.nanoTime();
		return this.loops.stream().map((loop) -> loop.read(now)).toList();
	}

	private void look(Watched loop, long now) {
		loop.meter.sample();
		Thread thread = loop.thread;
		if (loop.answered) {
			if (loop.told) {
				this.observer
					.loopStalled(new LoopStall(name(thread), Duration.ofNanos(now - loop.askedAt), true, null));
				logger.warn("{} goes on after some {} ms", name(thread), (now - loop.askedAt) / 1_000_000);
			}
			// Not more often than needs be: asking wakes a loop that sleeps.
			if (loop.told || now - loop.askedAt >= this.pauseNanos) {
				loop.ask(now);
			}
		}
		else if (this.blockedNanos > 0 && now - loop.askedAt >= this.blockedNanos && !loop.told && thread != null) {
			loop.told = true;
			StackSnapshot stack = StackSnapshot.of(loop.running(thread));
			this.observer.loopStalled(new LoopStall(name(thread), Duration.ofNanos(now - loop.askedAt), false, stack));
			logger.warn("{} has been busy with one thing for {} ms: all its connections wait. What blocks belongs on a "
					+ "worker", name(thread), (now - loop.askedAt) / 1_000_000, stack);
		}
	}

	private static String name(@Nullable Thread thread) {
		return (thread != null) ? thread.getName() : "An event loop";
	}

	private static final class Watched {

		private final EventLoop loop;

		private final LoopMeter meter;

		// Written by the loop.
		private volatile long lagNanos;

		private volatile boolean answered = true;

		private volatile @Nullable Thread thread;

		private volatile long askedAt;

		private boolean told;

		Watched(EventLoop loop, LoopMeter meter) {
			this.loop = loop;
			this.meter = meter;
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
			this.lagNanos = System.nanoTime() - this.askedAt;
			this.answered = true;
		}

		EngineSnapshot.EventLoop read(long now) {
			long lag = this.lagNanos;
			if (!this.answered) {
				lag = Math.max(lag, now - this.askedAt);
			}
			return new EngineSnapshot.EventLoop(name(this.thread), this.meter.connections(), Duration.ofNanos(lag),
					this.meter.busyNanos(), this.meter.busyRatio());
		}

	}

}
