package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.millrace.boot.autoconfigure.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard as it is served.
 */
@Timeout(120)
class DashboardTests {

	private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

	private static TestServer start(String type, String... properties) {
		String[] all = new String[properties.length + 1];
		System.arraycopy(properties, 0, all, 0, properties.length);
		all[properties.length] = "management.endpoints.web.exposure.include=health,millrace";
		return type.equals("servlet") ? TestServer.servlet(Application.class, all)
				: TestServer.reactive(Application.class, all);
	}

	private static String asset(String name) {
		Page page = new DashboardAssets().get(name);
		assertThat(page).isNotNull();
		return new String(page.content(), StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@CsvSource({ "servlet,a=b,/actuator", "reactive,a=b,/actuator", "servlet,management.server.port=0,/actuator",
			"reactive,management.server.port=0,/actuator", "servlet,management.endpoints.web.base-path=/a/b,/a/b",
			"reactive,management.endpoints.web.base-path=/a/b,/a/b" })
	void thePageAndAllThatItNeedsAreServedWhereTheActuatorIs(String type, String property, String base)
			throws Exception {
		try (TestServer server = start(type, property)) {
			int port = property.startsWith("management.server") ? server.managementPort() : server.port();
			// As browsers ask.
			HttpResponse<String> page = server.get(port, base + "/millrace/dashboard", "Accept",
					"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
			assertThat(page.headers().firstValue("Content-Security-Policy"))
				.hasValueSatisfying((policy) -> assertThat(policy).contains("default-src 'none'", "script-src 'self';")
					.doesNotContain("unsafe", "http", "*"));
			assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
			assertThat(REFERENCE.matcher(page.body()).results().map((found) -> found.group(1)))
				.hasSizeGreaterThanOrEqualTo(5)
				.allSatisfy((reference) -> {
					HttpResponse<String> asset = server.get(port, base + "/millrace/" + reference, "Accept",
							reference.endsWith(".css") ? "text/css,*/*;q=0.1" : "*/*");
					assertThat(asset.statusCode()).isEqualTo(200);
					assertThat(asset.headers().firstValue("Content-Type")).hasValueSatisfying(
							(contentType) -> assertThat(contentType).startsWith(reference.endsWith(".css") ? "text/css"
									: (reference.endsWith(".js") ? "text/javascript" : "image/svg+xml")));
					assertThat(asset.body()).isNotEmpty();
				});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void nothingElseIsServed(String type) throws Exception {
		try (TestServer server = start(type)) {
			for (String path : new String[] { "/dashboard.html", "/nothing.js", "/dashboard.js/more",
					"/..%2fdashboard.html", "/Page.class", "/nothing?path=..&path=Page.class" }) {
				assertThat(server.get("/actuator/millrace/dashboard" + path).statusCode()).as(path).isBetween(400, 404);
			}
			String head = server
				.raw("HEAD /actuator/millrace/dashboard HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
			assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
		}
	}

	@Test
	void thePageNamesNoAddressButRelativeOnes() {
		assertThat(REFERENCE.matcher(asset("")).results().map((MatchResult found) -> found.group(1)))
			.allSatisfy((reference) -> assertThat(reference).startsWith("dashboard/"));
		for (String name : new String[] { "", "dashboard.js", "dashboard.css" }) {
			assertThat(asset(name)).doesNotContain("http:", "https:", "=\"/", "url(", "('/");
		}
	}

	@Test
	void thePolicyIsKept() {
		// Nothing that it would refuse, and nothing that makes markup of data.
		assertThat(asset("")).doesNotContain("<style", " style=", " onload=", "javascript:")
			.doesNotContainPattern("<script(?![^>]* src=)");
		assertThat(asset("dashboard.js")).doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML",
				"document.write", "eval(", "new Function", "setAttribute('style'");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
