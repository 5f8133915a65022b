package io.millrace.boot.autoconfigure.explain;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionAdvisorTests {

	private final ConnectionAdvisor advisor = new ConnectionAdvisor();

	@Test
	void fewerConnectionsThanThreadsAreNamed() {
		assertThat(new TestSituation().listener(4096, 50, 0).ids(this.advisor)).containsExactly("connections-few");
		assertThat(new TestSituation().listener(4096, 500, 0).ids(this.advisor)).isEmpty();
	}

	@Test
	void connectionsThatEndSoonAreNamed() {
		assertThat(new TestSituation().http1(8192, 1024, 1).ids(this.advisor)).containsExactly("connection-requests");
		assertThat(new TestSituation().http1(8192, 1024, 5000).ids(this.advisor)).isEmpty();
	}

	@Test
	void smallHeadsAreNamed() {
		assertThat(new TestSituation().http1(1024, 1024, 0).ids(this.advisor)).containsExactly("header-size-small");
	}

	@Test
	void largeHeadsAreNamed() {
		assertThat(new TestSituation().http1(1 << 20, 1024, 0).ask(this.advisor)).singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("header-size");
				assertThat(advice.found()).contains("1MB");
			});
	}

}
