package io.millrace.demo.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * One run of {@link Compare} as a process of its own, with copies from the class path of
 * the tests.
 */
final class CompareRun implements AutoCloseable {

	/**
	 * Below those that are given to whoever asks for any, and not that of other builds on
	 * the same machine.
	 */
	static final int FIRST_PORT = 20_000 + (int) (ProcessHandle.current().pid() % 1000) * 10;

	private static final String END = "end of output";

	private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

	private final List<ProcessHandle> copies = new ArrayList<>();

	private final Process process;

	private CompareRun(Process process) {
		this.process = process;
		Thread reader = new Thread(this::read, "compare-output");
		reader.setDaemon(true);
		reader.start();
	}

	static CompareRun start(Path logs, String... options) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), Compare.class.getName(), "--logs=" + logs,
						"--port=" + FIRST_PORT));
		command.addAll(List.of(options));
		if (Arrays.stream(options).noneMatch((option) -> option.startsWith("--jvm="))) {
			command.add("--jvm=-Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
		}
		return new CompareRun(new ProcessBuilder(command).redirectErrorStream(true).start());
	}

	/**
	 * Waits until all copies are there.
	 * @return the page's address
	 */
	String awaitPage() throws InterruptedException {
		String page = await("/compare.html").trim();
		this.copies.addAll(this.process.descendants().toList());
		return page;
	}

	/**
	 * Returns the next line that contains this text.
	 */
	String await(String text) throws InterruptedException {
		for (;;) {
			String line = this.lines.poll(2, TimeUnit.MINUTES);
			if (line == null || line.equals(END)) {
				throw new AssertionError("Waited for '" + text + "', came to " + line);
			}
			if (line.contains(text)) {
				return line;
			}
		}
	}

	Process process() {
		return this.process;
	}

	List<ProcessHandle> copies() {
		return this.copies;
	}

	static List<Integer> ports(String page) {
		return Pattern.compile("=http://localhost:(\\d+)")
			.matcher(page)
			.results()
			.map((match) -> Integer.valueOf(match.group(1)))
			.toList();
	}

	/**
	 * Waits until no process is left, and nobody listens any more.
	 */
	void awaitNothingLeft(String page) {
		ConditionFactory await = Awaitility.await().atMost(Duration.ofSeconds(30));
		await.until(() -> !this.process.isAlive());
		await.until(() -> this.copies.stream().noneMatch(ProcessHandle::isAlive));
		await.until(() -> ports(page).stream().allMatch(CompareRun::isFree));
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void read() {
		try (BufferedReader output = this.process.inputReader()) {
			output.lines().forEach(this.lines::add);
		}
		catch (IOException | UncheckedIOException ex) {
			// Closed
		}
		this.lines.add(END);
	}

	@Override
	public void close() {
		List<ProcessHandle> all = new ArrayList<>(this.process.descendants().toList());
		all.addAll(this.copies);
		all.add(this.process.toHandle());
		all.forEach(ProcessHandle::destroyForcibly);
		Awaitility.await().until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
	}

}
