package io.millrace.core;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import io.millrace.core.worker.AdjustableLimit;
import io.millrace.core.worker.ResizableWorkerPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes an engine while it runs. What is changed holds until it is changed again or the
 * process ends; nothing of it is kept. Each change is logged and remembered. Any thread
 * may call; changes that are asked for at the same time are made one after the other.
 */
public final class EngineControl {

	private static final Logger logger = LoggerFactory.getLogger(EngineControl.class);

	// The last of each kind is always among them.
	private static final int REMEMBERED = 256;

	// The core's names of what is set at start.
	private static final Map<String, EngineSetting> OPTIONS = Map.of("maxThreads", EngineSetting.WORKERS,
			"maxConcurrency", EngineSetting.WORKERS, "admissionInitial", EngineSetting.LIMIT, "admissionMin",
			EngineSetting.LIMIT_MIN, "admissionMax", EngineSetting.LIMIT_MAX);

	private static final String DRAIN = "drain";

	private final Engine engine;

	// A drain waits for loops that are busy: nobody else is to wait for it.
	private final Object draining = new Object();

	// Both are written under a lock: of the list, and of what is above.
	private final List<EngineChange> changes = new CopyOnWriteArrayList<>();

	private volatile @Nullable CompletionStage<Void> drained;

	EngineControl(Engine engine) {
		this.engine = engine;
	}

	/**
	 * What can be changed at the moment.
	 * @return what it is now, by setting; what cannot be changed is not in it. Empty
	 * before the engine is started for the first time
	 */
	public Map<EngineSetting, Integer> current() {
		Adjustables now = this.engine.adjustables();
		Map<EngineSetting, Integer> values = new EnumMap<>(EngineSetting.class);
		ResizableWorkerPool pool = now.pool();
		if (pool != null) {
			values.put(EngineSetting.WORKERS, pool.maxRunning());
			values.put(EngineSetting.QUEUE_CAPACITY, pool.queueCapacity());
		}
		AdjustableLimit limit = now.limit();
		if (limit != null) {
			values.put(EngineSetting.LIMIT, limit.limit());
			if (limit.isAdaptive()) {
				values.put(EngineSetting.LIMIT_MIN, limit.min());
				values.put(EngineSetting.LIMIT_MAX, limit.max());
			}
		}
		return values;
	}

	/**
	 * Change settings: all of them, or none where one of them cannot be as it should.
	 * What is in flight or waits is not touched by it: see
	 * {@link ResizableWorkerPool#resize} and {@link AdjustableLimit#adjust}.
	 * @param values what is to be changed to what
	 * @param by who wants it, as it is logged and remembered, {@code null} where nobody
	 * knows
	 * @return what has changed; what was so already is not in it
	 * @throws IllegalArgumentException naming what is out of range, or cannot be changed
	 * here and why
	 */
	public synchronized List<EngineChange> change(Map<EngineSetting, Integer> values, @Nullable String by) {
		Map<EngineSetting, Integer> before = current();
		check(values.keySet(), before.keySet());
		Adjustables now = this.engine.adjustables();
		Map<EngineSetting, Integer> wanted = new EnumMap<>(before);
		wanted.putAll(values);
		resize(now.pool(), before, wanted);
		try {
			adjust(now.limit(), values, wanted);
		}
		catch (IllegalArgumentException ex) {
			resize(now.pool(), wanted, before);
			throw named(ex);
		}
		return remember(before, current(), values.keySet(), by);
	}

	private void check(Set<EngineSetting> wanted, Set<EngineSetting> possible) {
		if (wanted.isEmpty()) {
			throw new IllegalArgumentException(
					"There is nothing to change. What can be changed here: " + names(possible));
		}
		for (EngineSetting setting : wanted) {
			if (!possible.contains(setting)) {
				throw new IllegalArgumentException(setting.id() + " cannot be changed, since "
						+ this.engine.adjustables().whyNot(setting) + ". What can be changed here: " + names(possible));
			}
		}
	}

	private static String names(Set<EngineSetting> settings) {
		List<String> names = settings.stream().map(EngineSetting::id).toList();
		return names.isEmpty() ? "nothing" : String.join(", ", names);
	}

	private static void resize(@Nullable ResizableWorkerPool pool, Map<EngineSetting, Integer> from,
			Map<EngineSetting, Integer> to) {
		Integer workers = to.get(EngineSetting.WORKERS);
		Integer capacity = to.get(EngineSetting.QUEUE_CAPACITY);
		if (pool == null || workers == null || capacity == null || (workers.equals(from.get(EngineSetting.WORKERS))
				&& capacity.equals(from.get(EngineSetting.QUEUE_CAPACITY)))) {
			return;
		}
		try {
			pool.resize(workers, capacity);
		}
		catch (IllegalArgumentException ex) {
			throw named(ex);
		}
	}

