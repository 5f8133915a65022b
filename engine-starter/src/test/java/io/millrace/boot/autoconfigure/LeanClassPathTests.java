package io.millrace.boot.autoconfigure;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.socket.server.standard.ServerEndpointExporter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing that observes the engine is needed: an MVC and a WebFlux application in a
 * process whose class path has neither Micrometer nor the actuator, Jackson, libraries of
 * compression, or anything of tracing. Tyrus is missing too, and only missed by who asks
 * for its endpoints. What Spring itself cannot do without, Micrometer's observation API,
 * stays.
 */
@Timeout(120)
class LeanClassPathTests {

	/** The jars that are left out, by the beginning of their names. */
	private static final Pattern LEFT_OUT = Pattern.compile(
			"(netty-codec-(http3|classes-quic|native-quic)-|brotli4j-|zstd-jni-|tyrus-|grizzly-|micrometer-(?!observation-\\d|commons-\\d)|prometheus-|opentelemetry-|context-propagation-|jackson-"
					+ "|spring-boot-(starter-)?(actuator|health|jackson|micrometer|opentelemetry|zipkin)).*\\.jar");

	/** What is in them, and must not be found. */
	private static final List<String> ABSENT = List.of("com.aayushatharva.brotli4j.Brotli4jLoader",
			"com.github.luben.zstd.Zstd", "org.glassfish.tyrus.server.TyrusServerContainer",
			"io.micrometer.core.instrument.MeterRegistry", "io.micrometer.tracing.Tracer",
			"io.micrometer.context.ContextSnapshot", "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
			"org.springframework.boot.health.contributor.HealthIndicator",
			"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsProperties",
			"tools.jackson.databind.ObjectMapper", "com.fasterxml.jackson.annotation.JsonProperty",
			"io.netty.handler.codec.http3.Http3", "io.netty.handler.codec.quic.Quic");

	@Test
	void mvcAndWebFluxApplicationsAnswerWithoutMicrometerActuatorAndJackson() throws Exception {
		Process process = start();
		try (BufferedReader log = process.inputReader()) {
			Map<String, String> said = awaitSaid(log);
			assertThat(said).containsEntry("present", "[]");
			assertThat(said.get("refused")).contains("The bean 'exporter' needs a jakarta.websocket",
					"Add the dependency org.glassfish.tyrus:tyrus-server");
			for (String type : List.of("servlet", "reactive")) {
				assertThat(get(said.get(type), "/hello"))
					.startsWith("hello from millrace-" + (type.equals("servlet") ? "worker-" : "loop-"));
				assertThat(encoding(said.get(type), "/hello")).isEqualTo("gzip");
			}
			process.getOutputStream().write('\n');
			process.getOutputStream().flush();
			assertThat(log.lines()).filteredOn((line) -> line.contains("ERROR")).isEmpty();
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void whatIsLeftOutIsThereOtherwise() {
		assertThat(present()).contains("io.micrometer.core.instrument.MeterRegistry",
				"org.springframework.boot.actuate.endpoint.annotation.Endpoint", "tools.jackson.databind.ObjectMapper");
	}

	private static Process start() throws IOException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		String lean = Arrays.stream(classPath.split(File.pathSeparator))
			.filter((entry) -> !LEFT_OUT.matcher(new File(entry).getName()).matches())
			.collect(Collectors.joining(File.pathSeparator));
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", lean, Application.class.getName())
			.redirectErrorStream(true)
			.start();
	}

	private static Map<String, String> awaitSaid(BufferedReader log) throws IOException {
		Map<String, String> said = new TreeMap<>();
		StringBuilder before = new StringBuilder();
		while (!said.containsKey("reactive")) {
			String line = log.readLine();
			assertThat(line).as("what was said before the end:%n%s", before).isNotNull();
			before.append(line).append('\n');
			if (line.startsWith("said ")) {
				String[] words = line.split(" ", 3);
				said.put(words[1], words[2].equals("above") ? before.toString() : words[2]);
			}
		}
		return said;
	}

	private static String get(String port, String path) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					HttpResponse.BodyHandlers.ofString())
			.body();
	}

	private static String encoding(String port, String path) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
				.header("Accept-Encoding", "zstd, br, gzip;q=0.5")
				.build(), HttpResponse.BodyHandlers.discarding())
			.headers()
			.firstValue("Content-Encoding")
			.orElse("none");
	}

	private static List<String> present() {
		return ABSENT.stream().filter((name) -> ClassUtils.isPresent(name, null)).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class Application {

		public static void main(String[] args) throws IOException {
			System.out.println("said present " + present());
			try {
				TestServer.servlet(Exporting.class).close();
			}
			catch (BeanCreationException ex) {
				System.out.println("said refused above");
			}
			String[] compression = { "server.compression.enabled=true", "server.compression.min-response-size=1B" };
			try (TestServer servlet = TestServer.servlet(Application.class, compression);
					TestServer reactive = TestServer.reactive(Application.class, compression)) {
				System.out.println("said servlet " + servlet.millrace().getPort());
				System.out.println("said reactive " + reactive.millrace().getPort());
				// Until whoever started the process has seen enough.
				System.in.read();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Exporting {

		@Bean
		static ServerEndpointExporter exporter() {
			return new ServerEndpointExporter();
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/hello")
		String hello() {
			return "hello from " + Thread.currentThread().getName();
		}

	}

}
