package io.millrace.core.worker;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Waits for threads to end.
 */
final class Threads {

	private Threads() {
	}

	/**
	 * Wait until a set of threads is empty. An interrupt ends the waiting and stays set.
	 * @param alive threads that remove themselves when they end; more may come while we
	 * wait
	 * @param patience how long
	 * @return whether nobody but the calling thread is left
	 */
	static boolean join(Set<Thread> alive, Duration patience) {
		long deadline = System.nanoTime() + patience.toNanos();
		Thread next;
		while ((next = other(alive)) != null) {
			long left = deadline - System.nanoTime();
			try {
				if (left <= 0 || Thread.currentThread().isInterrupted()) {
					return false;
				}
				TimeUnit.NANOSECONDS.timedJoin(next, left);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}
		return true;
	}

	private static @Nullable Thread other(Set<Thread> alive) {
		for (Thread thread : alive) {
			if (thread != Thread.currentThread()) {
				return thread;
			}
		}
		return null;
	}

}
