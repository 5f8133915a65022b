package io.millrace.demo.compare;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What makes the application one of the copies.
 */
class CopyTests {

	@Test
	void aCopyIsReachedFromThisMachineOnly() {
		assertThat(Copy.named("millrace", 8081).arguments()).contains("--server.address=127.0.0.1",
				"--server.port=8081");
	}

	@Test
	void theServerIsChosenByProperties() {
		assertThat(Copy.named("millrace", 1).arguments()).contains("--spring.profiles.active=compare")
			.doesNotContain("--millrace.enabled=false");
		assertThat(Copy.named("tomcat", 1).arguments()).contains("--spring.profiles.active=compare",
				"--millrace.enabled=false");
		assertThat(Copy.named("jetty", 1).arguments()).contains("--spring.profiles.active=compare,jetty");
	}

	@Test
	void itsNameStandsBehindItsAddress() {
		assertThat(Copy.named("tomcat", 8082).inQuery()).isEqualTo("http://localhost:8082%23Tomcat");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsAreAPropertyToo() {
		Copy copy = Copy.named("millrace-virtual", 8081);
		assertThat(copy.name()).isEqualTo("millrace-virtual");
		assertThat(copy.arguments()).contains("--spring.threads.virtual.enabled=true");
		assertThat(copy.inQuery()).isEqualTo("http://localhost:8081%23Millrace+virtual");
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreadsNeedTheirJdk() {
		assertThatIllegalArgumentException().isThrownBy(() -> Copy.named("millrace-virtual", 8081))
			.withMessageContaining("needs JDK 21");
	}

	@Test
	void thereAreThreeServers() {
		assertThatIllegalArgumentException().isThrownBy(() -> Copy.named("undertow", 8081))
			.withMessageContaining("none of millrace, tomcat and jetty");
	}

}
