package io.millrace.boot.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.millrace.core.observe.EngineObserver;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the engine at the moment, by what it tells: something is stuck until
 * it is said to go on, and descriptors are exhausted as long as connections cannot be
 * accepted for want of them, which is tried ten times a second.
 */
class EngineTroubles implements EngineObserver {

	static final String DESCRIPTORS = "descriptors";

	private static final Set<String> LASTING = Set.of("event_loop", "pool", "scheduler");

	// Some attempts to accept may not come to pass while a loop is busy.
	private static final Duration PASSED = Duration.ofSeconds(2);

	private final Clock clock;

	private final Map<String, Trouble> stuck = new ConcurrentHashMap<>();

	// Guarded by this, as is what follows; both written together.
	private @Nullable Instant firstFailure;

	private @Nullable Instant lastFailure;

	EngineTroubles(Clock clock) {
		this.clock = clock;
	}

	@Override
	public void stuck(String kind) {
		if (LASTING.contains(kind)) {
			this.stuck.compute(kind, (key, trouble) -> (trouble == null) ? new Trouble(kind, 1, this.clock.instant())
					: new Trouble(kind, trouble.count() + 1, trouble.since()));
		}
	}

	@Override
	public void recovered(String kind) {
		this.stuck.computeIfPresent(kind, (key, trouble) -> (trouble.count() <= 1) ? null
				: new Trouble(kind, trouble.count() - 1, trouble.since()));
	}

	@Override
	public void acceptFailed(String reason) {
		if (reason.equals(DESCRIPTORS)) {
			failed(this.clock.instant());
		}
	}

	private synchronized void failed(Instant now) {
		if (this.lastFailure == null || this.lastFailure.plus(PASSED).isBefore(now)) {
			this.firstFailure = now;
		}
		this.lastFailure = now;
	}

	/**
	 * What is wrong now.
	 * @return one of each kind, nothing where all is well
	 */
	List<Trouble> now() {
		List<Trouble> troubles = new ArrayList<>(this.stuck.values());
		Instant since = failingSince();
		if (since != null) {
			troubles.add(new Trouble(DESCRIPTORS, 1, since));
		}
		return troubles;
	}

	private synchronized @Nullable Instant failingSince() {
		return (this.lastFailure != null && !this.lastFailure.plus(PASSED).isBefore(this.clock.instant()))
				? this.firstFailure : null;
	}

	/**
	 * Something that is wrong.
	 *
	 * @param kind event_loop, pool, scheduler, or descriptors
	 * @param count how many of its kind are
	 * @param since when the first of them was noticed
	 */
	record Trouble(String kind, int count, Instant since) {

		String description() {
			return switch (this.kind) {
				case "event_loop" -> "Busy with one thing: all connections of the event loop wait";
				case "pool" -> "All threads are busy, requests wait, and none is begun";
				case "scheduler" ->
					"The JDK runs no virtual thread: all carriers are busy with what does not leave them";
				default -> "No files or sockets are left: no connection can be accepted";
			};
		}

	}

}
