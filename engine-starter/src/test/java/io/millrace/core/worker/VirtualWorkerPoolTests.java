package io.millrace.core.worker;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link VirtualWorkerPool}.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualWorkerPoolTests extends AbstractWorkerPoolTests {

	@Override
	WorkerPool create(int limit, int capacity) {
		return WorkerPools.create(new WorkerOptions(WorkerMode.VIRTUAL, 1, 0, Duration.ofSeconds(1), limit, capacity));
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

}
