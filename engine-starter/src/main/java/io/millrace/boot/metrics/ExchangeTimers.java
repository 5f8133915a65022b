package io.millrace.boot.metrics;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.observe.ObservedExchange;
import org.jspecify.annotations.Nullable;

/**
 * Times each request: how long it has waited, and how long it was run. In all registries
 * that are bound; until one is, nothing is recorded.
 */
public final class ExchangeTimers implements EngineObserver {

	private final boolean wanted;

	// Replaced whole, under the lock of this.
	private volatile RegistryTimers[] registries = {};

	/**
	 * Create timers.
	 * @param wanted whether requests are timed at all
	 */
	public ExchangeTimers(boolean wanted) {
		this.wanted = wanted;
	}

	@Override
	public boolean wantsExchanges() {
		return this.wanted;
	}

	@Override
	public void exchangeEnded(ObservedExchange exchange, boolean completed) {
		// What was no request is counted as a protocol error only.
		if (exchange.method() != null) {
			for (RegistryTimers timers : this.registries) {
				timers.record(exchange);
			}
		}
	}

	/**
	 * Record in one more registry.
	 * @param registry the registry
	 */
	synchronized void bindTo(MeterRegistry registry) {
		List<RegistryTimers> more = new ArrayList<>(List.of(this.registries));
		more.add(new RegistryTimers(registry));
		this.registries = more.toArray(RegistryTimers[]::new);
	}

	/**
	 * Have the timers of one mode, for requests that are not urgent, registered before
	 * there is a request.
	 * @param mode as {@link ObservedExchange#mode()}
	 */
	void prepare(String mode) {
		for (RegistryTimers timers : this.registries) {
			timers.prepare(mode);
		}
	}

	/** Take the timers out of all registries and record no more. */
	synchronized void remove() {
		RegistryTimers[] all = this.registries;
		this.registries = new RegistryTimers[0];
		for (RegistryTimers timers : all) {
			timers.remove();
		}
	}

	/**
	 * The timers of one registry.
	 */
	private static final class RegistryTimers {

		private final TimerTable wait;

		private final TimerTable service;

		RegistryTimers(MeterRegistry registry) {
			this.wait = new TimerTable(MillraceMeters.QUEUE_WAIT, registry);
			this.service = new TimerTable(MillraceMeters.SERVICE_TIME, registry);
		}

		void prepare(String mode) {
			this.wait.timer(mode, "normal");
			this.service.timer(mode, "normal");
		}

		void record(ObservedExchange exchange) {
			String mode = exchange.mode();
			boolean handled = !mode.equals(ObservedExchange.UNHANDLED);
			if (handled || hasWaited(exchange.refusal())) {
				this.wait.record(mode, exchange.priority(), exchange.waitNanos());
			}
			if (handled) {
				this.service.record(mode, exchange.priority(), exchange.serviceNanos());
			}
		}

		// What is refused at once has not waited, and many zeros would hide how long
		// others do.
		private static boolean hasWaited(@Nullable String refusal) {
			return refusal == null || refusal.equals("waited") || refusal.equals("displaced")
					|| refusal.equals("request");
		}

		void remove() {
			this.wait.remove();
			this.service.remove();
		}

	}

}
