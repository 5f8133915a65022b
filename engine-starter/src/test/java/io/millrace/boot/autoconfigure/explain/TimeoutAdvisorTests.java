package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;

import io.millrace.core.connection.ConnectionTimeouts;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TimeoutAdvisorTests {

	private final TimeoutAdvisor advisor = new TimeoutAdvisor();

	@Test
	void requestsThatMayTakeAnyTimeAreNamed() {
		assertThat(new TestSituation().requestTimeout(Duration.ZERO).ids(this.advisor))
			.containsExactly("request-timeout");
	}

	@Test
	void clientsThatMayTakeAnyTimeAreNamed() {
		assertThat(with(0, 0, 0, 0).ids(this.advisor)).containsExactly("timeout-header-off", "timeout-idle-off",
				"timeout-write-off", "body-rate-off");
	}

	@Test
	void timeoutsThatAreOverAtOnceAreNamed() {
		assertThat(new TestSituation().requestTimeout(Duration.ofMillis(50)).ids(this.advisor))
			.containsExactly("timeout-request-short");
		assertThat(new TestSituation()
			.configure(
					(config) -> config.timeouts(new ConnectionTimeouts(Duration.ofMillis(100), Duration.ofSeconds(60),
							Duration.ofSeconds(30), Duration.ofSeconds(3), 240, Duration.ofSeconds(10), Duration.ZERO)))
			.ids(this.advisor)).containsExactly("timeout-header-short");
	}

	@Test
	void connectionsThatAreClosedTooSoonAreNamed() {
		assertThat(with(20, 1, 30, 240).ids(this.advisor)).containsExactly("timeout-idle-short");
	}

	@Test
	void theTimeoutsThatNobodyChangedAreRight() {
		assertThat(new TestSituation().ids(this.advisor)).isEmpty();
	}

	private static TestSituation with(int header, int idle, int write, int rate) {
		return new TestSituation().configure((config) -> config
			.timeouts(new ConnectionTimeouts(Duration.ofSeconds(header), Duration.ofSeconds(idle),
					Duration.ofSeconds(write), Duration.ofSeconds(3), rate, Duration.ofSeconds(10), Duration.ZERO)));
	}

}
