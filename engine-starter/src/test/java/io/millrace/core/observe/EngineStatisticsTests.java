package io.millrace.core.observe;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link EngineStatistics}.
 */
class EngineStatisticsTests {

	private final EngineStatistics statistics = new EngineStatistics(new ObservedKinds(List.of("per_ip"),
			List.of("descriptors", "other"), List.of("full", "limit"), List.of("idle"), List.of("syntax")));

	@Test
	void allKindsAreThereAtZero() {
		EngineSnapshot.Refusals refusals = this.statistics.refusals();
		assertThat(refusals.refused()).isEqualTo(Map.of("full", 0L, "limit", 0L));
		assertThat(refusals.timeouts()).isEqualTo(Map.of("idle", 0L));
		assertThat(refusals.protocolErrors()).isEqualTo(Map.of("syntax", 0L));
		assertThat(refusals.stuck()).containsOnlyKeys("worker", "event_loop", "pool", "scheduler", "pinned")
			.allSatisfy((kind, count) -> assertThat(count).isZero());
		assertThat(this.statistics.connections(0).refused()).isEqualTo(Map.of("per_ip", 0L));
		assertThat(this.statistics.connections(0).acceptFailures()).isEqualTo(Map.of("descriptors", 0L, "other", 0L));
		assertThat(this.statistics.requests().byStatus()).containsOnlyKeys("1xx", "2xx", "3xx", "4xx", "5xx");
	}

	@Test
	void whatNobodyHasForeseenIsCountedNevertheless() {
		this.statistics.refused("tuesday");
		this.statistics.refused("full");
		assertThat(this.statistics.refusals().refused()).isEqualTo(Map.of("full", 1L, "limit", 0L, "tuesday", 1L));
	}

	@Test
	void requestsAreUnderWayUntilTheyWereAnsweredOrCut() {
		for (int i = 0; i < 5; i++) {
			this.statistics.main().exchangeStarted();
		}
		this.statistics.main().answered(204);
		this.statistics.main().answered(404);
		this.statistics.main().answered(999);
		this.statistics.main().aborted();
		EngineSnapshot.Requests requests = this.statistics.requests();
		assertThat(requests.started()).isEqualTo(5);
		assertThat(requests.inFlight()).isOne();
		assertThat(requests.completed()).isEqualTo(3);
		assertThat(requests.aborted()).isOne();
		assertThat(requests.byStatus()).isEqualTo(Map.of("1xx", 0L, "2xx", 1L, "3xx", 0L, "4xx", 1L, "5xx", 1L));
	}

	@Test
	void aConnectionIsIdleUnlessARequestIsUnderWay() {
		this.statistics.main().connectionOpened();
		this.statistics.main().connectionOpened();
		this.statistics.main().connectionOpened();
		this.statistics.main().connectionClosed();
		this.statistics.main().exchangeStarted();
		this.statistics.main().received(10);
		this.statistics.main().sent(20);
		EngineSnapshot.Connections connections = this.statistics.connections(100);
		assertThat(connections.open()).isEqualTo(2);
		assertThat(connections.idle()).isOne();
		assertThat(connections.limit()).isEqualTo(100);
		assertThat(connections.accepted()).isEqualTo(3);
		assertThat(connections.closed()).isOne();
		assertThat(connections.bytesIn()).isEqualTo(10);
		assertThat(connections.bytesOut()).isEqualTo(20);
	}

	@Test
	void whatListenersHaveIsCountedForEachAndForAll() {
		ListenerStatistics other = this.statistics.listener("other");
		this.statistics.main().connectionOpened();
		other.connectionOpened();
		other.connectionOpened();
		other.exchangeStarted();
		other.connectionRefused("per_ip");
		other.received(7);
		assertThat(other.connections(0).open()).isEqualTo(2);
		assertThat(other.connections(0).idle()).isOne();
		assertThat(this.statistics.main().connections(0).refused()).isEqualTo(Map.of("per_ip", 0L));
		EngineSnapshot.Connections all = this.statistics.connections(5);
		assertThat(all.open()).isEqualTo(3);
		assertThat(all.idle()).isEqualTo(2);
		assertThat(all.limit()).isEqualTo(5);
		assertThat(all.bytesIn()).isEqualTo(7);
		assertThat(all.refused()).isEqualTo(Map.of("per_ip", 1L));
		assertThat(this.statistics.requests().inFlight()).isOne();
		assertThat(this.statistics.listener("other")).isSameAs(other);
	}

}
