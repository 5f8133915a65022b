package io.millrace.core.worker;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link WaitForecast}.
 */
class WaitForecastTests {

	private static final int RUNNING = 20;

	private static final int CAPACITY = 10_000;

	private final TaskCount tasks = new TaskCount(RUNNING, CAPACITY);

	private final WaitForecast forecast = forecast(Duration.ofMillis(200));

	private long now = 17;

	private WaitForecast forecast(Duration maxWait) {
		return Objects.requireNonNull(
				WaitForecast.create(this.tasks, new QueueOptions(CAPACITY, QueueOrder.FIFO, maxWait, false)));
	}

	private void pass(int millis, int served, boolean waiting) {
		for (int i = 0; i < served; i++) {
			this.tasks.enter();
			this.tasks.leave(true);
		}
		this.now += TimeUnit.MILLISECONDS.toNanos(millis);
		this.forecast.look(waiting, RUNNING, this.now);
	}

	private int capacity() {
		return this.tasks.allowed();
	}

	@Test
	void thereIsNoneWhereTasksMayWaitForAsLongAsTheyLike() {
		assertThat(WaitForecast.create(this.tasks, QueueOptions.of(10))).isNull();
	}

	@Test
	void asManyMayWaitAsAreServedInTheLongestWait() {
		pass(10, 0, true);
		for (int i = 0; i < 10; i++) {
			pass(10, 20, true);
			// 2,000 a second, 200 ms, a part of it for pauses.
			assertThat(capacity()).isBetween(270, 280);
		}
	}

	@Test
	void aQueueThatIsEmptyNowAndThenIsNotShortened() {
		for (int i = 0; i < 20; i++) {
			pass(10, 20, i % 2 == 0);
			assertThat(capacity()).isEqualTo(CAPACITY);
		}
	}

	@Test
	void nothingIsForetoldFromAFewTasks() {
		pass(10, 0, true);
		pass(10, RUNNING - 1, true);
		assertThat(capacity()).isEqualTo(CAPACITY);
		pass(10, 1, true);
		assertThat(capacity()).isLessThan(CAPACITY);
	}

	@Test
	void whatOnlyEndedBecauseItWasLateSaysNothing() {
		pass(10, 0, true);
		for (int i = 0; i < 1000; i++) {
			this.tasks.enter();
			this.tasks.leave(false);
		}
		pass(10, 20, true);
		assertThat(capacity()).isBetween(270, 280);
	}

	@Test
	void tasksThatBeginAndEndTogetherAreSeenAsOften() {
		// 20 at a time, once in half a second: 40 a second.
		int least = CAPACITY;
		int most = 0;
		pass(10, 0, true);
		for (int i = 1; i <= 500; i++) {
			pass(10, (i % 50 == 0) ? 20 : 0, true);
			if (i > 100) {
				least = Math.min(least, capacity());
				most = Math.max(most, capacity());
			}
		}
		assertThat(least).isBetween(2, 6);
		assertThat(most).isBetween(4, 12);
	}

	@Test
	void aPoolThatGetsFasterMayHaveMoreWaiting() {
		pass(10, 0, true);
		for (int i = 0; i < 50; i++) {
			pass(10, 20, true);
		}
		for (int i = 0; i < 50; i++) {
			pass(10, 200, true);
		}
		assertThat(capacity()).isBetween(2000, 2800);
	}

	@Test
	void aPoolThatHasStoppedLetsAFewWait() {
		pass(10, 0, true);
		for (int i = 0; i < 50; i++) {
			pass(10, 20, true);
		}
		for (int i = 0; i < 100_000; i++) {
			pass(10, 0, true);
		}
		assertThat(capacity()).isEqualTo(2);
		pass(10, 20, false);
		assertThat(capacity()).isEqualTo(CAPACITY);
	}

	@Test
	void whatIsAdmittedAndWhatWasServedAreOneNumberAndTwo() {
		TaskCount count = new TaskCount(1, 2);
		for (int i = 0; i < 5; i++) {
			assertThat(count.tryEnter()).isEqualTo(TaskCount.Entry.RUNS);
			assertThat(count.enter()).isEqualTo(TaskCount.Entry.WAITS);
			assertThat(count.admitted()).isEqualTo(2);
			assertThat(count.leave(false)).isTrue();
			assertThat(count.served()).isEqualTo(i);
			assertThat(count.leave(true)).isFalse();
			assertThat(count.admitted()).isZero();
			assertThat(count.served()).isEqualTo(i + 1);
		}
	}

	@Test
	void whatIsAdmittedStaysWhenTheBoundsChange() {
		TaskCount count = new TaskCount(2, 3);
		for (int i = 0; i < 5; i++) {
			assertThat(count.tryEnter()).isEqualTo((i < 2) ? TaskCount.Entry.RUNS : TaskCount.Entry.WAITS);
		}
		count.leave(true);
		count.enter();
		assertThat(count.isFull()).isTrue();
		assertThat(count.resize(4, 3)).isEqualTo(3);
		assertThat(count.admitted()).isEqualTo(5);
		assertThat(count.isFull()).isFalse();
		assertThat(count.resize(6, 3)).isEqualTo(1);
		assertThat(count.tryEnter()).isEqualTo(TaskCount.Entry.RUNS);
		assertThat(count.tryEnter()).isEqualTo(TaskCount.Entry.WAITS);
		assertThat(count.resize(1, 1)).isEqualTo(1);
		assertThat(count.tryEnter()).isEqualTo(TaskCount.Entry.REFUSED);
		assertThat(count.admitted()).isEqualTo(7);
		for (int i = 0; i < 6; i++) {
			assertThat(count.leave(true)).isTrue();
		}
		assertThat(count.leave(true)).isFalse();
		assertThat(count.served()).isEqualTo(8);
		assertThat(count.resize(3, 1)).isEqualTo(-1);
		assertThat(count.tryEnterFree(2)).isTrue();
		assertThat(count.tryEnterFree(2)).isFalse();
	}

	@Test
	void theForecastHoldsForAPoolOfAnotherSize() {
		pass(10, 0, true);
		pass(10, 20, true);
		assertThat(capacity()).isBetween(270, 280);
		this.tasks.resize(RUNNING, 100);
		assertThat(capacity()).isEqualTo(100);
		this.tasks.resize(RUNNING, CAPACITY);
		pass(10, 20, true);
		assertThat(capacity()).isBetween(270, 280);
		this.tasks.resize(2 * RUNNING, CAPACITY);
		pass(10, 20, false);
		assertThat(capacity()).isEqualTo(CAPACITY);
	}

}
