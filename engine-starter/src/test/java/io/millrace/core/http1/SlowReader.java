package io.millrace.core.http1;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.millrace.core.RawClient;

/**
 * Reads in bursts, with pauses that are shorter than any deadline, and takes many times
 * as long for the whole. What a machine does that is too slow for that says nothing: then
 * it is tried once more, with more time.
 */
final class SlowReader {

	private static final Duration SHORTEST = Duration.ofMillis(400);

	private static final Duration LONGEST = Duration.ofSeconds(10);

	// As much as a full socket has to be rid of before it takes more, and again as much.
	private static final int BURST = 2_000_000;

	private final Duration deadline;

	private long last = System.nanoTime();

	private long longest;

	private SlowReader(Duration deadline) {
		this.deadline = deadline;
	}

	/**
	 * Have something read slowly.
	 * @param reading reads it, within deadlines that it is told
	 */
	static void read(Reading reading) throws Exception {
		for (Duration deadline = SHORTEST;; deadline = deadline.multipliedBy(2)) {
			SlowReader reader = new SlowReader(deadline);
			try {
				reading.read(deadline, reader);
				return;
			}
			catch (IOException | AssertionError ex) {
				reader.look();
				if (reader.longest < deadline.toNanos() / 2 || deadline.compareTo(LONGEST) > 0) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Read a response.
	 * @param client has asked for it
	 * @param length how long its body is
	 * @return how much of that has come
	 */
	long body(RawClient client, int length) throws Exception {
		client.receiveHead();
		byte[] burst = new byte[BURST];
		int received = 0;
		int read = 1;
		while (received < length && read > 0) {
			this.last = System.nanoTime();
			new CountDownLatch(1).await(this.deadline.toMillis() / 4, TimeUnit.MILLISECONDS);
			read = client.in().readNBytes(burst, 0, Math.min(burst.length, length - received));
			received += read;
			look();
		}
		return received;
	}

	private void look() {
		this.longest = Math.max(this.longest, System.nanoTime() - this.last);
	}

	/** Reads something. */
	interface Reading {

		void read(Duration deadline, SlowReader reader) throws Exception;

	}

}
