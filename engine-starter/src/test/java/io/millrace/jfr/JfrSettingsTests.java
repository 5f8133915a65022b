package io.millrace.jfr;

import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What recordings may say of our events, besides what they may say of all.
 */
class JfrSettingsTests {

	private static final long SECOND = 1_000_000_000L;

	private final SelectSetting select = new SelectSetting();

	private final RateSetting rate = new RateSetting();

	@AfterEach
	void backToTheDefaults() {
		this.select.setValue(SelectSetting.DEFAULT);
		this.rate.setValue(String.valueOf(RateSetting.DEFAULT));
	}

	@ParameterizedTest
	@CsvSource({ "20 ms,20000000", "20ms,20000000", "0 ns,0", "7 us,7000", "2 s,2000000000", "1 m,60000000000",
			"1 h,3600000000000", "1 d,86400000000000" })
	void timesAreUnderstoodAsTheRecorderWritesThem(String text, long nanos) {
		assertThat(JfrTime.nanos(text)).isEqualTo(nanos);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "20", "ms", "-1 ms", "20 years", "1.5 s" })
	void whatIsNoTimeIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> JfrTime.nanos(text)).withMessageContaining("'20 ms'");
	}

	@ParameterizedTest
	@CsvSource({ "20 ms + 1/1000,30 ms,20000000 ns + 1/1000", "1 s,1/50,1000000000 ns + 1/50",
			"1/7,1/1000 + 1 us,1000 ns + 1/7", "all,1 s,0 ns" })
	void ofSeveralRecordingsEachGetsWhatItWants(String one, String other, String both) {
		assertThat(this.select.combine(Set.of(one, other))).isEqualTo(both);
		assertThat(this.select.combine(Set.of(both))).isEqualTo(both);
	}

	@Test
	void theHighestRateIsThatOfAll() {
		assertThat(this.rate.combine(Set.of("5", "100"))).isEqualTo("100");
		assertThat(this.rate.combine(Set.of("5", "0"))).isEqualTo("0");
	}

	@ParameterizedTest
	@CsvSource({ "2 us,1999,false", "2 us,2000,true", "2us+1/1,0,true", "1/1,0,true", "all,0,true", "1 h,1999,false" })
	void aRequestIsSelectedIfItIsSlowOrChosen(String setting, long nanos, boolean selected) {
		this.select.setValue(setting);
		assertThat(SelectSetting.isSelected(nanos)).isEqualTo(selected);
		assertThat(this.select.getValue()).isEqualTo(setting);
	}

	@Test
	void oneInSoManyIsChosenByChance() {
		this.select.setValue("1/10");
		int chosen = 0;
		for (int i = 0; i < 10_000; i++) {
			chosen += SelectSetting.isSelected(Long.MAX_VALUE - 1) ? 1 : 0;
		}
		// Further away than a chance in a billion.
		assertThat(chosen).isBetween(800, 1200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "soon", "1/0", "2/3", "20 ms +", "20 ms 1/10" })
	void aSettingThatMakesNoSenseLeavesWhatThereWas(String setting) {
		this.select.setValue("5 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> this.select.setValue(setting));
		assertThat(this.select.getValue()).isEqualTo("5 ms");
		assertThat(SelectSetting.isSelected(5_000_000)).isTrue();
	}

	@Test
	void aRateThatMakesNoSenseLeavesWhatThereWas() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.rate.setValue("-1"));
		assertThat(this.rate.getValue()).isEqualTo("100");
	}

	@Test
	void soManyAreTakenInASecondAndTheRestIsCounted() {
		long now = System.nanoTime() + 10 * SECOND;
		this.rate.setValue("2");
		assertThat(RateSetting.take(now)).isZero();
		assertThat(RateSetting.take(now)).isZero();
		assertThat(RateSetting.take(now + 1)).isNegative();
		assertThat(RateSetting.take(now + SECOND - 1)).isNegative();
		assertThat(RateSetting.take(now + SECOND)).isEqualTo(2);
		assertThat(RateSetting.take(now + SECOND)).isZero();
		assertThat(RateSetting.take(now + SECOND)).isNegative();
		this.rate.setValue("0");
		for (int i = 0; i < 1000; i++) {
			assertThat(RateSetting.take(now + SECOND)).isZero();
		}
	}

}
