package io.millrace.demo.compare;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Processes that live and end together. Their standard input is a pipe from this process:
 * should it be killed the hard way, they see its end, and end too.
 */
final class Crew {

	private final Duration grace;

	private final List<Process> members = new ArrayList<>();

	private final CompletableFuture<Ended> firstToEnd = new CompletableFuture<>();

	private boolean stopped;

	/**
	 * Make a crew without members.
	 * @param grace how long those that are stopped may take before they are killed
	 */
	Crew(Duration grace) {
		this.grace = grace;
	}

	/**
	 * Starts another one.
	 * @param name what it is called
	 * @param command what to run
	 * @param log where its output goes
	 * @throws IOException if it cannot be run
	 */
	synchronized void start(String name, List<String> command, File log) throws IOException {
		if (this.stopped) {
			return;
		}
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
		this.members.add(process);
		process.onExit().thenAccept((ended) -> this.firstToEnd.complete(new Ended(name, ended.exitValue())));
	}

	/**
	 * Which ended first, by itself or stopped.
	 * @return the one, as soon as there is one
	 */
	CompletableFuture<Ended> firstToEnd() {
		return this.firstToEnd;
	}

	/**
	 * Stops all, and waits until they have ended: those that take longer than their grace
	 * are killed. None can be started any more.
	 */
	synchronized void stop() {
		this.stopped = true;
		this.members.forEach(Process::destroy);
		long end = System.nanoTime() + this.grace.toNanos();
		for (Process member : this.members) {
			try {
				if (!member.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
					member.destroyForcibly().waitFor();
				}
			}
			catch (InterruptedException ex) {
				this.members.forEach(Process::destroyForcibly);
				Thread.currentThread().interrupt();
				return;
			}
		}
	}

	/**
	 * One that has ended.
	 *
	 * @param name what it is called
	 * @param status its exit status
	 */
	record Ended(String name, int status) {
	}

}
