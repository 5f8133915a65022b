package io.millrace.boot.autoconfigure.explain;

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
	void threadsAndQueueAreABound() {
		assertThat(new TestSituation().ids(this.advisor)).isEmpty();
	}

}
