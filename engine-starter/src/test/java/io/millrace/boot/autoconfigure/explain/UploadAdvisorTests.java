package io.millrace.boot.autoconfigure.explain;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UploadAdvisorTests {

	private final UploadAdvisor advisor = new UploadAdvisor();

	@Test
	void uploadsThatAreLargerThanBodiesAreNamed() {
		TestSituation situation = new TestSituation().set("spring.servlet.multipart.max-request-size", "50MB");
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("upload-size");
			assertThat(advice.found()).contains("50MB", "1MB");
		});
		assertThat(situation.maxBodySize(50 << 20).ids(this.advisor)).isEmpty();
		assertThat(situation.maxBodySize(0).ids(this.advisor)).isEmpty();
	}

	@Test
	void sessionsThatNeverEndAreNamed() {
		TestSituation situation = new TestSituation().set("server.servlet.session.timeout", "-1");
		assertThat(situation.ids(this.advisor)).containsExactly("session-timeout");
		assertThat(situation.set("server.servlet.session.timeout", "30m").ids(this.advisor)).isEmpty();
		assertThat(situation.set("server.servlet.session.timeout", "-1").reactive().ids(this.advisor)).isEmpty();
	}

}
