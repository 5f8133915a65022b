package io.millrace.core.worker;

import java.time.Duration;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * What holds for every pool holds for virtual threads with a queue of lanes.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class LaneVirtualWorkerPoolTests extends AbstractWorkerPoolTests {

	@Override
	WorkerPool create(int limit, int capacity) {
		return WorkerPools.create(new WorkerOptions(WorkerMode.VIRTUAL, 1, 0, Duration.ofSeconds(60), limit,
				new QueueOptions(capacity, QueueOrder.ADAPTIVE, Duration.ZERO, true), 0));
	}

}
