package io.millrace.demo.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The page in a browser: one copy is this application, the other one's meters are known.
 * Pictures of it are left in {@code target/compare}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("compare")
class ComparePageTests {

	private static final Path PICTURES = Path.of("target", "compare");

	private static @Nullable Browser browser;

	@LocalServerPort
	private int port;

	private Metered known;

	@BeforeAll
	static void openBrowser() throws Exception {
		browser = Browser.open();
		assumeTrue(browser != null, "No Chromium on the PATH");
	}

	@AfterAll
	static void closeBrowser() {
		if (browser != null) {
			browser.close();
		}
	}

	@BeforeEach
	void startKnown() throws Exception {
		this.known = new Metered(0);
		browser.show(1280, 900, false, false);
	}

	@AfterEach
	void stopKnown() {
		this.known.close();
	}

	@Test
	void whatACopyPublishesIsShown() {
		browser.go(compare());
		within().untilAsserted(() -> assertThat(figures(1)).contains("CPU per request µs: 50.0",
				"Latency, median ms: 2.02", "Latency, 99 % ms: 26.5", "Latency, mean ms: 2.56",
				"Latency, longest ms: 30.0", "Heap MB: 101", "Threads: 42", "Connections: 17"));
		// A hundred requests with two errors at each turn, of a second or so.
		assertThat(figure(1, "Requests a second")).matches("[0-9,]+").isNotEqualTo("0");
		assertThat(figure(1, "Errors a second")).isNotEqualTo("0.0");
	}

	@Test
	void whatACopyDoesNotPublishIsNotAvailable() {
		browser.go(compare());
		within().untilAsserted(() -> assertThat(figure(1, "Threads")).isEqualTo("42"));
		assertThat(figure(1, "Memory MB")).isEqualTo("n/a");
		assertThat(figure(0, "Memory MB")).matches("[0-9,]+");
	}

	@Test
	void aCopyWithoutANameIsCalledByItsServer() {
		browser.go(compare());
		within().untilAsserted(() -> assertThat(names()).containsExactly("This", "Tomcat"));
	}

	@Test
	void aCopyThatGoesAwayIsShownAsSuchAndComesBack() throws Exception {
		browser.go(compare());
		within().untilAsserted(() -> assertThat(figure(1, "Threads")).isEqualTo("42"));
		int port = this.known.port();
		this.known.close();
		within().untilAsserted(() -> assertThat(state(1)).isEqualTo("away"));
		assertThat(figure(1, "Threads")).isEqualTo("–");
		assertThat(state(0)).isEqualTo("live");
		this.known = new Metered(port);
		within().untilAsserted(() -> assertThat(figure(1, "CPU per request µs")).isEqualTo("50.0"));
		assertThat(state(1)).isEqualTo("live");
	}

	@Test
	void whoPublishesNothingIsShownWithItsStatus() {
		browser.go(page() + "?a=http://localhost:" + this.port + "/courses");
		within().untilAsserted(() -> assertThat(state(0)).isEqualTo("away"));
		assertThat(text("#figures .state")).isEqualTo("answers 404");
	}

