package io.millrace.demo.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.millrace.demo.compare.Crew.Ended;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes that live and end together.
 */
class CrewTests {

	private final Crew crew = new Crew(Duration.ofMillis(500));

	@TempDir
	private Path logs;

	@AfterEach
	void stop() {
		this.crew.stop();
	}

	@Test
	void allAreStopped() throws Exception {
		List<ProcessHandle> members = List.of(start("one", "wait"), start("two", "wait"));
		this.crew.stop();
		assertThat(members).noneMatch(ProcessHandle::isAlive);
	}

	@Test
	void whoDoesNotStopIsKilled() throws Exception {
		ProcessHandle member = start("deaf", "ignore");
		this.crew.stop();
		assertThat(member.isAlive()).isFalse();
	}

	@Test
	void theFirstToEndIsTold() throws Exception {
		start("patient", "wait");
		start("brief", "end");
		assertThat(this.crew.firstToEnd().get(20, TimeUnit.SECONDS)).isEqualTo(new Ended("brief", 7));
	}

	@Test
	void nobodyIsStartedAfterTheStop() throws Exception {
		this.crew.stop();
		this.crew.start("late", command("wait"), this.logs.resolve("late").toFile());
		assertThat(this.logs.resolve("late")).doesNotExist();
	}

	private ProcessHandle start(String name, String what) throws IOException {
		Path log = this.logs.resolve(name);
		this.crew.start(name, command(what), log.toFile());
		Awaitility.await().until(() -> Files.readString(log).endsWith("\n"));
		return ProcessHandle.of(Long.parseLong(Files.readString(log).trim())).orElse(ProcessHandle.current());
	}

	private static List<String> command(String what) {
		return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), Member.class.getName(), what);
	}

	/** A process that says who it is, and waits. */
	static final class Member {

		private Member() {
		}

		public static void main(String[] args) throws Exception {
			if (args[0].equals("ignore")) {
				Runtime.getRuntime().addShutdownHook(new Thread(Member::forever));
			}
			System.out.println(ProcessHandle.current().pid());
			if (args[0].equals("end")) {
				Runtime.getRuntime().halt(7);
			}
			forever();
		}

		private static void forever() {
			try {
				Thread.sleep(Long.MAX_VALUE);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
