package io.millrace.core.worker;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for every pool holds for virtual threads that loops carry.
 */
@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "Loops carry virtual threads from JDK 24 on")
class LoopWorkerPoolTests extends AbstractWorkerPoolTests {

	private final TestLoop one = new TestLoop();

	private final TestLoop other = new TestLoop();

	@AfterEach
	void closeLoops() {
		stopPools();
		this.one.close();
		this.other.close();
	}

	@Override
	WorkerPool create(int limit, int capacity) {
		return TestLoop.bind(WorkerPools.create(options(limit, capacity)), this.one, this.other);
	}

	private static WorkerOptions options(int limit, int capacity) {
		return new WorkerOptions(WorkerMode.LOOP, 1, 0, Duration.ofSeconds(1), limit, capacity);
	}

	@Test
	void threadsEndWithTheirWork() {
		WorkerPool pool = pool(10, 10);
		block(pool, 5);
		assertThat(pool.snapshot().threads()).isEqualTo(5);
		releaseBlocked();
		awaitQuiet(pool);
		assertThat(pool.snapshot().threads()).isZero();
	}

	@Test
	void aThousandMayBlockAtOnce() {
		WorkerPool pool = pool(1000, 1);
		block(pool, 1000);
		assertThat(pool.snapshot().busy()).isEqualTo(1000);
	}

	@Test
	void whatBelongsToNoLoopIsCarriedByTheJdk() {
		WorkerPool pool = managed(WorkerPools.create(options(10, 10)));
		block(pool, 10);
		assertThat(pool.snapshot().busy()).isEqualTo(10);
	}

}
