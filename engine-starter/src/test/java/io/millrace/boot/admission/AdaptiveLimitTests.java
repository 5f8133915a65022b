package io.millrace.boot.admission;

import java.time.Duration;

import io.millrace.boot.admission.Simulation.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What the algorithms make of an application that can do four things at a time, 400 in a
 * second, and is asked for ten times as much.
 */
class AdaptiveLimitTests {

	private static final int CONCURRENCY = 4;

	private static final double CAPACITY = 400;

	private static final LimitRange RANGE = new LimitRange(100, 10, 200, Duration.ofSeconds(1));

	private static AdaptiveLimit limit(String algorithm, LimitRange range) {
		return switch (algorithm) {
			case "gradient" -> AdaptiveLimit.gradient(range, 1.5, 4);
			case "vegas" -> AdaptiveLimit.vegas(range);
			default -> AdaptiveLimit.aimd(range, Duration.ofMillis(50), 0.9);
		};
	}

	private static Simulation application(AdaptiveLimit limit) {
		return new Simulation(limit, CONCURRENCY, 10, 1000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gradient", "vegas", "aimd" })
	void underOverloadTheLimitSettlesAtWhatIsOfUse(String algorithm) {
		AdaptiveLimit limit = limit(algorithm, RANGE);
		Simulation application = application(limit);
		assertThat(application.run(60, CAPACITY / 2).refused()).isZero();
		application.run(90, CAPACITY * 10);
		Outcome settled = application.run(60, CAPACITY * 10);
		assertThat(settled.limit()).isBetween(4.0, 30.0);
		// Nothing of what it can do is lost, and nobody who is served waits for long.
		assertThat(settled.served()).isGreaterThan(CAPACITY * 0.97);
		assertThat(settled.dropped()).isZero();
		assertThat(settled.longestMillis()).isLessThan(150);
		// What is in flight at that moment ends first. Later a burst may reach the limit.
		assertThat(application.run(1, CAPACITY / 2).refused()).isLessThan(CAPACITY / 2 * 0.05);
		assertThat(application.run(60, CAPACITY / 2).refused()).isLessThan(CAPACITY / 2 * 0.01);
	}

	@Test
	void vegasAndAimdDoNotGetUsedToOverload() {
		for (String algorithm : new String[] { "vegas", "aimd" }) {
			Simulation application = application(limit(algorithm, RANGE));
			application.run(60, CAPACITY / 2);
			application.run(1800, CAPACITY * 10);
			Outcome settled = application.run(60, CAPACITY * 10);
			assertThat(settled.limit()).as(algorithm).isBetween(4.0, 50.0);
			assertThat(settled.served()).isGreaterThan(CAPACITY * 0.97);
		}
	}

	@Test
	void aGradientThatGetsUsedToOverloadStaysBelowItsMaximum() {
		Simulation application = application(limit("gradient", new LimitRange(20, 1, 40, Duration.ofSeconds(1))));
		application.run(3600, CAPACITY * 10);
		Outcome used = application.run(60, CAPACITY * 10);
		assertThat(used.limit()).isBetween(30.0, 40.0);
		assertThat(used.longestMillis()).isLessThan(200);
	}

	@ParameterizedTest
	@CsvSource({ "vegas, 60", "gradient, 300" })
	void anApplicationThatCanDoMoreThanTheLimitGetsMore(String algorithm, int seconds) {
		AdaptiveLimit limit = limit(algorithm, new LimitRange(20, 10, 1000, Duration.ofSeconds(1)));
		Simulation application = new Simulation(limit, 200, 10, 1000);
		application.run(seconds, 20_000);
		assertThat(application.run(10, 20_000).served()).isGreaterThan(19_000);
		assertThat(limit.limit()).isGreaterThan(180);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gradient", "vegas", "aimd" })
	void theLimitStaysWithinItsRange(String algorithm) {
		LimitRange narrow = new LimitRange(12, 10, 14, Duration.ofMillis(100));
		AdaptiveLimit limit = limit(algorithm, narrow);
		Simulation application = application(limit);
		assertThat(limit.limit()).isEqualTo(12);
		for (int i = 0; i < 100; i++) {
			application.run(1, (i % 10 < 5) ? CAPACITY * 10 : CAPACITY);
			assertThat(limit.limit()).isBetween(10, 14);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "gradient", "vegas", "aimd" })
	void theLimitAndItsRangeCanBeChanged(String algorithm) {
		AdaptiveLimit limit = limit(algorithm, RANGE);
		Simulation application = application(limit);
		application.run(30, CAPACITY / 2);
		limit.adjust(40, 2, 50);
		assertThat(limit.limit()).isEqualTo(40);
		assertThat(limit).hasToString(algorithm + " (2 to 50)");
		for (int i = 0; i < 60; i++) {
			application.run(1, CAPACITY * 10);
			assertThat(limit.limit()).isBetween(2, 50);
		}
		limit.adjust(13, 13, 14);
		for (int i = 0; i < 60; i++) {
			application.run(1, (i % 10 < 5) ? CAPACITY * 10 : CAPACITY);
			assertThat(limit.limit()).isBetween(13, 14);
		}
		assertThatIllegalArgumentException().isThrownBy(() -> limit.adjust(20, 13, 14))
			.withMessage("admissionInitial has to be admissionMin (13) to admissionMax (14), and is 20");
		assertThat(limit.max()).isEqualTo(14);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gradient", "vegas" })
	void aLimitThatIsChangedUnderOverloadDoesNotTakeItForNormal(String algorithm) {
		AdaptiveLimit limit = limit(algorithm, RANGE);
		Simulation application = application(limit);
		application.run(120, CAPACITY / 2);
		application.run(20, CAPACITY * 10);
		limit.adjust(150, 5, 200);
		application.run(30, CAPACITY * 10);
		Outcome settled = application.run(20, CAPACITY * 10);
		assertThat(settled.limit()).isBetween(4.0, 40.0);
		assertThat(settled.longestMillis()).isLessThan(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gradient", "vegas", "aimd" })
	void fewRequestsChangeNothing(String algorithm) {
		AdaptiveLimit limit = limit(algorithm, RANGE);
		long start = System.nanoTime();
		for (int i = 0; i < 100; i++) {
			limit.onSample(start + i * 200_000_000L, (i % 2 == 0) ? 1_000_000 : 400_000_000, 100, false);
		}
		assertThat(limit.limit()).isEqualTo(100);
	}

	@Test
	void whatIsRefusedAtOnceDoesNotLookLikeAQuickAnswer() {
		AdaptiveLimit limit = limit("vegas", RANGE);
		long start = System.nanoTime();
		// The library looks for a new shortest time now and then, at random.
		for (int second = 0; second < 20; second++) {
			for (int i = 0; i < 20; i++) {
				long now = start + second * 1_000_000_000L + i * 40_000_000L;
				limit.onSample(now, 10_000_000, 200, false);
				if (second == 10) {
					limit.onSample(now, 0, 200, true);
				}
			}
		}
		// Ten windows of growth by six at least, one of decrease: after a quick answer
		// all that follow would have looked slow.
		assertThat(limit.limit()).isGreaterThan(150);
	}

	@Test
	void aRangeThatIsNoneIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LimitRange(5, 10, 20, Duration.ofSeconds(1)))
			.withMessage("admissionInitial has to be admissionMin (10) to admissionMax (20), and is 5");
		assertThat(limit("vegas", RANGE)).hasToString("vegas (10 to 200)");
	}

}
