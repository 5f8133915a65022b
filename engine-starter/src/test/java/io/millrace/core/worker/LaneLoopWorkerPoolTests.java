package io.millrace.core.worker;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * What holds for every pool holds for virtual threads that a loop carries, with a queue
 * of lanes.
 */
@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "Loops carry virtual threads from JDK 24 on")
class LaneLoopWorkerPoolTests extends AbstractWorkerPoolTests {

	private final TestLoop loop = new TestLoop();

	@AfterEach
	void closeLoop() {
		stopPools();
		this.loop.close();
	}

	@Override
	WorkerPool create(int limit, int capacity) {
		return TestLoop.bind(WorkerPools.create(new WorkerOptions(WorkerMode.LOOP, 1, 0, Duration.ofSeconds(60), limit,
				new QueueOptions(capacity, QueueOrder.ADAPTIVE, Duration.ZERO, true), 0)), this.loop);
	}

}
