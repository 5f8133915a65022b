package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;

import io.millrace.boot.admission.AdaptiveLimit;
import io.millrace.boot.admission.LimitRange;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.WorkerMode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AdmissionAdvisorTests {

	private final AdmissionAdvisor advisor = new AdmissionAdvisor();

	@Test
	void aReactiveApplicationWithoutBoundIsNamed() {
		assertThat(new TestSituation().reactive().ids(this.advisor)).containsExactly("admission");
	}

	@Test
	void thousandsOfVirtualThreadsAreNamed() {
		assertThat(new TestSituation().worker(WorkerMode.VIRTUAL, 200, 10_000).ids(this.advisor))
			.containsExactly("admission");
		assertThat(new TestSituation().worker(WorkerMode.VIRTUAL, 200, 100).ids(this.advisor)).isEmpty();
	}

	@Test
	void aLimitThatIsTooLowOrDoesNothingIsNamed() {
		assertThat(with(1).ids(this.advisor)).containsExactly("admission-low");
		assertThat(with(100).ids(this.advisor)).isEmpty();
		assertThat(with(1_000_000).ids(this.advisor)).containsExactly("admission-high");
	}

	private static TestSituation with(int limit) {
		return new TestSituation().configure((config) -> config.admission(Admission.fixed(limit)));
	}

	@Test
	void whatIsProposedStartsWithoutALibraryOrNamesIt() {
		assertThat(new TestSituation().reactive().ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.remedy()).contains("limit=fixed", "concurrency-limits-core"));
		assertThat(new TestSituation().worker(WorkerMode.VIRTUAL, 200, 10_000).ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.remedy()).contains("limit=fixed", "concurrency-limits-core"));
	}

	@Test
	void ofAnAdaptiveLimitItsMaximumCounts() {
		assertThat(adaptive(1, 1, 100).ids(this.advisor)).isEmpty();
		assertThat(adaptive(1, 1, 2).ids(this.advisor)).containsExactly("admission-low");
		assertThat(adaptive(100, 1, 1_000_000).ids(this.advisor)).containsExactly("admission-high");
	}

	private static TestSituation adaptive(int initial, int min, int max) {
		AdaptiveLimit limit = AdaptiveLimit.vegas(new LimitRange(initial, min, max, Duration.ofSeconds(1)));
		return new TestSituation().configure((config) -> config.admission(Admission.adaptive(limit)));
	}

	@Test
	void threadsAndQueueAreABound() {
		assertThat(new TestSituation().ids(this.advisor)).isEmpty();
	}

}
