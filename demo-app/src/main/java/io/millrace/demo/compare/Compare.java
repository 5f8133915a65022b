package io.millrace.demo.compare;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import io.millrace.demo.EnrolmentApplication;
import io.millrace.demo.compare.Crew.Ended;

/**
 * Starts copies of the application, each on another server, puts the same load on all,
 * and stops them together: when this process is stopped, when one of them ends, or when
 * the time is over. {@code demo-app/compare} runs it.
 */
public final class Compare {

	private static final Duration START_LIMIT = Duration.ofMinutes(3);

	private static final int REPORT_SECONDS = 10;

	// By SIGINT and SIGTERM
	private static final Set<Integer> STOPPED = Set.of(130, 143);

	private final CompareOptions options;

	private final PrintStream out;

	private final Crew crew = new Crew(Duration.ofSeconds(10));

	private Compare(CompareOptions options, PrintStream out) {
		this.options = options;
		this.out = out;
	}

	public static void main(String[] args) throws Exception {
		if (Arrays.asList(args).contains("--help")) {
			System.out.print(CompareOptions.USAGE);
			return;
		}
		CompareOptions options;
		try {
			options = CompareOptions.parse(args);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.print(CompareOptions.USAGE);
			System.exit(2);
			return;
		}
		Compare compare = new Compare(options, System.out);
		Runtime.getRuntime().addShutdownHook(new Thread(compare.crew::stop, "stop"));
		// Stops the crew too
		System.exit(compare.run() ? 0 : 1);
	}

	private boolean run() throws IOException, InterruptedException {
		List<Copy> copies = copies();
		Files.createDirectories(this.options.logs());
		for (Copy copy : copies) {
			this.crew.start(copy.name(), command(copy), log(copy.name()).toFile());
		}
		this.out.println("Starting " + copies.stream().map(Copy::name).collect(Collectors.joining(", "))
				+ "; their logs are in " + this.options.logs());
		for (Copy copy : copies) {
			if (!awaitReady(copy)) {
				return false;
			}
		}
		List<Load> loads = copies.stream().map((copy) -> new Load(copy, this.options.load())).toList();
		loads.forEach(Load::start);
		String page = page(copies);
		this.out.println();
		this.out.println("  " + page);
		this.out.println();
		this.out.println("Ctrl-C stops everything.");
		if (this.options.open()) {
			open(page);
		}
		return watch(loads);
	}

	private List<Copy> copies() {
		List<Copy> copies = new ArrayList<>();
		int port = this.options.port();
		for (String name : this.options.names()) {
			port = freePort(port);
			copies.add(Copy.named(name, port++));
		}
		return copies;
	}

	private static int freePort(int first) {
		for (int port = first; port < 65536; port++) {
			try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (IOException ex) {
				// Taken
			}
		}
		throw new IllegalStateException("No port from " + first + " on is free");
	}

	private List<String> command(Copy copy) {
		List<String> command = new ArrayList<>();
		if (this.options.processors() != null) {
			command.addAll(List.of("taskset", "-c", this.options.processors()));
		}
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(this.options.jvm());
		if (this.options.jar() != null) {
			command.addAll(List.of("-jar", this.options.jar().toString()));
		}
		else {
			command.addAll(List.of("-cp", System.getProperty("java.class.path"), EnrolmentApplication.class.getName()));
		}
		command.addAll(copy.arguments());
		return command;
	}

	private Path log(String name) {
		return this.options.logs().resolve(name + ".log");
	}

	private boolean awaitReady(Copy copy) throws InterruptedException, IOException {
		HttpClient client = HttpClient.newHttpClient();
		HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + copy.port() + "/actuator/health"))
			.timeout(Duration.ofSeconds(5))
			.build();
		long end = System.nanoTime() + START_LIMIT.toNanos();
		while (System.nanoTime() - end < 0) {
			if (this.crew.firstToEnd().isDone()) {
				return tellEnded();
			}
			try {
				if (client.send(health, BodyHandlers.discarding()).statusCode() == 200) {
					return true;
				}
			}
			catch (IOException ex) {
				// Not there yet
			}
			TimeUnit.MILLISECONDS.sleep(200);
		}
		this.out.println(
				copy.name() + " did not start within " + START_LIMIT.toMinutes() + " minutes: " + log(copy.name()));
		return false;
	}

	private boolean watch(List<Load> loads) throws InterruptedException, IOException {
		long left = (this.options.end() != null) ? this.options.end().toSeconds() : Long.MAX_VALUE;
		while (left > 0) {
			long wait = Math.min(left, REPORT_SECONDS);
			try {
				this.crew.firstToEnd().get(wait, TimeUnit.SECONDS);
				return tellEnded();
			}
			catch (TimeoutException ex) {
				left -= wait;
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
			if (this.options.load().rate() > 0) {
				loads.forEach((load) -> this.out.println(load.seen()));
			}
		}
		return true;
	}

	private boolean tellEnded() throws IOException {
		Ended ended = this.crew.firstToEnd().join();
		if (STOPPED.contains(ended.status())) {
			// As all are, this process included: Ctrl-C goes to everyone at the terminal.
			return false;
		}
		Path log = log(ended.name());
		this.out.println(ended.name() + " has ended with status " + ended.status()
				+ ", so the others are stopped. The end of " + log + ":");
		List<String> lines = Files.readAllLines(log);
		lines.subList(Math.max(0, lines.size() - 20), lines.size()).forEach(this.out::println);
		return false;
	}

	private static String page(List<Copy> copies) {
		StringBuilder page = new StringBuilder("http://localhost:" + copies.get(0).port() + "/compare.html");
		for (int i = 0; i < copies.size(); i++) {
			page.append((i == 0) ? '?' : '&').append((char) ('a' + i)).append('=').append(copies.get(i).inQuery());
		}
		return page.toString();
	}

	private void open(String page) {
		String opener = System.getProperty("os.name").startsWith("Mac") ? "open" : "xdg-open";
		try {
			new ProcessBuilder(opener, page).redirectErrorStream(true).redirectOutput(log("browser").toFile()).start();
		}
		catch (IOException ex) {
			this.out.println("No browser was opened: " + ex.getMessage());
		}
	}

}
