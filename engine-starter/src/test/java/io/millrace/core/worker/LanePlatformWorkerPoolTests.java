package io.millrace.core.worker;

import java.time.Duration;

/**
 * What holds for every pool holds for platform threads with a queue of lanes.
 */
class LanePlatformWorkerPoolTests extends AbstractWorkerPoolTests {

	@Override
	WorkerPool create(int limit, int capacity) {
		return WorkerPools.create(new WorkerOptions(WorkerMode.POOL, limit, 0, Duration.ofSeconds(60), 1,
				new QueueOptions(capacity, QueueOrder.ADAPTIVE, Duration.ZERO, true), 0));
	}

}
