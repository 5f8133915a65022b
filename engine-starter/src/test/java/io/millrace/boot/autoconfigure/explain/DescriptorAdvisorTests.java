package io.millrace.boot.autoconfigure.explain;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DescriptorAdvisorTests {

	private final DescriptorAdvisor advisor = new DescriptorAdvisor();

	@Test
	void moreConnectionsThanDescriptorsAreNamedWithBothNumbers() {
		TestSituation situation = new TestSituation().descriptors(1024).listener(4096, 10_000, 0);
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("open-files");
			assertThat(advice.severity()).isEqualTo(Advice.Severity.WARNING);
			assertThat(advice.found()).contains("10000", "1024");
			assertThat(advice.remedy()).contains("ulimit -n 20000", "millrace.max-connections=768");
		});
	}

	@Test
	void fewDescriptorsWithoutALimitOfConnectionsAreToo() {
		assertThat(new TestSituation().descriptors(1024).ids(this.advisor)).containsExactly("open-files");
	}

	@Test
	void enoughDescriptorsAreEnough() {
		assertThat(new TestSituation().descriptors(65_536).ids(this.advisor)).isEmpty();
		assertThat(new TestSituation().descriptors(65_536).listener(4096, 60_000, 0).ids(this.advisor)).isEmpty();
		assertThat(new TestSituation().descriptors(-1).listener(4096, 60_000, 0).ids(this.advisor)).isEmpty();
	}

}
