package io.millrace.boot.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EngineTroublesTests {

	private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

	private final TestClock clock = new TestClock();

	private final EngineTroubles troubles = new EngineTroubles(this.clock);

	@Test
	void whatIsStuckIsATroubleUntilAllOfItGoesOn() {
		this.troubles.stuck("pool");
		this.clock.pass(Duration.ofSeconds(3));
		this.troubles.stuck("pool");
		assertThat(this.troubles.now()).containsExactly(new EngineTroubles.Trouble("pool", 2, START));
		this.troubles.recovered("pool");
		assertThat(this.troubles.now()).containsExactly(new EngineTroubles.Trouble("pool", 1, START));
		this.troubles.recovered("pool");
		assertThat(this.troubles.now()).isEmpty();
	}

	@Test
	void aWorkerThatTakesLongIsNone() {
		this.troubles.stuck("worker");
		this.troubles.stuck("pinned");
		assertThat(this.troubles.now()).isEmpty();
	}

	@Test
	void descriptorsAreExhaustedAsLongAsConnectionsCannotBeAccepted() {
		this.troubles.acceptFailed("descriptors");
		this.clock.pass(Duration.ofSeconds(1));
		this.troubles.acceptFailed("descriptors");
		this.clock.pass(Duration.ofSeconds(2));
		assertThat(this.troubles.now()).containsExactly(new EngineTroubles.Trouble("descriptors", 1, START));
		this.clock.pass(Duration.ofMillis(1));
		assertThat(this.troubles.now()).isEmpty();
		this.troubles.acceptFailed("descriptors");
		assertThat(this.troubles.now()).extracting(EngineTroubles.Trouble::since).containsExactly(this.clock.instant());
	}

	@Test
	void otherFailuresToAcceptAreNone() {
		this.troubles.acceptFailed("other");
		assertThat(this.troubles.now()).isEmpty();
	}

	private static final class TestClock extends Clock {

		private Instant now = START;

		void pass(Duration time) {
			this.now = this.now.plus(time);
		}

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
