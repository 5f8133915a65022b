package io.millrace.core.connection;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BodyPace}.
 */
class BodyPaceTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private static BodyPace pace(long idleSeconds, long rate, long graceSeconds) {
		Duration off = Duration.ZERO;
		return new BodyPace(new ConnectionTimeouts(off, Duration.ofSeconds(idleSeconds), off, off, rate,
				Duration.ofSeconds(graceSeconds), off));
	}

	@Test
	void withoutRateAndSilenceThereIsNothingToLookAt() {
		assertThat(pace(0, 0, 10).start(0, 5)).isZero();
		assertThat(pace(0, 100, 0).start(0, 5)).isZero();
	}

	@Test
	void aBodyThatComesSlowerThanItsRateIsTooSlowAfterTheGrace() {
		BodyPace pace = pace(0, 100, 10);
		assertThat(pace.start(7, 0)).isEqualTo(10 * SECOND);
		assertThat(pace.look(7, 10 * SECOND)).isEqualTo(-1);
	}

	@Test
	void whatHasComeGivesTime() {
		BodyPace pace = pace(0, 100, 10);
		pace.start(0, 0);
		assertThat(pace.look(500, 10 * SECOND)).isEqualTo(5 * SECOND);
		assertThat(pace.look(600, 15 * SECOND)).isEqualTo(SECOND);
		assertThat(pace.look(600, 16 * SECOND)).isEqualTo(-1);
	}

	@Test
	void aBodyThatWasFastMayNotBeSilentForEver() {
		BodyPace pace = pace(60, 100, 10);
		assertThat(pace.start(0, 0)).isEqualTo(10 * SECOND);
		assertThat(pace.look(1_000_000, 10 * SECOND)).isEqualTo(60 * SECOND);
		assertThat(pace.look(1_000_000, 70 * SECOND)).isEqualTo(-1);
	}

	@Test
	void aBodyThatGoesOnMayTakeAnyTime() {
		BodyPace pace = pace(60, 0, 10);
		long received = 0;
		assertThat(pace.start(received, 0)).isEqualTo(60 * SECOND);
		for (int i = 1; i < 100; i++) {
			assertThat(pace.look(++received, i * 60 * SECOND)).isEqualTo(60 * SECOND);
		}
	}

	@Test
	void timeCountsAnewWhenTheBodyIsWantedAgain() {
		BodyPace pace = pace(0, 100, 10);
		pace.start(0, 0);
		pace.start(0, 100 * SECOND);
		assertThat(pace.look(1, 105 * SECOND)).isPositive();
	}

}
