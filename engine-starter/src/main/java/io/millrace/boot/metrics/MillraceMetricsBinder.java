package io.millrace.boot.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.boot.RunningEngine;
import io.millrace.core.Engine;
import io.millrace.core.observe.EngineSnapshot;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Binds the {@linkplain MillraceMeters meters} of the application's engine to registries.
 * The timers are there from the first request on; what is read from the engine is
 * registered as soon as it runs, since its pools and loops are known then. All of it
 * leaves the registries when the binder is closed, so that a registry that outlives the
 * application context holds nothing of it. Any thread may bind.
 */
public final class MillraceMetricsBinder
		implements MeterBinder, ApplicationListener<WebServerInitializedEvent>, AutoCloseable {

	private static final Log logger = LogFactory.getLog(MillraceMetricsBinder.class);

	private final RunningEngine engine;

	private final ExchangeTimers timers;

	// All of these are guarded by this.
	private final List<MeterRegistry> waiting = new ArrayList<>();

	private final List<RegisteredMeters> registered = new ArrayList<>();

	private @Nullable RecentSnapshot snapshots;

	/**
	 * Create a binder.
	 * @param engine finds the engine
	 * @param timers an observer of the same engine
	 */
	public MillraceMetricsBinder(RunningEngine engine, ExchangeTimers timers) {
		this.engine = engine;
		this.timers = timers;
	}

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		this.timers.bindTo(registry);
		this.waiting.add(registry);
		register();
	}

	@Override
	public synchronized void onApplicationEvent(WebServerInitializedEvent event) {
		register();
	}

	private void register() {
		Engine engine = this.engine.get();
		if (engine == null) {
			return;
		}
		if (this.snapshots == null) {
			this.snapshots = new RecentSnapshot(engine::snapshot, System::nanoTime);
		}
		for (MeterRegistry registry : this.waiting) {
			register(registry, this.snapshots);
		}
		this.waiting.clear();
	}

	// The application is worth more than its meters.
	private void register(MeterRegistry registry, RecentSnapshot snapshots) {
		RegisteredMeters meters = new RegisteredMeters(registry, snapshots);
		this.registered.add(meters);
		try {
			EngineSnapshot first = snapshots.get();
			new SnapshotMeters(meters).register(first);
			modes(first).forEach(this.timers::prepare);
		}
		catch (RuntimeException ex) {
			logger.warn("Meters of Millrace could not be registered", ex);
		}
	}

	private static Stream<String> modes(EngineSnapshot snapshot) {
		return snapshot.workers().stream().map(EngineSnapshot.Workers::mode).distinct();
	}

	@Override
	public synchronized void close() {
		this.waiting.clear();
		this.registered.forEach(RegisteredMeters::remove);
		this.registered.clear();
		this.timers.remove();
	}

}
