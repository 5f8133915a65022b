package io.millrace.demo.compare;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.FileSystemUtils;

/**
 * A Chromium without a window, steered by its DevTools protocol.
 */
final class Browser implements AutoCloseable {

	private static final JsonMapper json = new JsonMapper();

	private final AtomicInteger lastId = new AtomicInteger();

	private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();

	private final List<String> problems = new CopyOnWriteArrayList<>();

	private final Set<String> origins = new ConcurrentSkipListSet<>();

	private final Path profile;

	private final Process process;

	private final WebSocket socket;

	private Browser(Path binary) throws IOException, InterruptedException {
		this.profile = Files.createTempDirectory("browser");
		this.process = new ProcessBuilder(binary.toString(), "--headless", "--no-sandbox", "--disable-gpu",
				"--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
				"--user-data-dir=" + this.profile, "about:blank")
			.redirectErrorStream(true)
			.redirectOutput(this.profile.resolve("log").toFile())
			.start();
		Path ports = this.profile.resolve("DevToolsActivePort");
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> Files.exists(ports) && Files.readAllLines(ports).size() == 2);
		HttpClient client = HttpClient.newHttpClient();
		URI pages = URI.create("http://127.0.0.1:" + Files.readAllLines(ports).get(0) + "/json/list");
		JsonNode page = json
			.readTree(client.send(HttpRequest.newBuilder(pages).build(), BodyHandlers.ofString()).body())
			.get(0);
		this.socket = client.newWebSocketBuilder()
			.buildAsync(URI.create(page.get("webSocketDebuggerUrl").asString()), new Listener())
			.join();
		for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
			call(domain + ".enable", Map.of());
		}
	}

	/**
	 * A browser, where there is one.
	 * @return the browser or {@code null}
	 */
	static @Nullable Browser open() throws IOException, InterruptedException {
		Path binary = Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
			.flatMap((name) -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
				.map((folder) -> Path.of(folder, name)))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
		return (binary != null) ? new Browser(binary) : null;
	}

	/**
	 * Changes the window.
	 */
	void show(int width, int height, boolean phone, boolean dark) {
		call("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", phone ? 2 : 1, "mobile", phone));
		call("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
	}

	void go(String address) {
		// What was open before must be gone, so that it is not it that is heard of.
		navigate("about:blank");
		this.problems.clear();
		this.origins.clear();
		navigate(address);
	}

	private void navigate(String address) {
		call("Page.navigate", Map.of("url", address));
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.ignoreExceptions()
			.until(() -> evaluate("document.readyState === 'complete' && (location.href === 'about:blank') === "
					+ address.equals("about:blank"))
				.asBoolean());
	}

	/**
	 * What an expression gives, in the page.
	 */
	JsonNode evaluate(String expression) {
		JsonNode result = call("Runtime.evaluate",
				Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
		if (result.has("exceptionDetails")) {
			throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
		}
		return result.get("result").path("value");
	}

	/**
	 * Errors and warnings of the console, since the page was gone to.
	 */
	List<String> problems() {
		return this.problems;
	}

	/**
	 * Who was asked for anything, since the page was gone to.
	 */
	Set<String> origins() {
		return this.origins;
	}

	/**
	 * A picture of the whole page.
	 */
	void picture(Path file) throws IOException {
		JsonNode picture = call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
		Files.createDirectories(file.getParent());
		Files.write(file, Base64.getDecoder().decode(picture.get("data").asString()));
	}

	private JsonNode call(String method, Map<String, ?> parameters) {
		int id = this.lastId.incrementAndGet();
		CompletableFuture<JsonNode> result = new CompletableFuture<>();
		this.calls.put(id, result);
		this.socket.sendText(json.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
			.join();
		return result.orTimeout(60, TimeUnit.SECONDS).join();
	}

	private void received(JsonNode message) {
		if (message.has("id")) {
			CompletableFuture<JsonNode> call = this.calls.remove(message.get("id").asInt());
			if (message.has("error")) {
				call.completeExceptionally(new AssertionError(message.get("error").toString()));
			}
			else {
				call.complete(message.get("result"));
			}
			return;
		}
		JsonNode parameters = message.get("params");
		switch (message.get("method").asString()) {
			case "Runtime.exceptionThrown" -> this.problems.add(parameters.toString());
			case "Runtime.consoleAPICalled" -> {
				if (Set.of("error", "warning", "assert").contains(parameters.get("type").asString())) {
					this.problems.add(parameters.toString());
				}
			}
			case "Log.entryAdded" -> {
				JsonNode entry = parameters.get("entry");
				if (Set.of("error", "warning").contains(entry.get("level").asString())) {
					this.problems.add(entry.toString());
				}
			}
			case "Network.requestWillBeSent" -> {
				URI uri = URI.create(parameters.at("/request/url").asString());
				this.origins.add(uri.getScheme() + "://" + uri.getAuthority());
			}
			default -> {
				// Of no interest
			}
		}
	}

	// All of them are named before the first ends: who has lost its parent is nobody's
	// descendant any more. They write
	// into the profile until they end, and one that was born in between, or belongs to
	// nobody, even after that.
	@Override
	public void close() {
		this.socket.abort();
		List<ProcessHandle> family = Stream.concat(this.process.descendants(), Stream.of(this.process.toHandle()))
			.toList();
		this.process.destroy();
		CompletableFuture<?> ended = CompletableFuture
			.allOf(family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
		ended.completeOnTimeout(null, 10, TimeUnit.SECONDS).join();
		family.forEach(ProcessHandle::destroyForcibly);
		Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
			FileSystemUtils.deleteRecursively(this.profile);
			return Files.notExists(this.profile);
		});
	}

	/** Puts messages together and hands them on. */
	private final class Listener implements WebSocket.Listener {

		private final StringBuilder text = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.text.append(data);
			if (last) {
				JsonNode message = json.readTree(this.text.toString());
				this.text.setLength(0);
				received(message);
			}
			socket.request(1);
			return null;
		}

	}

}
