package io.millrace.core.worker;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link VirtualThreads} where there are none.
 */
@EnabledForJreRange(max = JRE.JAVA_20)
class VirtualThreadsTests {

	@Test
	void sayWhichJdkTheyNeedAndWhichThisIs() {
		WorkerOptions options = new WorkerOptions(WorkerMode.VIRTUAL, 1, 0, Duration.ofSeconds(1), 1, 1);
		assertThatExceptionOfType(VirtualThreadsUnavailableException.class)
			.isThrownBy(() -> WorkerPools.create(options))
			.withMessage("Virtual threads need JDK 21 or later, and this is JDK " + Runtime.version().feature());
	}

}
