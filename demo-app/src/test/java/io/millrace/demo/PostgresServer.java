package io.millrace.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.jspecify.annotations.Nullable;

import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.util.FileSystemUtils;

/**
 * A real PostgreSQL server for the tests alone: on a port of its own, in a temporary
 * folder, stopped when the JVM ends. As an extension it skips what needs it where no
 * PostgreSQL is installed.
 */
public final class PostgresServer implements ExecutionCondition {

	/** Used where the tests run as root, as which PostgreSQL refuses to start. */
	private static final List<String> OTHER_USERS = List.of("postgres", "nobody");

	private static final @Nullable Path binaries = findBinaries();

	private static @Nullable PostgresServer running;

	private final String password = UUID.randomUUID().toString();

	private int port;

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return (binaries != null) ? ConditionEvaluationResult.enabled("PostgreSQL found in " + binaries)
				: ConditionEvaluationResult.disabled(
						"PostgreSQL is not installed: initdb and pg_ctl are neither on the PATH nor in /usr/lib/postgresql");
	}

	/**
	 * Points the profile {@code postgres} at the server, which is started at the first
	 * call.
	 */
	public static void register(DynamicPropertyRegistry registry) {
		PostgresServer server = running();
		registry.add("ENROLMENT_DB_URL", () -> "jdbc:postgresql://127.0.0.1:" + server.port + "/postgres");
		registry.add("ENROLMENT_DB_USER", () -> "enrolment");
		registry.add("ENROLMENT_DB_PASSWORD", () -> server.password);
	}

	private static synchronized PostgresServer running() {
		if (running == null) {
			try {
				PostgresServer server = new PostgresServer();
				server.start();
				running = server;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return running;
	}

	private void start() throws IOException {
		Path folder = Files.createTempDirectory("enrolment-postgres");
		Path data = folder.resolve("data");
		Path password = Files.writeString(folder.resolve("password"), this.password);
		List<String> asUser = asUser(folder, password);
		run(asUser, "initdb", "--pgdata=" + data, "--username=enrolment", "--pwfile=" + password,
				"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync");
		this.port = freePort();
		String options = "-p " + this.port
				+ " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off";
		Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(asUser, folder, data)));
		run(asUser, "pg_ctl", "start", "--wait", "--pgdata=" + data, "--log=" + folder.resolve("log"),
				"--options=" + options);
	}

	private static void stop(List<String> asUser, Path folder, Path data) {
		try {
			run(asUser, "pg_ctl", "stop", "--mode=immediate", "--pgdata=" + data);
			FileSystemUtils.deleteRecursively(folder);
		}
		catch (IOException ex) {
			System.err.println("PostgreSQL in " + folder + " was not stopped: " + ex);
		}
	}

	private static List<String> asUser(Path... owned) throws IOException {
		if (!System.getProperty("user.name").equals("root")) {
			return List.of();
		}
		for (String user : OTHER_USERS) {
			try {
				for (Path path : owned) {
					Files.setOwner(path,
							path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
				}
				return List.of("runuser", "-u", user, "--");
			}
			catch (UserPrincipalNotFoundException ex) {
				// The next one may exist.
			}
		}
		throw new IOException("PostgreSQL does not run as root, and there is none of the users " + OTHER_USERS);
	}

	private static void run(List<String> asUser, String binary, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(asUser);
		command.add(String.valueOf(binaries) + File.separator + binary);
		Collections.addAll(command, arguments);
		// To a file and not a pipe: the server inherits it, and a pipe would never end.
		Path output = Files.createTempFile("enrolment-" + binary, ".txt");
		try {
			Process process = new ProcessBuilder(command).directory(new File("/"))
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
				process.destroy();
				throw new IOException(command + " failed: " + Files.readString(output));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while waiting for " + command, ex);
		}
		finally {
			Files.delete(output);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static @Nullable Path findBinaries() {
		Stream<Path> path = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.filter((element) -> !element.isEmpty())
			.map(Path::of);
		return Stream.concat(path, installed())
			.filter((folder) -> Files.isExecutable(folder.resolve("initdb"))
					&& Files.isExecutable(folder.resolve("pg_ctl")))
			.findFirst()
			.orElse(null);
	}

	/** Where Debian puts them, newest first. */
	private static Stream<Path> installed() {
		File[] versions = new File("/usr/lib/postgresql").listFiles();
		return (versions != null) ? Arrays.stream(versions)
			.sorted(Collections.reverseOrder())
			.map((version) -> version.toPath().resolve("bin")) : Stream.empty();
	}

}
