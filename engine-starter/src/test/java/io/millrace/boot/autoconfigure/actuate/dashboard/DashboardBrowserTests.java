package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.autoconfigure.explain.Advice;
import io.millrace.boot.autoconfigure.explain.Advisor;
import io.millrace.core.observe.EngineSnapshot;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard in a browser, where there is one.
 */
@Timeout(300)
@EnabledIf("hasBrowser")
class DashboardBrowserTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=health,millrace";

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	private static final String MARKUP = "<img src=x onerror=\"document.title='mine'\">";

	static boolean hasBrowser() {
		return Browser.program() != null;
	}

	private static TestServer start(String type) {
		return type.equals("servlet") ? TestServer.servlet(Application.class, EXPOSED, "millrace.worker.max-threads=4")
				: TestServer.reactive(Application.class, EXPOSED);
	}

	private static EngineSnapshot snapshot(TestServer server) {
		return server.millrace().getEngine().snapshot();
	}

	// How many pixels of a chart have the colour of a line rather than of the paper.
	private static int drawn(Browser browser, String chart) throws Exception {
		return browser
			.evaluate(
					"""
							(() => {
							  const canvas = document.querySelector('#chart-%s canvas');
							  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
							  copy.drawImage(canvas, 0, 0);
							  const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
							  let drawn = 0;
							  for (let i = 0; i < pixels.length; i += 4) {
							    const [r, g, b, a] = pixels.slice(i, i + 4);
							    drawn += a > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 60 ? 1 : 0;
							  }
							  return drawn;
							})()"""
						.formatted(chart))
			.asInt();
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void underLoadItDrawsWhatTheSnapshotSaysAndComplainsOfNothing(String type) throws Exception {
		AtomicBoolean loading = new AtomicBoolean(true);
		List<Socket> slow = new ArrayList<>();
		try (TestServer server = start(type); Browser browser = Browser.start()) {
			Gate gate = server.context().getBean(Gate.class);
			Thread load = new Thread(() -> load(server, loading), "load");
			load.start();
			try {
				for (int i = 0; i < 3; i++) {
					slow.add(server.send("/slow"));
				}
				assertThat(gate.entered.await(30, TimeUnit.SECONDS)).isTrue();
				browser.open("http://localhost:" + server.port() + "/actuator/millrace/dashboard");
				Awaitility.await()
					.atMost(PATIENCE)
					.until(() -> browser.text("#link").equals("Live")
							&& Double.parseDouble(browser.text("#tile-requests dd").split(" ")[0]) > 0);
				EngineSnapshot snapshot = snapshot(server);
				assertThat(browser.text("#state")).isEqualTo(snapshot.state());
				assertThat(browser.text("#transport")).isEqualTo(snapshot.transport());
				assertThat(browser.evaluate("document.querySelectorAll('#loops tr').length").asInt())
					.isEqualTo(snapshot.eventLoops().size());
				assertThat(browser.evaluate("document.querySelectorAll('#charts canvas').length").asInt()).isEqualTo(8);
				for (String chart : List.of("throughput", "in-flight", "connections", "memory")) {
					Awaitility.await().atMost(PATIENCE).until(() -> drawn(browser, chart) > 0);
				}
				loading.set(false);
				load.join();
				// All is still but what is held: three requests and the stream.
				Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
					EngineSnapshot held = snapshot(server);
					assertThat(held.requests().inFlight()).isEqualTo(4);
					assertThat(browser.text("#tile-in-flight dd").trim()).isEqualTo("4");
					assertThat(browser.text("#tile-connections dd")).startsWith(held.connections().open() + " ");
					assertThat(browser.text("#tile-busy dd").split(" ")[0]).isEqualTo(
							String.valueOf(held.workers().stream().mapToInt(EngineSnapshot.Workers::busy).sum()));
				});
				assertThat(browser.requests())
					.allSatisfy((address) -> assertThat(address).startsWith("http://localhost:" + server.port() + "/"));
				assertThat(browser.complaints()).isEmpty();
			}
			finally {
				loading.set(false);
				gate.open.countDown();
				for (Socket each : slow) {
					each.close();
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet" })
	void aServerThatWentAwayIsNoticedAndFoundAgain(String type) throws Exception {
		try (Browser browser = Browser.start()) {
			int port;
			try (TestServer server = start(type)) {
				port = server.port();
				browser.open("http://localhost:" + port + "/actuator/millrace/dashboard");
				Awaitility.await().atMost(PATIENCE).until(() -> browser.text("#link").equals("Live"));
			}
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> browser.evaluate("document.getElementById('link').dataset.link").asString(),
						"lost"::equals);
			try (TestServer server = TestServer.servlet(Application.class, EXPOSED, "server.port=" + port)) {
				Awaitility.await().atMost(PATIENCE).until(() -> browser.text("#link").equals("Live"));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 320, 390, 1280 })
	void itIsReadableOnScreensOfAnyWidth(int width) throws Exception {
		try (TestServer server = start("servlet"); Browser browser = Browser.start()) {
			browser.call("Emulation.setDeviceMetricsOverride",
					Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 800));
			browser.open("http://localhost:" + server.port() + "/actuator/millrace/dashboard");
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> browser.evaluate("document.querySelectorAll('#charts canvas').length").asInt() == 8);
			JsonNode scrolled = browser.evaluate("document.documentElement.scrollWidth");
			assertThat(scrolled.asInt()).isLessThanOrEqualTo(width);
		}
	}

	@Test
	void adviceIsShownAsTextWhateverItSays() throws Exception {
		try (TestServer server = start("servlet"); Browser browser = Browser.start()) {
			browser.open("http://localhost:" + server.port() + "/actuator/millrace/dashboard");
			Awaitility.await().atMost(PATIENCE).until(() -> browser.text("#advice-list").contains(MARKUP));
			assertThat(browser.text("#advice-list")).contains("why it matters", "what to set");
			assertThat(browser.evaluate("document.querySelectorAll('#advice-list img').length").asInt()).isZero();
			assertThat(browser.evaluate("document.title").asString()).isEqualTo("Millrace");
			assertThat(browser.evaluate("document.getElementById('advice').hidden").asBoolean()).isFalse();
		}
	}

	private static void load(TestServer server, AtomicBoolean loading) {
		try {
			while (loading.get()) {
				assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static final class Gate {

		private final CountDownLatch entered = new CountDownLatch(3);

		private final CountDownLatch open = new CountDownLatch(1);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		Advisor advisor() {
			return (situation, advice) -> advice
				.accept(Advice.warning("test", MARKUP, "why it matters", "what to set"));
		}

		@Bean
		Controller controller(Gate gate) {
			return new Controller(gate);
		}

	}

	@RestController
	static class Controller {

		private final Gate gate;

		Controller(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@GetMapping("/slow")
		Mono<String> slow() {
			this.gate.entered.countDown();
			return Mono.fromCallable(() -> this.gate.open.await(120, TimeUnit.SECONDS) ? "open" : "shut")
				.subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic());
		}

	}

}
