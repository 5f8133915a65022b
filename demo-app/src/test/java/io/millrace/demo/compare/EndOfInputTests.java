package io.millrace.demo.compare;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of the process that started this one.
 */
class EndOfInputTests {

	@Test
	void theEndComesWithTheEndOfInputAndNotBefore() throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		Thread thread;
		try (PipedOutputStream out = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(out)) {
			thread = new Thread(() -> EndOfInput.await(in, ended::countDown));
			thread.start();
			out.write(1);
			out.flush();
			while (in.available() > 0) {
				Thread.onSpinWait();
			}
			assertThat(ended.getCount()).isOne();
			out.close();
			assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
		}
		thread.join();
	}

}
