package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;

import io.millrace.core.observe.WatchOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeAdvisorTests {

	private final ProbeAdvisor advisor = new ProbeAdvisor();

	@Test
	void probesThatWaitWithAllOthersAreNamed() {
		assertThat(new TestSituation().reserved(0).ids(this.advisor)).containsExactly("probes");
		assertThat(new TestSituation().reserved(0).reactive().ids(this.advisor)).isEmpty();
	}

	@Test
	void troubleThatNobodyLooksForIsNamed() {
		assertThat(new TestSituation()
			.configure((config) -> config.watch(new WatchOptions(Duration.ofSeconds(60), Duration.ZERO, Duration.ZERO)))
			.ids(this.advisor)).containsExactly("watch-event-loop-off", "watch-starved-off");
	}

	@Test
	void whatComesByItselfIsRight() {
		assertThat(new TestSituation().ids(this.advisor)).isEmpty();
	}

}
