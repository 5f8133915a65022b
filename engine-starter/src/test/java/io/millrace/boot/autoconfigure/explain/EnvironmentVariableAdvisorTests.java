package io.millrace.boot.autoconfigure.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EnvironmentVariableAdvisorTests {

	@Test
	void aVariableThatIsAlmostAKeyIsNamed() {
		assertThat(ask("MILLRACE_WORKER_MAXTHRAEDS")).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("environment-variables");
			assertThat(advice.found()).contains("MILLRACE_WORKER_MAXTHRAEDS (MILLRACE_WORKER_MAXTHREADS)");
		});
	}

	@Test
	void aVariableThatIsAKeyIsNot() {
		assertThat(ask("MILLRACE_WORKER_MAXTHREADS")).isEmpty();
		assertThat(ask("MILLRACE_WORKER_MAX_THREADS")).isEmpty();
		assertThat(ask("MILLRACE_ROUTES_0_PATTERN")).isEmpty();
	}

	@Test
	void thoseOfKubernetesAreNot() {
		assertThat(ask("MILLRACE_SERVICE_HOST")).isEmpty();
		assertThat(ask("MILLRACE_PORT")).isEmpty();
		assertThat(ask("MILLRACE_PORT_80_TCP_ADDR")).isEmpty();
		assertThat(ask("PATH")).isEmpty();
	}

	private static List<Advice> ask(String name) {
		List<Advice> advice = new ArrayList<>();
		EnvironmentVariableAdvisor.advise(Map.of(name, "1"), advice::add);
		return advice;
	}

}
