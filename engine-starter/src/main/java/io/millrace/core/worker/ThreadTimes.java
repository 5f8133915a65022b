package io.millrace.core.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * What Linux knows of a thread: how long it has run, and how long it was ready to run and
 * had to wait for a processor. The rest of its time it had nothing to do, or waited for
 * something else.
 */
final class ThreadTimes {

	private static final Path THIS_THREAD = Path.of("/proc/thread-self");

	private final Path file;

	private long running;

	private long ready;

	private ThreadTimes(Path file) {
		this.file = file;
	}

	/**
	 * The times of the calling thread.
	 * @return the times, to be read by any one thread; {@code null} where the system does
	 * not tell
	 */
	static @Nullable ThreadTimes ofThisThread() {
		try {
			Path file = THIS_THREAD.resolveSibling(Files.readSymbolicLink(THIS_THREAD)).resolve("schedstat");
			ThreadTimes times = new ThreadTimes(file);
			return times.read() ? times : null;
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			return null;
		}
	}

	/**
	 * Read them anew.
	 * @return {@code false} if they are not to be had: the thread has ended
	 */
	boolean read() {
		try {
			String[] fields = new String(Files.readAllBytes(this.file), StandardCharsets.US_ASCII).split(" ");
			this.running = Long.parseLong(fields[0]);
			this.ready = Long.parseLong(fields[1]);
			return true;
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	/**
	 * How long it has run.
	 * @return nanoseconds
	 */
	long running() {
		return this.running;
	}

	/**
	 * How long it has waited for a processor.
	 * @return nanoseconds
	 */
	long ready() {
		return this.ready;
	}

}
