package io.millrace.boot.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.millrace.core.observe.EngineSnapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link RecentSnapshot}.
 */
class RecentSnapshotTests {

	private final AtomicInteger taken = new AtomicInteger();

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);

	private final RecentSnapshot snapshots = new RecentSnapshot(() -> snapshot(this.taken.incrementAndGet()),
			this.now::get);

	@Test
	void oneReadingIsForAllWhoAskWithinAMoment() {
		EngineSnapshot first = this.snapshots.get();
		this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(99));
		assertThat(this.snapshots.get()).isSameAs(first);
		assertThat(this.taken).hasValue(1);
	}

	@Test
	void whoAsksLaterGetsANewOne() {
		EngineSnapshot first = this.snapshots.get();
		this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
		assertThat(this.snapshots.get()).isNotSameAs(first);
		assertThat(this.taken).hasValue(2);
	}

	private static EngineSnapshot snapshot(int port) {
		return new EngineSnapshot(Instant.EPOCH, Duration.ZERO, "running", "nio", port, List.of(),
				new EngineSnapshot.Connections(0, 0, 0, 0, 0, Map.of(), Map.of(), 0, 0, 0, 0, Map.of()),
				new EngineSnapshot.Requests(0, 0, 0, 0, Map.of()),
				new EngineSnapshot.Refusals(Map.of(), 0, 0, 0, Map.of(), Map.of(), Map.of()), List.of(), List.of(),
				null, List.of(), new EngineSnapshot.Buffers(0, 0, -1, -1));
	}

}