	@ParameterizedTest
	@CsvSource({ "wide, 1280, false, false", "wide-dark, 1280, false, true", "phone, 360, true, false",
			"phone-dark, 360, true, true" })
	void chartsAreDrawnAndTheConsoleIsEmpty(String name, int width, boolean phone, boolean dark) throws Exception {
		browser.show(width, phone ? 780 : 900, phone, dark);
		browser.go(compare() + "&c=http://localhost:" + this.port + "%23Third");
		within().untilAsserted(() -> assertThat(figure(1, "CPU per request µs")).isEqualTo("50.0"));
		// All but the memory, which it does not publish
		within().until(() -> drawn() == 8);
		browser.picture(PICTURES.resolve(name + ".png"));
		assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt()).isLessThanOrEqualTo(width);
		assertThat(browser.evaluate("document.querySelector('table').offsetWidth").asInt())
			.isLessThanOrEqualTo(browser.evaluate("document.getElementById('figures').clientWidth").asInt());
		assertThat(browser.problems()).isEmpty();
		assertThat(browser.origins()).containsExactlyInAnyOrder("http://localhost:" + this.port,
				"http://127.0.0.1:" + this.known.port());
	}

	@Test
	void theBrowserLetsThePageAskNobodyElse() {
		browser.go(compare());
		within().untilAsserted(() -> assertThat(figure(1, "Threads")).isEqualTo("42"));
		assertThat(browser
			.evaluate("fetch('http://127.0.0.1:" + this.port
					+ "/json', { mode: 'no-cors' }).then(() => 'asked', () => 'refused')")
			.asString()).isEqualTo("refused");
	}

	@Test
	void withoutAddressesTheyAreAskedFor() {
		browser.go(page());
		within().until(() -> browser.evaluate("document.getElementById('addresses').open").asBoolean());
		browser.evaluate("document.forms[0].elements.a.value = 'localhost:" + this.known.port() + "#By hand'");
		browser.evaluate("document.forms[0].requestSubmit()");
		within().untilAsserted(() -> assertThat(names()).containsExactly("By hand"));
		within().untilAsserted(() -> assertThat(figure(0, "Threads")).isEqualTo("42"));
		assertThat(browser.problems()).isEmpty();
	}

	@Test
	void whatIsNoAddressIsNotAsked() {
		browser.go(page() + "?a=javascript:alert(1)&b=ftp://localhost/");
		within().until(() -> browser.evaluate("document.getElementById('addresses').open").asBoolean());
		assertThat(browser.evaluate("document.forms[0].checkValidity()").asBoolean()).isFalse();
		assertThat(browser.origins()).containsExactly("http://localhost:" + this.port);
	}

	private static ConditionFactory within() {
		return Awaitility.await().atMost(Duration.ofSeconds(30));
	}

	private String page() {
		return "http://localhost:" + this.port + "/compare.html";
	}

	private String compare() {
		return page() + "?a=http://localhost:" + this.port + "%23This&b=http://127.0.0.1:" + this.known.port();
	}

	private static String text(String selector) {
		return browser.evaluate("document.querySelector('" + selector + "')?.textContent ?? ''").asString();
	}

	private static List<String> names() {
		return texts("[...document.querySelectorAll('.name')].map(name => name.textContent)");
	}

	private static String state(int copy) {
		return browser.evaluate("document.querySelectorAll('.state')[" + copy + "].dataset.state").asString();
	}

	/** Each as {@code name: value}. */
	private static List<String> figures(int copy) {
		return texts("[...document.querySelectorAll('tbody tr')].map(row => row.querySelector('th').textContent + ': '"
				+ " + row.querySelectorAll('td')[" + copy + "].textContent)");
	}

	private static String figure(int copy, String name) {
		return figures(copy).stream()
			.filter((figure) -> figure.startsWith(name + ": "))
			.map((figure) -> figure.substring(name.length() + 2))
			.findFirst()
			.orElseThrow();
	}

	private static List<String> texts(String expression) {
		return browser.evaluate(expression).valueStream().map((node) -> node.asString()).toList();
	}

	/** How many charts have something drawn in the colour of the second copy. */
	private static int drawn() {
		return browser
			.evaluate(
					"""
							(() => {
							  const wanted = getComputedStyle(document.documentElement).getPropertyValue('--b').trim()
							      .match(/[0-9a-f]{2}/g).map(part => parseInt(part, 16));
							  return [...document.querySelectorAll('canvas')].filter((canvas) => {
							    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
							    copy.drawImage(canvas, 0, 0);
							    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
							    for (let i = 0; i < data.length; i += 4) {
							      if (wanted.every((part, j) => Math.abs(part - data[i + j]) < 40) && data[i + 3] > 100) {
							        return true;
							      }
							    }
							    return false;
							  }).length;
							})()""")
			.asInt();
	}

}
