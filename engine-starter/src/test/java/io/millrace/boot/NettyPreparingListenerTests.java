package io.millrace.boot;

import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Netty is told before the application loads it.
 */
class NettyPreparingListenerTests {

	private static final String PROPERTY = "io.netty.iouring.pollAddMultishotEnabled";

	private String before;

	@BeforeEach
	void clear() {
		this.before = System.clearProperty(PROPERTY);
	}

	@AfterEach
	void restore() {
		if (this.before != null) {
			System.setProperty(PROPERTY, this.before);
		}
		else {
			System.clearProperty(PROPERTY);
		}
	}

	@Test
	void isSaidBeforeThereIsAContext() {
		assertThat(seenByTheFirstInitializer()).isEqualTo("false");
	}

	@Test
	void whatIsSetStays() {
		System.setProperty(PROPERTY, "true");
		assertThat(seenByTheFirstInitializer()).isEqualTo("true");
	}

	@Test
	void nothingIsSaidWhereMillraceIsOff() {
		assertThat(seenByTheFirstInitializer("--millrace.enabled=false")).isNull();
	}

	private static String seenByTheFirstInitializer(String... args) {
		AtomicReference<String> seen = new AtomicReference<>();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.initializers((starting) -> seen.set(System.getProperty(PROPERTY)))
			.run(args)) {
			return seen.get();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

}