	private static void adjust(@Nullable AdjustableLimit adjustable, Map<EngineSetting, Integer> values,
			Map<EngineSetting, Integer> wanted) {
		Integer limit = wanted.get(EngineSetting.LIMIT);
		if (adjustable == null || limit == null || (!values.containsKey(EngineSetting.LIMIT)
				&& !values.containsKey(EngineSetting.LIMIT_MIN) && !values.containsKey(EngineSetting.LIMIT_MAX))) {
			return;
		}
		int min = wanted.getOrDefault(EngineSetting.LIMIT_MIN, limit);
		int max = wanted.getOrDefault(EngineSetting.LIMIT_MAX, limit);
		// Where only the bounds are said the limit follows them.
		int now = values.containsKey(EngineSetting.LIMIT) ? limit : Math.max(min, Math.min(max, limit));
		adjustable.adjust(now, min, max);
	}

	// As at start, but for the names.
	private static IllegalArgumentException named(IllegalArgumentException refusal) {
		String message = String.valueOf(refusal.getMessage());
		for (Map.Entry<String, EngineSetting> option : OPTIONS.entrySet()) {
			message = message.replace(option.getKey(), option.getValue().id());
		}
		return new IllegalArgumentException(message, refusal);
	}

	private List<EngineChange> remember(Map<EngineSetting, Integer> before, Map<EngineSetting, Integer> after,
			Set<EngineSetting> asked, @Nullable String by) {
		List<EngineChange> made = new ArrayList<>();
		for (Map.Entry<EngineSetting, Integer> setting : after.entrySet()) {
			Integer from = before.get(setting.getKey());
			// A limit that follows its bounds was not asked for, and has no change of its
			// own: it changes by itself all the time.
			if (from != null && asked.contains(setting.getKey()) && !from.equals(setting.getValue())) {
				made.add(remember(setting.getKey().id(), from.toString(), setting.getValue().toString(), by));
			}
		}
		return made;
	}

	private EngineChange remember(String setting, String from, String to, @Nullable String by) {
		String who = (by != null) ? by.replaceAll("\\p{Cntrl}", "?") : null;
		EngineChange change = new EngineChange(setting, from, to, Instant.now(), who);
		synchronized (this.changes) {
			this.changes.add(change);
			if (this.changes.size() > REMEMBERED) {
				forgetOne();
			}
		}
		logger.info("Changed at run time by {}: {} from {} to {}", (who != null) ? who : "somebody", setting, from, to);
		return change;
	}

	// The oldest that was followed by another one of the same setting.
	private void forgetOne() {
		for (int i = 0; i < this.changes.size(); i++) {
			String setting = this.changes.get(i).setting();
			if (this.changes.stream().skip(i + 1L).anyMatch((later) -> later.setting().equals(setting))) {
				this.changes.remove(i);
				return;
			}
		}
	}

	/**
	 * Accept no more connections, answer what is in flight with
	 * {@code Connection: close}, close idle connections: {@link Engine#drain()}, which
	 * says when that has ended. Blocks as that does.
	 * @param by who wants it, {@code null} where nobody knows
	 * @return the change, {@code null} where the engine drains or has drained already
	 * @throws IllegalStateException where nothing is accepted, as the engine was not
	 * started or is stopped
	 */
	public @Nullable EngineChange drain(@Nullable String by) {
		if (this.engine.listeners().isEmpty()) {
			throw new IllegalStateException("The engine accepts nothing that could be drained");
		}
		synchronized (this.draining) {
			CompletionStage<Void> now = this.engine.drain();
			if (now == this.drained) {
				return null;
			}
			this.drained = now;
			return remember(DRAIN, "false", "true", by);
		}
	}

	/**
	 * Accept connections again after a {@linkplain #drain drain} that has ended, at the
	 * address that the configuration says. Not to be called by an event loop.
	 * @param by who wants it, {@code null} where nobody knows
	 * @return the change
	 * @throws IllegalStateException where the engine does not drain by this control, or
	 * has something to answer still
	 * @throws IOException where the address cannot be bound any more; it may be tried
	 * again
	 */
	public EngineChange resume(@Nullable String by) throws IOException {
		synchronized (this.draining) {
			CompletionStage<Void> before = this.drained;
			if (before == null || this.engine.isAccepting()) {
				throw new IllegalStateException("drain cannot be set to false, since the engine does not drain");
			}
			if (!before.toCompletableFuture().isDone()) {
				throw new IllegalStateException("drain cannot be set to false as long as requests are answered: "
						+ "wait until the last connection has nothing more to answer");
			}
			this.engine.stop();
			this.engine.start();
			this.drained = null;
			return remember(DRAIN, "true", "false", by);
		}
	}

	/**
	 * Whether the engine was {@linkplain #drain drained} by this control.
	 * @return {@code true} from then on until it {@linkplain #resume accepts} again
	 */
	public boolean isDraining() {
		return this.drained != null && !this.engine.isAccepting();
	}

	/**
	 * What has been changed, the last one last; the last 256 changes, and in any case the
	 * last one of each setting.
	 * @return the changes
	 */
	public List<EngineChange> changes() {
		return List.copyOf(this.changes);
	}

}
