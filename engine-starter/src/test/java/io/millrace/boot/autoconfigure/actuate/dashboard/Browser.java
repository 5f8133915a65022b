package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
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
 * A headless Chromium with one page, spoken to by the DevTools protocol.
 */
final class Browser implements AutoCloseable, WebSocket.Listener {

	private static final List<String> PLACES = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser",
			"/usr/bin/google-chrome", "/usr/bin/google-chrome-stable");

	private final JsonMapper json = JsonMapper.shared();

	private final AtomicInteger ids = new AtomicInteger();

	private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();

	private final List<String> complaints = new CopyOnWriteArrayList<>();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final StringBuilder message = new StringBuilder();

	private final Path profile;

	private final Process process;

	private final WebSocket socket;

	private Browser(String program) throws Exception {
		this.profile = Files.createTempDirectory("browser");
		this.process = new ProcessBuilder(program, "--headless", "--no-sandbox", "--disable-gpu",
				"--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
				"--remote-debugging-port=0", "--user-data-dir=" + this.profile, "about:blank")
			.redirectError(this.profile.resolve("stderr").toFile())
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			HttpClient client = HttpClient.newHttpClient();
			this.socket = client.newWebSocketBuilder()
				.buildAsync(URI.create(page(client)), this)
				.get(30, TimeUnit.SECONDS);
			for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
				call(domain + ".enable", Map.of());
			}
		}
		catch (Exception ex) {
			end();
			throw ex;
		}
	}

	/**
	 * Where there is a browser.
	 * @return its program, {@code null} where there is none
	 */
	static @Nullable String program() {
		return PLACES.stream().filter((place) -> Files.isExecutable(Path.of(place))).findFirst().orElse(null);
	}

	static Browser start() throws Exception {
		String program = program();
		if (program == null) {
			throw new IllegalStateException("There is no browser");
		}
		return new Browser(program);
	}

	// It writes where it listens into its profile, and lists its pages there.
	private String page(HttpClient client) throws Exception {
		Path active = this.profile.resolve("DevToolsActivePort");
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			if (!this.process.isAlive()) {
				throw new IOException(Files.readString(this.profile.resolve("stderr")));
			}
			return Files.exists(active) && Files.readAllLines(active).size() >= 2;
		});
		String list = "http://127.0.0.1:" + Files.readAllLines(active).get(0) + "/json/list";
		String pages = client
			.send(HttpRequest.newBuilder(URI.create(list)).build(), HttpResponse.BodyHandlers.ofString())
			.body();
		for (JsonNode page : this.json.readTree(pages)) {
			if (page.path("type").asString().equals("page")) {
				return page.path("webSocketDebuggerUrl").asString();
			}
		}
		throw new IOException("No page in " + pages);
	}

	JsonNode call(String method, Map<String, ?> parameters) throws Exception {
		int id = this.ids.incrementAndGet();
		CompletableFuture<JsonNode> answer = new CompletableFuture<>();
		this.calls.put(id, answer);
		this.socket
			.sendText(this.json.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
			.get(30, TimeUnit.SECONDS);
		JsonNode answered = answer.get(60, TimeUnit.SECONDS);
		if (answered.has("error")) {
			throw new IllegalStateException(method + ": " + answered.path("error"));
		}
		return answered.path("result");
	}

	void open(String address) throws Exception {
		call("Page.navigate", Map.of("url", address));
	}

	/**
	 * The value of an expression in the page.
	 * @param expression JavaScript
	 * @return its value
	 */
	JsonNode evaluate(String expression) throws Exception {
		JsonNode result = call("Runtime.evaluate",
				Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
		if (result.has("exceptionDetails")) {
			throw new IllegalStateException(result.path("exceptionDetails").toString());
		}
		return result.path("result").path("value");
	}

	String text(String selector) throws Exception {
		return evaluate("document.querySelector('" + selector + "')?.textContent ?? ''").asString();
	}

	/**
	 * What the page and the browser have complained of.
	 * @return errors and warnings
	 */
	List<String> complaints() {
		return this.complaints;
	}

	/**
	 * What the page has asked for.
	 * @return the addresses
	 */
	List<String> requests() {
		return new ArrayList<>(this.requests);
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
		this.message.append(data);
		if (last) {
			received(this.json.readTree(this.message.toString()));
			this.message.setLength(0);
		}
		webSocket.request(1);
		return null;
	}

	private void received(JsonNode message) {
		JsonNode parameters = message.path("params");
		switch (message.path("method").asString("")) {
			case "" -> {
				CompletableFuture<JsonNode> call = this.calls.remove(message.path("id").asInt());
				if (call != null) {
					call.complete(message);
				}
			}
			case "Runtime.exceptionThrown" -> this.complaints.add(parameters.toString());
			case "Runtime.consoleAPICalled" -> {
				if (List.of("error", "warning", "assert").contains(parameters.path("type").asString())) {
					this.complaints.add(parameters.toString());
				}
			}
			case "Log.entryAdded" -> this.complaints.add(parameters.toString());
			case "Network.requestWillBeSent" -> this.requests.add(parameters.path("request").path("url").asString());
			default -> {
			}
		}
	}

	@Override
	public void close() {
		this.socket.abort();
		end();
	}

	// All of them are named before the first ends: who has lost its parent is nobody's
	// descendant any more. They write
	// into the profile until they end, and one that was born in between, or belongs to
	// nobody, even after that.
	private void end() {
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

}
