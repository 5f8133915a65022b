package io.millrace.core;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.millrace.core.http.Exchange;
import io.millrace.core.observe.EngineObserver;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * An engine in a process that may have 300 files and sockets open, and 500 clients.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class DescriptorTests {

	private static final int CLIENTS = 500;

	private static final Pattern PORT = Pattern.compile("port (\\d+)");

	@TempDir
	Path directory;

	@ParameterizedTest
	@CsvSource({ "NIO, 0", "EPOLL, 0", "IO_URING, 0", "NIO, 1000", "EPOLL, 1000", "IO_URING, 1000" })
	void aServerWithoutDescriptorsServesWhoIsThereAndThenTheOthers(Transport transport, int maxConnections)
			throws Exception {
		assumeTrue(transport.isAvailable());
		Path file = Files.writeString(this.directory.resolve("file.txt"), "content");
		Process process = start(transport, maxConnections, file);
		List<String> log = new CopyOnWriteArrayList<>();
		List<RawClient> clients = new ArrayList<>();
		try {
			int port = awaitPort(process.inputReader(), log);
			RawClient known = new RawClient(port);
			clients.add(known);
			assertThat(known.get("/").receive().body()).isEqualTo("hello");
			assertThat(known.get("/file").receive().body()).isEqualTo("content");
			// So that the classes of an error are there.
			assertThat(known.get("/fail").receive().status()).isEqualTo(500);
			int before = open(process);
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(new RawClient(port).get("/"));
			}
			Awaitility.await().untilAsserted(() -> assertThat(warnings(log)).hasSize(1));
			assertThat(warnings(log).get(0)).contains("(300)", "ulimit -n", "LimitNOFILE", "millrace.max-connections");
			assertThat(known.get("/").receive().body()).isEqualTo("hello");
			// The keeper has a file open for a moment, and gives its descriptor back.
			Awaitility.await().untilAsserted(() -> assertThat(known.get("/file").receive().status()).isEqualTo(500));
			assertThat(known.get("/").receive().body()).isEqualTo("hello");
			assertAttemptsAreRare(known);
			for (RawClient served : clients.subList(1, 301)) {
				served.close();
			}
			for (RawClient waiting : clients.subList(301, clients.size())) {
				assertThat(waiting.receive().body()).isEqualTo("hello");
				waiting.close();
			}
			Awaitility.await()
				.untilAsserted(() -> assertThat(known.get("/file").receive().body()).isEqualTo("content"));
			Awaitility.await().untilAsserted(() -> assertThat(open(process)).isLessThanOrEqualTo(before + 2));
			assertThat(known.get("/file").receive().body()).isEqualTo("content");
			assertThat(warnings(log)).hasSize(1);
			assertThat(log).noneMatch((line) -> line.contains("LEAK") || line.contains("exceptionCaught"));
		}
		catch (Throwable ex) {
			throw new AssertionError(String.join("\n", log.subList(0, Math.min(100, log.size()))), ex);
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
			process.destroyForcibly();
		}
	}

	// Between two attempts there is a pause of 100 ms, however slow the machine: a loop
	// that does nothing else makes thousands.
	private static void assertAttemptsAreRare(RawClient client) throws IOException {
		long began = System.nanoTime();
		int first = attempts(client);
		int last = first;
		while (last - first < 5) {
			last = attempts(client);
		}
		long pauses = (System.nanoTime() - began) / 100_000_000;
		assertThat(last - first).isLessThanOrEqualTo((int) (2 * pauses + 4));
	}

	private static int attempts(RawClient client) throws IOException {
		return Integer.parseInt(client.get("/attempts").receive().body());
	}

	private static List<String> warnings(List<String> log) {
		return log.stream().filter((line) -> line.contains("No connection can be accepted")).toList();
	}

	private static int open(Process process) {
		return new File("/proc/" + process.pid() + "/fd").list().length;
	}

	private static Process start(Transport transport, int maxConnections, Path file) throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		ProcessBuilder builder = new ProcessBuilder("bash", "-c", "ulimit -n 300; exec \"$@\"", "bash", java,
				"-Xmx128m", "-XX:TieredStopAtLevel=1", "-Dio.netty.leakDetection.level=paranoid",
				Server.class.getName(), transport.name(), Integer.toString(maxConnections), file.toString());
		builder.environment()
			.put("CLASSPATH", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
		return builder.redirectErrorStream(true).start();
	}

	private static int awaitPort(BufferedReader output, List<String> log) throws IOException {
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			log.add(line);
			Matcher matcher = PORT.matcher(line);
			if (matcher.matches()) {
				Thread reader = new Thread(() -> readAll(output, log), "log");
				reader.setDaemon(true);
				reader.start();
				return Integer.parseInt(matcher.group(1));
			}
		}
		throw new AssertionError("The server did not start");
	}

	private static void readAll(BufferedReader output, List<String> log) {
		try {
			output.lines().forEach(log::add);
		}
		catch (UncheckedIOException ex) {
			// The process was ended.
		}
	}

	/** What runs in the process. */
	static final class Server implements EngineObserver {

		private final AtomicInteger attempts = new AtomicInteger();

		private final Path file;

		Server(Path file) {
			this.file = file;
		}

		public static void main(String[] args) throws Exception {
			((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
			loadOurClasses();
			Server server = new Server(Path.of(args[2]));
			Engine engine = new Engine(EngineConfig.builder()
				.transport(Transport.valueOf(args[0]))
				.listener(new ListenerOptions(TestEngine.loopback(0), 1024, false, Integer.parseInt(args[1])))
				.observer(server)
				.build(), TestEngine.blocking(server::handle));
			engine.start();
			System.out.println("port " + engine.port());
		}

		// They are files here: each would want a descriptor when it is needed first. In
		// applications they are entries of a jar that is open.
		private static void loadOurClasses() throws Exception {
			Path root = Path.of(Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
			List<Path> classes;
			try (Stream<Path> files = Files.walk(root.resolve("io/millrace/core"))) {
				classes = files.filter((file) -> file.toString().endsWith(".class")).toList();
			}
			for (Path file : classes) {
				String name = root.relativize(file).toString();
				Class.forName(name.substring(0, name.length() - ".class".length()).replace('/', '.'), false,
						Server.class.getClassLoader());
			}
		}

		private void handle(Exchange exchange) throws IOException {
			switch (exchange.request().target().path()) {
				case "/attempts" -> TestEngine.text(exchange, Integer.toString(this.attempts.get()));
				case "/file" -> {
					FileChannel channel = FileChannel.open(this.file);
					exchange.responseBody().writeFile(channel, 0, channel.size(), true);
				}
				case "/fail" -> throw new IOException("This one fails");
				default -> TestEngine.text(exchange, "hello");
			}
		}

		@Override
		public void acceptFailed(String reason) {
			if (reason.equals("descriptors")) {
				this.attempts.incrementAndGet();
			}
		}

	}

}
