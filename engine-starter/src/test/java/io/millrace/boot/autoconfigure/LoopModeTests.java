package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.millrace.boot.MillraceRoute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user sees of {@code millrace.worker.mode=loop}. The processes are started
 * without the option that it needs.
 */
@Timeout(120)
class LoopModeTests {

	@Test
	@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "Loops carry virtual threads from JDK 24 on")
	void anApplicationIsServedByVirtualThreadsOfTheLoops() {
		try (TestServer server = TestServer.servlet(Application.class, "millrace.worker.mode=loop",
				"millrace.event-loops=1")) {
			RestClient client = RestClient.create("http://localhost:" + server.port());
			for (int i = 0; i < 20; i++) {
				assertThat(client.get().uri("/thread").retrieve().body(String.class))
					.matches("VirtualThread\\[.*millrace-loop-1-\\d+\\].*@millrace-loop-1");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--millrace.worker.mode=loop",
			"--millrace.routes[0].pattern=/thread,--millrace.routes[0].mode=loop" })
	@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "An older JDK is told to be too old")
	void withoutTheOptionStartUpStopsAndSaysWhatIsMissing(String arguments, @TempDir Path directory) throws Exception {
		assertThat(run(arguments, directory))
			.contains("APPLICATION FAILED TO START",
					arguments.contains("worker") ? "'millrace.worker.mode=loop' is not possible here"
							: "The mode 'loop' of a route is not possible here",
					"--add-opens java.base/java.lang=ALL-UNNAMED", "<Add-Opens>java.base/java.lang</Add-Opens>",
					"'pool'", "'virtual'")
			.doesNotContain("Millrace started");
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_23, disabledReason = "A later JDK can")
	void onAnOlderJdkStartUpStops(@TempDir Path directory) throws Exception {
		assertThat(run("--millrace.worker.mode=loop", directory))
			.contains("APPLICATION FAILED TO START", "'millrace.worker.mode=loop' is not possible here",
					"that needs JDK 24 or later", "Run the application on JDK 24 or later, or choose the mode 'pool'")
			.doesNotContain("Millrace started");
	}

	@Test
	void anAnnotationAloneComesTooLateAndStartUpSaysSo(@TempDir Path directory) throws Exception {
		assertThat(run(AnnotatedApplication.class, "--millrace.worker.mode=pool", directory))
			.contains("APPLICATION FAILED TO START",
					"@MillraceRoute(mode = LOOP) of " + AnnotatedController.class.getName() + ".thread() is not right",
					"Set millrace.worker.mode=loop too, or write a route of millrace.routes[] with mode=loop")
			.doesNotContain("Millrace started");
	}

	@Test
	void autoNeverMeansLoop(@TempDir Path directory) {
		try (TestServer server = TestServer.servlet(Application.class, "millrace.worker.mode=auto",
				"spring.threads.virtual.enabled=true")) {
			RestClient client = RestClient.create("http://localhost:" + server.port());
			assertThat(client.get().uri("/thread").retrieve().body(String.class)).doesNotContain("millrace-loop");
		}
	}

	private static String run(String arguments, Path directory) throws IOException, InterruptedException {
		return run(Application.class, arguments, directory);
	}

	private static String run(Class<?> application, String arguments, Path directory)
			throws IOException, InterruptedException {
		Path log = directory.resolve("log");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp"));
		command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
		command.addAll(List.of("-D" + TestServer.NO_SECURITY, application.getName(), "--server.port=0",
				"--spring.main.web-application-type=servlet"));
		command.addAll(List.of(arguments.split(",")));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isOne();
			return Files.readString(log, StandardCharsets.UTF_8);
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

		public static void main(String[] args) {
			SpringApplication.run(Application.class, args);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(AnnotatedController.class)
	static class AnnotatedApplication {

		public static void main(String[] args) {
			SpringApplication.run(AnnotatedApplication.class, args);
		}

	}

	@RestController
	static class AnnotatedController {

		@MillraceRoute(mode = MillraceRoute.Mode.LOOP)
		@GetMapping(path = "/thread", produces = "text/plain")
		String thread() {
			return Thread.currentThread().toString();
		}

	}

	@RestController
	static class Controller {

		@GetMapping(path = "/thread", produces = "text/plain")
		String thread() {
			return Thread.currentThread().toString();
		}

	}

}
