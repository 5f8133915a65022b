package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShutdownAdvisorTests {

	private final ShutdownAdvisor advisor = new ShutdownAdvisor();

	@Test
	void stoppingAtOnceIsNamed() {
		assertThat(new TestSituation().set("server.shutdown", "immediate").ids(this.advisor))
			.containsExactly("shutdown");
	}

	@Test
	void requestsThatTakeLongerThanShuttingDownAreNamed() {
		assertThat(new TestSituation().requestTimeout(Duration.ofMinutes(2)).ask(this.advisor)).singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("shutdown-short");
				assertThat(advice.remedy()).contains("=125s");
			});
		assertThat(new TestSituation().requestTimeout(Duration.ofMinutes(2))
			.set("spring.lifecycle.timeout-per-shutdown-phase", "3m")
			.ids(this.advisor)).isEmpty();
	}

	@Test
	void stoppingGracefullyIsRight() {
		assertThat(new TestSituation().set("server.shutdown", "graceful").ids(this.advisor)).isEmpty();
	}

}
