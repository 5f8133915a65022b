package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;

import io.millrace.core.worker.WorkerMode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QueueAdvisorTests {

	private final QueueAdvisor advisor = new QueueAdvisor();

	@Test
	void aQueueWithoutBoundOfTimeIsNamed() {
		TestSituation situation = new TestSituation().maxWait(Duration.ZERO).requestTimeout(Duration.ZERO);
		assertThat(situation.ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("queue-wait");
			assertThat(advice.severity()).isEqualTo(Advice.Severity.INFO);
			assertThat(advice.why()).contains("81 s");
		});
		assertThat(situation.set("millrace.worker.queue.capacity", 16384).ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.severity()).isEqualTo(Advice.Severity.WARNING));
	}

	@Test
	void oneThatIsBoundedInTimeOneWayOrAnotherIsNot() {
		assertThat(new TestSituation().ids(this.advisor)).isEmpty();
		assertThat(new TestSituation().maxWait(Duration.ZERO).ids(this.advisor)).isEmpty();
		assertThat(new TestSituation().queue(400, Duration.ZERO).requestTimeout(Duration.ZERO).ids(this.advisor))
			.isEmpty();
		assertThat(new TestSituation().maxWait(Duration.ZERO)
			.requestTimeout(Duration.ZERO)
			.worker(WorkerMode.INLINE, 200, 500)
			.ids(this.advisor)).isEmpty();
	}

	@Test
	void aWaitThatNobodyWaitsForIsNamed() {
		assertThat(new TestSituation().maxWait(Duration.ofMinutes(5)).ids(this.advisor))
			.containsExactly("queue-wait-long");
	}

	@Test
	void aWaitThatIsOverInABlinkIsNamed() {
		assertThat(new TestSituation().maxWait(Duration.ofMillis(1)).ids(this.advisor))
			.containsExactly("queue-wait-short");
	}

	@Test
	void aQueueThatIsShorterThanABurstIsNamed() {
		assertThat(
				new TestSituation().set("millrace.worker.queue.capacity", 5).queue(5, Duration.ZERO).ids(this.advisor))
			.containsExactly("queue-short");
	}

}
