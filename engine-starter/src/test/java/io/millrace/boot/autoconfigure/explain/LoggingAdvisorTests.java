package io.millrace.boot.autoconfigure.explain;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LoggingAdvisorTests {

	private final LoggerContext context = new LoggerContext();

	@Test
	void whoTellsOfEveryRequestIsNamed() {
		assertThat(ask(Level.INFO, Level.TRACE)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("logging");
			assertThat(advice.found()).contains("org.springframework.web", "trace");
		});
		assertThat(ask(Level.DEBUG, Level.INFO)).singleElement()
			.satisfies((advice) -> assertThat(advice.found()).contains("io.netty", "debug"));
	}

	@Test
	void whoTellsOfWhatMattersIsNot() {
		assertThat(ask(Level.INFO, Level.INFO)).isEmpty();
	}

	private List<Advice> ask(Level netty, Level web) {
		List<Advice> advice = new ArrayList<>();
		LoggingAdvisor.advise(logger("io.netty", netty), logger("org.springframework.web", web), advice::add);
		return advice;
	}

	private Logger logger(String name, Level level) {
		Logger logger = this.context.getLogger(name);
		logger.setLevel(level);
		return logger;
	}

}
