package io.millrace.boot.autoconfigure.explain;

import io.millrace.core.worker.WorkerMode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ModeAdvisorTests {

	private final ModeAdvisor advisor = new ModeAdvisor();

	@Test
	void virtualThreadsThatThisJavaDoesNotHaveAreNamed() {
		TestSituation situation = new TestSituation().set("spring.threads.virtual.enabled", true).java(17);
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("virtual-threads-unavailable");
			assertThat(advice.found()).contains("JDK 17");
		});
		// Its handlers run on the event loops in any case.
		assertThat(situation.reactive().ids(this.advisor)).isEmpty();
	}

	@Test
	void virtualThreadsThatAreNotUsedAreNamed() {
		assertThat(new TestSituation().set("spring.threads.virtual.enabled", true).ids(this.advisor))
			.containsExactly("virtual-threads-unused");
	}

	@Test
	void virtualThreadsThatMayBePinnedAreNamed() {
		TestSituation situation = new TestSituation().worker(WorkerMode.VIRTUAL, 200, 500).java(21);
		assertThat(situation.ids(this.advisor)).containsExactly("virtual-threads-pinned");
		assertThat(situation.java(24).ids(this.advisor)).isEmpty();
	}

	@Test
	void springMvcOnTheEventLoopsIsNamed() {
		TestSituation situation = new TestSituation().worker(WorkerMode.INLINE, 200, 500);
		assertThat(situation.ids(this.advisor)).containsExactly("mode-inline");
		assertThat(situation.reactive().ids(this.advisor)).isEmpty();
	}

	@Test
	void loopsThatCarryAreNamed() {
		assertThat(new TestSituation().worker(WorkerMode.LOOP, 200, 500).ids(this.advisor))
			.containsExactly("mode-loop");
	}

	@Test
	void thousandsOfPlatformThreadsAreNamedWithWhatThisJavaHasInstead() {
		TestSituation situation = new TestSituation().worker(WorkerMode.POOL, 2000, 10_000);
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("threads-many");
			assertThat(advice.remedy()).contains("millrace.worker.mode=virtual");
		});
		assertThat(situation.java(17).ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.remedy()).doesNotContain("mode=virtual"));
	}

	@Test
	void fewerThreadsThanProcessorsNeedAreNamed() {
		assertThat(new TestSituation().worker(WorkerMode.POOL, 2, 100).ids(this.advisor))
			.containsExactly("threads-few");
		assertThat(new TestSituation().worker(WorkerMode.VIRTUAL, 200, 1).ids(this.advisor))
			.containsExactly("threads-few");
	}

	@Test
	void thePoolThatComesByItselfIsRight() {
		assertThat(new TestSituation().ids(this.advisor)).isEmpty();
	}

}
