package io.millrace.boot.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application in a process of its own: it lives when its main method has ended, and
 * ends when it is told to, after it has answered.
 */
class ProcessTests {

	private static final Pattern STARTED = Pattern.compile("Millrace started on port (\\d+)");

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	@DisabledOnOs(OS.WINDOWS)
	void aProcessServesUntilItIsToldToEndAndAnswersWhatItHasAccepted(String type) throws Exception {
		Process process = start(type);
		try (BufferedReader log = process.inputReader(); Socket socket = new Socket("localhost", awaitPort(log))) {
			socket.setSoTimeout(30_000);
			awaitLine(log, "main has ended");
			socket.getOutputStream()
				.write("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			awaitLine(log, "slow has begun");
			// Process.destroy() would close the log.
			process.toHandle().destroy();
			awaitLine(log, "Commencing graceful shutdown");
			process.getOutputStream().write('\n');
			process.getOutputStream().flush();
			String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(response).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close").endsWith("slow");
			awaitLine(log, "Graceful shutdown complete");
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isEqualTo(143);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static Process start(String type) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp"));
		command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
		command.addAll(List.of("-D" + TestServer.NO_SECURITY, "-Dspring.main.web-application-type=" + type,
				"-Dserver.port=0", "-Dspring.main.banner-mode=off", Application.class.getName()));
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

	private static int awaitPort(BufferedReader log) throws IOException {
		Matcher matcher = STARTED.matcher(awaitLine(log, "Millrace started on port"));
		assertThat(matcher.find()).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	private static String awaitLine(BufferedReader log, String text) throws IOException {
		StringBuilder before = new StringBuilder();
		for (String line = log.readLine(); line != null; line = log.readLine()) {
			if (line.contains(text)) {
				return line;
			}
			before.append(line).append('\n');
		}
		throw new AssertionError("'" + text + "' was not said, but\n" + before);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

		public static void main(String[] args) {
			SpringApplication.run(Application.class, args);
			System.out.println("main has ended");
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/slow")
		Mono<String> slow() {
			System.out.println("slow has begun");
			// Whoever started the process says when.
			return Mono.fromCallable(System.in::read).subscribeOn(Schedulers.boundedElastic()).thenReturn("slow");
		}

	}

}
