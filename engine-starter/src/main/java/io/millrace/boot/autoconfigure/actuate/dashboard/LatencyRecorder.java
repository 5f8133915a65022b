package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.util.concurrent.TimeUnit;

import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.ObservedExchange;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps how long requests waited and took, while somebody watches. While nobody does, a
 * request costs the look at one field, and there is no memory for it.
 */
final class LatencyRecorder implements EngineObserver {

	private volatile @Nullable Recording recording;

	/** Keep what comes from now on. */
	void start() {
		this.recording = new Recording();
	}

	/** Forget what there is, and what comes. */
	void stop() {
		this.recording = null;
	}

	/**
	 * What was kept since it was asked last. By one thread at a time.
	 * @return the latencies, {@code null} while nobody watches
	 */
	@Nullable Latencies take() {
		Recording current = this.recording;
		return (current != null) ? current.take() : null;
	}

	@Override
	public boolean wantsExchanges() {
		return true;
	}

	@Override
	public void exchangeEnded(ObservedExchange exchange, boolean completed) {
		Recording current = this.recording;
		if (current != null) {
			current.add(exchange);
		}
	}

	/**
	 * What was kept.
	 *
	 * @param service from the start of the handler to the last byte
	 * @param queueWait from the head to the start of the handler
	 */
	record Latencies(Percentiles service, Percentiles queueWait) {

	}

	/**
	 * One time that somebody watches. Requests may add on any thread, without waiting.
	 */
	private static final class Recording {

		// A longer one counts as this.
		private static final long LONGEST = TimeUnit.HOURS.toMicros(1);

		private static final int DIGITS = 2;

		private final Recorder service = new Recorder(LONGEST, DIGITS);

		private final Recorder wait = new Recorder(LONGEST, DIGITS);

		// Owned by who takes.
		private @Nullable Histogram lastService;

		private @Nullable Histogram lastWait;

		void add(ObservedExchange exchange) {
			if (exchange.mode().equals(ObservedExchange.UNHANDLED)) {
				return;
			}
			this.wait.recordValue(micros(exchange.waitNanos()));
			if (!lastsAsTheClientLikes(exchange)) {
				this.service.recordValue(micros(exchange.serviceNanos()));
			}
		}

		// One that leaves after an hour was not slow; ours is among them.
		private static boolean lastsAsTheClientLikes(ObservedExchange exchange) {
			String type = exchange.responseHeader("Content-Type");
			return exchange.status() == 101 || (type != null && type.startsWith("text/event-stream"));
		}

		private static long micros(long nanos) {
			return Math.min(Math.max(nanos, 0) / 1000, LONGEST);
		}

		Latencies take() {
			Histogram service = this.service.getIntervalHistogram(this.lastService);
			Histogram wait = this.wait.getIntervalHistogram(this.lastWait);
			this.lastService = service;
			this.lastWait = wait;
			return new Latencies(Percentiles.of(service), Percentiles.of(wait));
		}

	}

}
