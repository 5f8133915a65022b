package io.millrace.core.observe;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link LoopMeter}.
 */
class LoopMeterTests {

	private final LoopMeter meter = new LoopMeter();

	private static void awaitTick(long since) {
		while (System.nanoTime() - since < 1_000_000) {
			Thread.onSpinWait();
		}
	}

	@Test
	void itIsBusyFromWhenItWakesUntilItWaits() {
		assertThat(this.meter.isWaiting()).isTrue();
		assertThat(this.meter.busyNanos()).isZero();
		long before = System.nanoTime();
		this.meter.wakes();
		assertThat(this.meter.clock()).isBetween(before, System.nanoTime());
		awaitTick(System.nanoTime());
		assertThat(this.meter.busyNanos()).as("what it is busy with counts").isGreaterThanOrEqualTo(1_000_000);
		this.meter.waits();
		long busy = this.meter.busyNanos();
		assertThat(busy).isBetween(1_000_000L, System.nanoTime() - before);
		awaitTick(System.nanoTime());
		assertThat(this.meter.busyNanos()).as("waiting does not").isEqualTo(busy);
		this.meter.waits();
		assertThat(this.meter.busyNanos()).as("saying so twice changes nothing").isEqualTo(busy);
		this.meter.wakes();
		this.meter.wakes();
		awaitTick(System.nanoTime());
		this.meter.waits();
		assertThat(this.meter.busyNanos()).isBetween(busy + 1_000_000, System.nanoTime() - before - 1_000_000);
	}

	@Test
	void aRatioTakesASecondToBeKnown() {
		this.meter.wakes();
		this.meter.sample();
		assertThat(this.meter.busyRatio()).isZero();
	}

	@Test
	void itsConnectionsComeAndGo() {
		this.meter.connectionOpened();
		this.meter.connectionOpened();
		this.meter.connectionClosed();
		assertThat(this.meter.connections()).isOne();
	}

}
