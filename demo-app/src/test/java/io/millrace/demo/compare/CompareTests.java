package io.millrace.demo.compare;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole runs: the copies are processes, and none outlives the run however it ends.
 */
class CompareTests {

	private static final Pattern JSON_REQUESTS = Pattern
		.compile("http_server_requests_seconds_count\\{[^}]*uri=\"/json\"} (\\S+)");

	private final HttpClient client = HttpClient.newHttpClient();

	@TempDir
	private Path logs;

	@Test
	void threeCopiesAreStartedAskedAndStoppedTogether() throws Exception {
		try (ServerSocket taken = new ServerSocket(CompareRun.FIRST_PORT);
				CompareRun run = CompareRun.start(this.logs, "--rate=100", "--connections=2")) {
			String page = run.awaitPage();
			List<Integer> ports = CompareRun.ports(page);
			assertThat(ports).hasSize(3).doesNotContain(taken.getLocalPort());
			assertThat(page).endsWith(
					"?a=http://localhost:%d%%23Millrace&b=http://localhost:%d%%23Tomcat&c=http://localhost:%d%%23Jetty"
						.formatted(ports.toArray()));
			assertThat(get(page.replaceFirst("\\?.*", ""))).contains("<title>");
			assertThat(log("millrace")).contains("served by MillraceWebServer");
			assertThat(log("tomcat")).contains("served by TomcatWebServer");
			assertThat(log("jetty")).contains("served by JettyServletWebServer");
			for (int port : ports) {
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.until(() -> requests("http://localhost:" + port + "/actuator/prometheus") > 200);
			}
			run.process().destroy();
			run.awaitNothingLeft(page);
		}
	}

	@Test
	@Tag("long")
	void whenOneEndsTheOthersAreStoppedAndItsLogIsShown() throws Exception {
		try (CompareRun run = CompareRun.start(this.logs, "--copies=millrace,tomcat", "--rate=0")) {
			String page = run.awaitPage();
			assertThat(run.copies()).hasSize(2);
			run.copies().get(1).destroyForcibly();
			assertThat(run.await("has ended")).contains("with status 137");
			run.await("The enrolment desk is open");
			run.awaitNothingLeft(page);
			assertThat(run.process().exitValue()).isOne();
		}
	}

	@Test
	@Tag("long")
	void noCopyOutlivesARunThatIsKilled() throws Exception {
		try (CompareRun run = CompareRun.start(this.logs, "--copies=millrace", "--rate=10")) {
			String page = run.awaitPage();
			run.process().destroyForcibly();
			run.awaitNothingLeft(page);
		}
	}

	@Test
	@Tag("long")
	void aRunEndsByItselfWhenItsTimeIsOver() throws Exception {
		try (CompareRun run = CompareRun.start(this.logs, "--copies=tomcat", "--rate=50", "--for=1s")) {
			String page = run.awaitPage();
			assertThat(run.await("answers/s")).startsWith("tomcat ").endsWith("errors 0");
			run.awaitNothingLeft(page);
			assertThat(run.process().exitValue()).isZero();
		}
	}

	@Test
	void aCopyThatCannotStartEndsTheRun() throws Exception {
		try (CompareRun run = CompareRun.start(this.logs, "--copies=tomcat", "--jvm=-XX:NoSuchOption")) {
			assertThat(run.await("has ended")).startsWith("tomcat");
			run.await("NoSuchOption");
			assertThat(run.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
			assertThat(run.process().exitValue()).isOne();
		}
	}

	@Test
	void whatIsNotUnderstoodIsAnsweredWithTheOptions() throws Exception {
		try (CompareRun run = CompareRun.start(this.logs, "--copies=undertow")) {
			run.await("'undertow' is none of millrace, tomcat and jetty");
			run.await("--copies=millrace,tomcat,jetty");
			assertThat(run.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
			assertThat(run.process().exitValue()).isEqualTo(2);
		}
	}

	private String log(String name) throws IOException {
		return Files.readString(this.logs.resolve(name + ".log"));
	}

	private double requests(String address) throws Exception {
		Matcher count = JSON_REQUESTS.matcher(get(address));
		return count.find() ? Double.parseDouble(count.group(1)) : 0;
	}

	private String get(String address) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString()).body();
	}

}
