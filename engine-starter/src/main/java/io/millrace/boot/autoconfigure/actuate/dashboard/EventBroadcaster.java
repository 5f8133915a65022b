package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.millrace.core.observe.LogThrottle;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Reads the engine once a second and tells all subscribers, as long as there are any:
 * there is one thread for all of them, and none for nobody. Any thread may call.
 */
final class EventBroadcaster implements SmartLifecycle, DisposableBean {

	private static final Log logger = LogFactory.getLog(EventBroadcaster.class);

	static final String MAX_SUBSCRIBERS = "management.endpoint.millrace.stream.max-subscribers";

	private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

	private final LogThrottle throttle = new LogThrottle();

	private final Sampler sampler;

	private final int maxSubscribers;

	private final long interval;

	// All guarded by this.
	private final Set<EventSubscriber> subscribers = new LinkedHashSet<>();

	private @Nullable ScheduledFuture<?> telling;

	private boolean running;

	// One thread, so that a start never overtakes the stop before it; it ends when there
	// is nothing to do.
	private final ScheduledThreadPoolExecutor timer;

	/**
	 * Create a broadcaster.
	 * @param sampler reads the engine
	 * @param maxSubscribers how many may subscribe
	 * @param interval how long from one event to the next
	 */
	EventBroadcaster(Sampler sampler, int maxSubscribers, Duration interval) {
		this.sampler = sampler;
		this.maxSubscribers = maxSubscribers;
		this.interval = interval.toMillis();
		this.timer = timer();
	}

	private static ScheduledThreadPoolExecutor timer() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("millrace-stream-");
		threads.setDaemon(true);
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
		timer.setKeepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
		timer.allowCoreThreadTimeOut(true);
		timer.setRemoveOnCancelPolicy(true);
		return timer;
	}

	/**
	 * Why one more cannot be told.
	 * @return why, {@code null} where he can
	 */
	synchronized @Nullable String refusal() {
		if (!this.running) {
			return "The application shuts down.";
		}
		if (!this.sampler.hasEngine()) {
			return "The application is not served by the engine of Millrace.";
		}
		if (this.subscribers.size() >= this.maxSubscribers) {
			return "As many read the stream as may: " + MAX_SUBSCRIBERS + " is " + this.maxSubscribers + ".";
		}
		return null;
	}

	/**
	 * Tell one more from now on.
	 * @param subscriber who is told; not after {@link #remove}
	 * @return why not, {@code null} where he is
	 */
	synchronized @Nullable String add(EventSubscriber subscriber) {
		String refusal = refusal();
		if (refusal == null) {
			this.subscribers.add(subscriber);
			if (this.telling == null) {
				this.timer.execute(this.sampler::start);
				this.telling = this.timer.scheduleAtFixedRate(this::tell, this.interval, this.interval,
						TimeUnit.MILLISECONDS);
			}
		}
		return refusal;
	}

	/**
	 * Tell one no more.
	 * @param subscriber who has gone
	 */
	synchronized void remove(EventSubscriber subscriber) {
		this.subscribers.remove(subscriber);
		if (this.telling != null && this.subscribers.isEmpty()) {
			this.telling.cancel(false);
			this.telling = null;
			this.timer.execute(this.sampler::stop);
		}
	}

	/**
	 * How many are told.
	 * @return their number
	 */
	synchronized int subscribers() {
		return this.subscribers.size();
	}

	private void tell() {
		try {
			Sample sample = this.sampler.next();
			if (sample != null) {
				tell(("data: " + sample.toJson() + "\n\n").getBytes(StandardCharsets.UTF_8));
			}
		}
		catch (Throwable ex) {
			// A timer forgets what has failed once, whatever it was.
			if (this.throttle.isDue()) {
				logger.warn("An event of the stream was left out", ex);
			}
		}
	}

	private void tell(byte[] event) {
		for (EventSubscriber each : current()) {
			if (!each.offer(event)) {
				logger.debug("A subscriber of the stream does not read and is dropped");
				remove(each);
				each.end();
			}
		}
	}

	private synchronized List<EventSubscriber> current() {
		return List.copyOf(this.subscribers);
	}

	@Override
	public synchronized void start() {
		this.running = true;
	}

	/** End all streams, which a server that drains would wait for. */
	@Override
	public void stop() {
		List<EventSubscriber> last;
		synchronized (this) {
			this.running = false;
			last = current();
		}
		last.forEach((each) -> {
			remove(each);
			each.end();
		});
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/** Stopped before the server drains, and the management server with it. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE;
	}

	@Override
	public void destroy() {
		this.timer.shutdownNow();
	}

}
