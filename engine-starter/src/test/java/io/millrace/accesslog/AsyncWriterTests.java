package io.millrace.accesslog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class AsyncWriterTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Recorder sink = new Recorder();

	private static void write(AsyncWriter writer, String text) {
		writer.write(writer.line().append(text).append('\n'));
	}

	@Test
	void linesOfAllThreadsAreWrittenWholeAndNoneIsMissing() throws Exception {
		AsyncWriter writer = new AsyncWriter(this.sink, 65536, PATIENCE);
		List<Thread> threads = IntStream.range(0, 4).mapToObj((number) -> new Thread(() -> {
			for (int i = 0; i < 10_000; i++) {
				write(writer, number + " " + i);
			}
		})).toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		writer.close();
		for (int number = 0; number < 4; number++) {
			String beginning = number + " ";
			assertThat(this.sink.lines().stream().filter((line) -> line.startsWith(beginning)))
				.containsExactlyElementsOf(IntStream.range(0, 10_000).mapToObj((i) -> beginning + i).toList());
		}
		assertThat(writer.written()).isEqualTo(40_000);
		assertThat(writer.dropped()).isZero();
		assertThat(this.sink.closed).isTrue();
	}

	@Test
	void aLineIsWrittenAlsoAfterALongRest() {
		AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
		for (int i = 1; i <= 2; i++) {
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.sink.ticks.tryAcquire(2));
			write(writer, "line");
			int expected = i;
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(this.sink.lines()).hasSize(expected));
		}
		writer.close();
	}

	@Test
	void whereNothingCanBeWrittenNobodyWaitsAndWhatIsDroppedIsCounted(CapturedOutput output) throws Exception {
		this.sink.block();
		AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
		write(writer, "first");
		assertThat(this.sink.blocked.await(30, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 100; i++) {
			write(writer, "line " + i);
		}
		assertThat(writer.dropped()).isEqualTo(84);
		this.sink.unblock();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.sink.lines()).hasSize(17));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(output).contains(
					"The access log has dropped 84 lines, 84 since the start: they come faster than they can be written"));
		write(writer, "last");
		writer.close();
		assertThat(this.sink.lines()).hasSize(18).endsWith("line 15", "last");
		assertThat(writer.written()).isEqualTo(18);
	}

	@Test
	void longLinesTakeTheRoomOfSeveral() throws Exception {
		this.sink.block();
		AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
		write(writer, "first");
		assertThat(this.sink.blocked.await(30, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 10; i++) {
			write(writer, "x".repeat(100_000));
		}
		assertThat(writer.dropped()).isEqualTo(9);
		this.sink.unblock();
		writer.close();
		assertThat(this.sink.lines()).hasSize(2);
	}

	@Test
	void whatCannotBeWrittenIsCountedAndTheRestIsWritten(CapturedOutput output) {
		this.sink.failure = new IOException("No space left on device");
		AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
		write(writer, "lost");
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(writer.dropped()).isEqualTo(1));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(output).contains("No space left on device"));
		this.sink.failure = null;
		write(writer, "kept");
		writer.close();
		assertThat(this.sink.lines()).containsExactly("kept");
		assertThat(writer.dropped()).isEqualTo(1);
	}

	@Test
	void aSinkThatThrowsSomethingElseDoesNotEndTheLog() {
		this.sink.failure = new IllegalStateException("an appender of somebody's");
		AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
		write(writer, "lost");
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(writer.dropped()).isEqualTo(1));
		this.sink.failure = null;
		write(writer, "kept");
		writer.close();
		assertThat(this.sink.lines()).containsExactly("kept");
	}

	@Test
	void anErrorDoesNotEndTheLog() {
		AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
		this.sink.failure = new OutOfMemoryError("unable to create native thread");
		write(writer, "lost");
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(writer.dropped()).isEqualTo(1));
		this.sink.ticks.drainPermits();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.sink.ticks.tryAcquire(2));
		this.sink.failure = null;
		write(writer, "kept");
		writer.close();
		assertThat(this.sink.lines()).containsExactly("kept");
		assertThat(writer.dropped()).isEqualTo(1);
	}

	@Test
	void aLineThatCannotBeGatheredDoesNotEndTheLog() {
		AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
		Line broken = writer.line();
		// More than it has.
		broken.cut(broken.capacity() + 1);
		writer.write(broken);
		write(writer, "kept");
		writer.close();
		assertThat(this.sink.lines()).containsExactly("kept");
		assertThat(writer.dropped()).isEqualTo(1);
	}

	@Test
	void aLogThatThrowsDoesNotEndTheAccessLog() {
		Logger logger = (Logger) LoggerFactory.getLogger(AsyncWriter.class);
		AtomicInteger told = new AtomicInteger();
		UnsynchronizedAppenderBase<ILoggingEvent> appender = new UnsynchronizedAppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				told.incrementAndGet();
				throw new NoClassDefFoundError("of an appender");
			}

		};
		appender.start();
		logger.addAppender(appender);
		try {
			this.sink.failure = new IOException("No space left on device");
			AsyncWriter writer = new AsyncWriter(this.sink, 16, PATIENCE);
			write(writer, "lost");
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> told.get() == 1);
			this.sink.failure = null;
			write(writer, "kept");
			writer.close();
			assertThat(this.sink.lines()).containsExactly("kept");
			assertThat(this.sink.closed).isTrue();
			assertThat(told).as("once more at the end").hasValue(2);
		}
		finally {
			logger.detachAppender(appender);
		}
	}

	@Test
	void closingDoesNotWaitForEver(CapturedOutput output) throws Exception {
		this.sink.block();
		AsyncWriter writer = new AsyncWriter(this.sink, 16, Duration.ofMillis(50));
		write(writer, "first");
		assertThat(this.sink.blocked.await(30, TimeUnit.SECONDS)).isTrue();
		write(writer, "second");
		writer.close();
		assertThat(output).contains("About 1 lines of the access log are lost: they could not be written in 50 ms");
		write(writer, "too late");
		assertThat(writer.dropped()).isEqualTo(1);
		this.sink.unblock();
	}

	/** Remembers lines, and can be made to block or to fail. */
	private static final class Recorder implements LineSink {

		private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

		private final CountDownLatch blocked = new CountDownLatch(1);

		private final Semaphore ticks = new Semaphore(0);

		private final CountDownLatch unblocked = new CountDownLatch(1);

		private volatile boolean blocks;

		private volatile boolean closed;

		private volatile Throwable failure;

		void block() {
			this.blocks = true;
		}

		void unblock() {
			this.blocks = false;
			this.unblocked.countDown();
		}

		List<String> lines() {
			synchronized (this.lines) {
				return List.copyOf(this.lines);
			}
		}

		@Override
		public void write(byte[] bytes, int length) throws IOException {
			if (this.blocks) {
				this.blocked.countDown();
				try {
					this.unblocked.await();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
			}
			Throwable thrown = this.failure;
			if (thrown instanceof IOException io) {
				throw io;
			}
			if (thrown instanceof RuntimeException runtime) {
				throw runtime;
			}
			if (thrown instanceof Error error) {
				throw error;
			}
			String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
			assertThat(text).endsWith("\n");
			this.lines.addAll(text.lines().toList());
		}

		@Override
		public void tick() {
			this.ticks.release();
			if (this.failure instanceof Error error) {
				throw error;
			}
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
