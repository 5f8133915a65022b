package io.millrace.demo.compare;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the compare page needs of a copy, over real sockets. Subclasses choose the server.
 */
abstract class AbstractCompareTests {

	private static final HttpClient client = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "compare.html", "compare.js" })
	void whatThePageNamesIsThere(String file) throws Exception {
		HttpResponse<String> page = get("/" + file, null);
		assertThat(page.statusCode()).isEqualTo(200);
		List<String> named = Pattern.compile("(?:href|src)=\"([^\"]+)\"|from '\\./([^']+)'")
			.matcher(page.body())
			.results()
			.flatMap((match) -> Stream.of(match.group(1), match.group(2)))
			.filter((name) -> name != null && !name.startsWith("#"))
			.toList();
		assertThat(named).isNotEmpty();
		for (String name : named) {
			assertThat(get("/" + name, null).statusCode()).as(name).isEqualTo(200);
		}
	}

	@Test
	void whatThePageReadsIsPublished() throws Exception {
		assertThat(get("/json", null).statusCode()).isEqualTo(200);
		String meters = get("/actuator/prometheus", null).body();
		Stream.of("process_cpu_time_ns_total", "process_resident_memory_bytes", "jvm_threads_live_threads")
			.forEach((meter) -> assertThat(value(meters, meter, "")).as(meter).isPositive());
		assertThat(value(meters, "jvm_memory_used_bytes", "area=\"heap\"")).isPositive();
		Stream.of("count", "sum", "max", "bucket")
			.map("http_server_requests_seconds_"::concat)
			.forEach((meter) -> assertThat(value(meters, meter, "uri=\"/json\"")).as(meter).isPositive());
	}

	@Test
	void pagesOfThisMachineMayAsk() throws Exception {
		for (String origin : List.of("http://localhost:8081", "http://127.0.0.1:1")) {
			assertThat(get("/actuator/prometheus", origin).headers().firstValue("Access-Control-Allow-Origin"))
				.hasValue(origin);
		}
	}

	@Test
	void otherPagesMayNot() throws Exception {
		for (String origin : List.of("http://example.org", "http://localhost.example.org:8081", "null")) {
			HttpResponse<String> response = get("/actuator/prometheus", origin);
			assertThat(response.statusCode()).isEqualTo(403);
			assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
		}
	}

	/**
	 * Of a meter that only this server has.
	 */
	final double value(String meter) throws Exception {
		return value(get("/actuator/prometheus", null).body(), meter, "");
	}

	private static double value(String meters, String name, String label) {
		return meters.lines()
			.filter((line) -> line.matches(name + "[{ ].*") && line.contains(label))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
			.sum();
	}

	private HttpResponse<String> get(String path, String origin) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
		if (origin != null) {
			request.header("Origin", origin);
		}
		return client.send(request.build(), BodyHandlers.ofString());
	}

}
