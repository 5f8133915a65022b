package io.millrace.core.worker;

import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link WorkerOptions} and the pools that they make.
 */
class WorkerOptionsTests {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	static Stream<Arguments> wrong() {
		return Stream.of(Arguments.of(0, 0, MINUTE, 1, 1, "maxThreads has to be 1 to 100000, and is 0"),
				Arguments.of(100_001, 0, MINUTE, 1, 1, "maxThreads has to be 1 to 100000, and is 100001"),
				Arguments.of(1, -1, MINUTE, 1, 1, "minThreads has to be 0 to maxThreads (1), and is -1"),
				Arguments.of(1, 2, MINUTE, 1, 1, "minThreads has to be 0 to maxThreads (1), and is 2"),
				Arguments.of(1, 0, Duration.ZERO, 1, 1, "keepAlive has to be more than 0, and is PT0S"),
				Arguments.of(1, 0, MINUTE, 0, 1, "maxConcurrency has to be 1 or more, and is 0"),
				Arguments.of(1, 0, MINUTE, 1, 0, "queueCapacity has to be 1 to 1000000, and is 0"),
				Arguments.of(1, 0, MINUTE, 1, 1_000_001, "queueCapacity has to be 1 to 1000000, and is 1000001"));
	}

	@ParameterizedTest
	@MethodSource
	void wrong(int max, int min, Duration keepAlive, int concurrency, int capacity, String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new WorkerOptions(WorkerMode.POOL, max, min, keepAlive, concurrency, capacity))
			.withMessage(message);
	}

	@Test
	void theLargestPoolMayBeMade() {
		WorkerPool pool = WorkerPools
			.create(new WorkerOptions(WorkerMode.POOL, 100_000, 0, Duration.ofDays(365), 1, 1_000_000));
		assertThat(pool.snapshot().limit()).isEqualTo(100_000);
		assertThat(pool.snapshot().capacity()).isEqualTo(1_000_000);
		pool.stop(MINUTE);
	}

	@Test
	void inlineTheCallerRunsTheTask() {
		WorkerPool pool = WorkerPools.create(new WorkerOptions(WorkerMode.INLINE, 1, 0, MINUTE, 1, 1));
		Thread[] ran = new Thread[2];
		assertThat(pool.tryExecute(() -> ran[0] = Thread.currentThread())).isTrue();
		pool.resume(() -> ran[1] = Thread.currentThread());
		assertThat(ran).containsOnly(Thread.currentThread());
		assertThat(pool.tryExecute(() -> {
			throw new IllegalStateException("A test wants this");
		})).isTrue();
		assertThat(pool.snapshot().threads()).isZero();
		pool.stop(MINUTE);
	}

	@Test
	void aReadingIsToldInOneLine() {
		assertThat(new WorkerSnapshot(200, 10, 4, 3, 100, 7))
			.hasToString("limit=200, threads=10, busy=4, waiting=3, capacity=100, refused=7");
	}

}
