package io.millrace.boot.autoconfigure.explain;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UnusedKeysAdvisorTests {

	private final UnusedKeysAdvisor advisor = new UnusedKeysAdvisor();

	@Test
	void keysOfOtherServersAreNamedWithOurs() {
		TestSituation situation = new TestSituation().set("server.tomcat.threads.max", 400)
			.set("server.undertow.threads.io", 8)
			.set("server.jetty.accesslog.enabled", true);
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("keys-foreign");
			assertThat(advice.found()).contains("server.tomcat.threads.max", "server.jetty.accesslog.enabled",
					"server.undertow.threads.io");
			assertThat(advice.remedy()).contains("millrace.worker.max-threads instead of server.tomcat.threads.max",
					"millrace.event-loops instead of server.undertow.threads.io");
		});
	}

	@Test
	void keysThatDoNotExistAreNamedWithThoseThatDo() {
		TestSituation situation = new TestSituation().set("millrace.worker.max-thread", 400)
			.set("milrace.backlog", 5)
			.set("spring.millrace.event-loops", 5)
			.set("server.max-http-header-size", "16KB")
			.set("server.error.include-message", "always")
			.set("server.prot", 80);
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("keys-unknown");
			assertThat(advice.remedy()).contains("millrace.worker.max-threads instead of millrace.worker.max-thread",
					"millrace.backlog instead of milrace.backlog",
					"millrace.event-loops instead of spring.millrace.event-loops",
					"server.max-http-request-header-size instead of server.max-http-header-size",
					"spring.web.error.include-message instead of server.error.include-message",
					"server.port instead of server.prot");
		});
	}

	@Test
	void keysThatOthersStandAgainstAreNamedWithTheReason() {
		TestSituation situation = new TestSituation().set("millrace.worker.max-concurrency", 5);
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("keys-without-effect");
			assertThat(advice.found()).contains("millrace.worker.max-concurrency (millrace.worker.mode is pool");
		});
	}

	@Test
	void keysThatDoSomethingAreNot() {
		assertThat(new TestSituation().set("millrace.backlog", 5)
			.set("server.port", 0)
			.set("server.servlet.context-path", "/a")
			.set("server.servlet.session.cookie.same-site", "lax")
			.set("server.servlet.encoding.mapping.de", "UTF-8")
			.set("server.mime-mappings.abc", "text/abc")
			.set("server.servlet.context-parameters.a", "b")
			.ids(this.advisor)).isEmpty();
	}

}
