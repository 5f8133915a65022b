package io.millrace.demo.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A browser that listens, without the browser.
 */
final class EventStream implements AutoCloseable {

	private static final HttpClient client = HttpClient.newHttpClient();

	private static final String END = "end of stream";

	private final HttpResponse<InputStream> response;

	private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

	private EventStream(HttpResponse<InputStream> response) {
		this.response = response;
		Thread reader = new Thread(this::read, "event-stream");
		reader.setDaemon(true);
		reader.start();
	}

	static EventStream open(int port) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/live")).build();
		return new EventStream(client.send(request, HttpResponse.BodyHandlers.ofInputStream()));
	}

	HttpResponse<?> response() {
		return this.response;
	}

	/**
	 * Returns the next line that contains this text.
	 */
	String await(String text) throws InterruptedException {
		for (;;) {
			String line = this.lines.poll(20, TimeUnit.SECONDS);
			if (line == null || line.equals(END)) {
				throw new AssertionError("Waited for '" + text + "', came to " + line);
			}
			if (line.contains(text)) {
				return line;
			}
		}
	}

	void awaitEnd() throws InterruptedException {
		String line;
		do {
			line = this.lines.poll(20, TimeUnit.SECONDS);
			if (line == null) {
				throw new AssertionError("The stream does not end");
			}
		}
		while (!line.equals(END));
	}

	@Override
	public void close() {
		try {
			this.response.body().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void read() {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(this.response.body(), StandardCharsets.UTF_8))) {
			reader.lines().forEach(this.lines::add);
		}
		catch (IOException | UncheckedIOException ex) {
			// Closed from either side.
		}
		this.lines.add(END);
	}

}
