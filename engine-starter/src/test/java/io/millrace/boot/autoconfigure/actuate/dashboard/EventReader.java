package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of the stream.
 */
final class EventReader implements AutoCloseable {

	private final HttpResponse<InputStream> response;

	private final BufferedReader lines;

	private EventReader(HttpResponse<InputStream> response) {
		this.response = response;
		this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
	}

	static EventReader open(int port, String path, String... headers) throws IOException, InterruptedException {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
			.header("Accept", "text/event-stream");
		return new EventReader(client.send(((headers.length > 0) ? request.headers(headers) : request).build(),
				HttpResponse.BodyHandlers.ofInputStream()));
	}

	int status() {
		return this.response.statusCode();
	}

	String header(String name) {
		return this.response.headers().firstValue(name).orElse("");
	}

	/**
	 * The rest of the response.
	 * @return its lines
	 */
	String text() throws IOException {
		return new String(this.response.body().readAllBytes(), StandardCharsets.UTF_8);
	}

	/**
	 * The next line.
	 * @return the line, {@code null} at the end of the response
	 */
	@Nullable String line() throws IOException {
		return this.lines.readLine();
	}

	/**
	 * The next event.
	 * @return its data
	 */
	JsonNode next() throws IOException {
		for (String line = line(); line != null; line = line()) {
			if (line.startsWith("data: ")) {
				return JsonMapper.shared().readTree(line.substring("data: ".length()));
			}
		}
		throw new IOException("The stream has ended");
	}

	@Override
	public void close() throws IOException {
		this.response.body().close();
	}

}
