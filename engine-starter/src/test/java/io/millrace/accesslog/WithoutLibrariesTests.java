package io.millrace.accesslog;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import io.netty.util.NetUtil;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The access log needs what every application has, and no logging system in particular.
 */
class WithoutLibrariesTests {

	// A class of each.
	private static final List<Class<?>> NEEDED = List.of(AccessLog.class, WithoutLibrariesTests.class, NetUtil.class,
			MpscAtomicArrayQueue.class, Logger.class);

	@TempDir
	Path directory;

	@Test
	void linesAreWrittenWithoutLogbackOrSpringOrJackson() throws Exception {
		Path file = this.directory.resolve("access.log");
		try (URLClassLoader loader = new URLClassLoader(needed(), ClassLoader.getPlatformClassLoader())) {
			for (String missing : new String[] { "ch.qos.logback.classic.Logger",
					"org.springframework.core.env.Environment", "tools.jackson.databind.JsonNode" }) {
				assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> loader.loadClass(missing));
			}
			Object application = loader.loadClass(Application.class.getName()).getDeclaredConstructor().newInstance();
			@SuppressWarnings("unchecked")
			Consumer<Path> main = (Consumer<Path>) application;
			main.accept(file);
		}
		assertThat(file).hasContent("/hello?name=world 200");
	}

	private static URL[] needed() {
		return NEEDED.stream()
			.map((type) -> type.getProtectionDomain().getCodeSource().getLocation())
			.toArray(URL[]::new);
	}

	/** Runs in a class loader of its own. */
	public static final class Application implements Consumer<Path> {

		@Override
		public void accept(Path file) {
			try {
				AccessLog log = new AccessLog(LineFormat.pattern("%U%q %s", Masks.none()), LineFilter.ALL,
						new FileSink(file, FileRotation.NONE), 16);
				log.exchangeEnded(new FakeExchange(), true);
				log.close();
				AccessLog other = new AccessLog(LineFormat.common(Masks.none()), LineFilter.ALL, new LoggerSink("any"),
						16);
				other.exchangeEnded(new FakeExchange(), true);
				other.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
