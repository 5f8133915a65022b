package io.millrace.core.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link TaskQueue}: which task is next, which one gives way.
 */
class TaskQueueTests {

	private static TaskQueue queue(QueueOrder order, boolean lanes) {
		return TaskQueue.create(new QueueOptions(10, order, Duration.ZERO, lanes), 10);
	}

	private static String drain(TaskQueue queue) {
		StringBuilder names = new StringBuilder();
		Runnable task;
		while ((task = queue.poll()) != null) {
			names.append(task);
		}
		assertThat(queue.isEmpty()).isTrue();
		assertThat(queue.size()).isZero();
		return names.toString();
	}

	private static void offer(TaskQueue queue, Task... tasks) {
		for (Task task : tasks) {
			assertThat(queue.offer(task)).isTrue();
		}
	}

	@Test
	void theOldestIsNextOrTheYoungest() {
		for (boolean lanes : new boolean[] { false, true }) {
			TaskQueue fifo = queue(QueueOrder.FIFO, lanes);
			offer(fifo, new Task("a"), new Task("b"), new Task("c"));
			assertThat(drain(fifo)).isEqualTo("abc");
		}
		TaskQueue lifo = queue(QueueOrder.LIFO, false);
		offer(lifo, new Task("a"), new Task("b"), new Task("c"));
		assertThat(drain(lifo)).isEqualTo("cba");
	}

	@Test
	void anAdaptiveQueueTurnsAroundWhenItHasNotBeenEmptyForLong() {
		TaskQueue queue = queue(QueueOrder.ADAPTIVE, false);
		offer(queue, new Task("a"), new Task("b"));
		assertThat(queue.poll()).hasToString("a");
		List<String> taken = new ArrayList<>();
		Awaitility.await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
			// One goes in and one comes out: the queue is never empty.
			queue.offer(new Task("new"));
			taken.add(String.valueOf(queue.poll()));
			assertThat(taken).endsWith("new", "new", "new");
		});
		assertThat(taken).startsWith("b");
		drain(queue);
		offer(queue, new Task("c"), new Task("d"));
		assertThat(drain(queue)).isEqualTo("cd");
	}

	@ParameterizedTest
	@EnumSource
	void theHighestLaneIsNext(QueueOrder order) {
		TaskQueue queue = queue(order, true);
		offer(queue, new Task("l", Priority.LOW), new Task("n"), new Task("h", Priority.HIGH));
		assertThat(drain(queue)).isEqualTo("hnl");
	}

	@Test
	void theLowestLaneGivesWayAndNobodyToAnEqual() {
		TaskQueue queue = queue(QueueOrder.FIFO, true);
		offer(queue, new Task("1"), new Task("2"), new Task("3", Priority.LOW), new Task("4", Priority.LOW));
		assertThat(queue.displace(new Task("5", Priority.LOW))).isNull();
		assertThat(queue.displace(new Task("6"))).hasToString("4");
		assertThat(queue.displace(new Task("7", Priority.HIGH))).hasToString("3");
		assertThat(queue.displace(new Task("8"))).isNull();
		assertThat(queue.displace(new Task("9", Priority.HIGH))).hasToString("6");
		assertThat(queue.size()).isEqualTo(4);
		assertThat(drain(queue)).isEqualTo("7912");
	}

	@Test
	void whereTheYoungestIsNextTheOldestGivesWay() {
		TaskQueue queue = queue(QueueOrder.LIFO, true);
		offer(queue, new Task("1"), new Task("2"));
		assertThat(queue.displace(new Task("3", Priority.HIGH))).hasToString("1");
		assertThat(drain(queue)).isEqualTo("32");
	}

	@Test
	void withoutLanesNobodyGivesWay() {
		TaskQueue queue = queue(QueueOrder.FIFO, false);
		offer(queue, new Task("1", Priority.LOW));
		assertThat(queue.displace(new Task("2", Priority.HIGH))).isNull();
		assertThat(drain(queue)).isEqualTo("1");
	}

	@Test
	void aSweepTakesOutWhatIsPointlessAndKeepsTheOrderOfTheRest() {
		for (TaskQueue queue : List.of(queue(QueueOrder.FIFO, false), queue(QueueOrder.FIFO, true),
				TaskQueue.createUnbounded(QueueOptions.of(10)))) {
			Task first = new Task("1");
			Task third = new Task("3");
			offer(queue, first, new Task("2"), third, new Task("4"));
			first.pointless = true;
			third.pointless = true;
			assertThat(queue.sweep()).extracting(Object::toString).containsExactly("1", "3");
			assertThat(drain(queue)).isEqualTo("24");
		}
	}

	@Test
	void aQueueThatGetsMoreRoomKeepsItsOrder() {
		TaskQueue queue = TaskQueue.create(QueueOptions.of(2), 2);
		offer(queue, new Task("1"), new Task("2"));
		assertThat(queue.offer(new Task("3"))).isFalse();
		queue.makeRoom(3);
		offer(queue, new Task("3"), new Task("4"), new Task("5"), new Task("6"));
		queue.makeRoom(8);
		offer(queue, new Task("7"), new Task("8"));
		assertThat(queue.size()).isEqualTo(8);
		queue.makeRoom(2);
		assertThat(queue.isEmpty()).isFalse();
		assertThat(drain(queue)).isEqualTo("12345678");
		assertThat(queue.isEmpty()).isTrue();
		offer(queue, new Task("9"));
		assertThat(queue.size()).isOne();
		assertThat(drain(queue)).isEqualTo("9");
	}

	@Test
	void aSweepFindsWhatWasThereBeforeThereWasMoreRoom() {
		for (boolean oldest : new boolean[] { true, false }) {
			TaskQueue queue = TaskQueue.create(QueueOptions.of(2), 2);
			Task first = new Task("1");
			Task third = new Task("3");
			offer(queue, first, new Task("2"));
			queue.makeRoom(4);
			offer(queue, third, new Task("4"));
			first.pointless = true;
			third.pointless = true;
			List<Work> pointless = oldest ? queue.sweepOldest() : queue.sweep();
			assertThat(pointless).extracting(Object::toString).containsExactlyInAnyOrder("1", "3");
			assertThat(drain(queue)).isEqualTo("24");
		}
	}

	@Test
	void thereIsNoMoreRoomThanCanBe() {
		TaskQueue queue = TaskQueue.create(QueueOptions.of(2), 2);
		assertThatIllegalArgumentException().isThrownBy(() -> queue.makeRoom(5_000_000))
			.withMessage("There is room for 4194304 tasks at most that run and wait, and not for 5000000");
		// Known at start, it has no bound of its own.
		assertThat(TaskQueue.create(QueueOptions.of(2), 5_000_000)).isInstanceOf(LinkedTaskQueue.class);
	}

	private static final class Task implements Work {

		private final String name;

		private final Priority priority;

		private boolean pointless;

		Task(String name) {
			this(name, Priority.NORMAL);
		}

		Task(String name, Priority priority) {
			this.name = name;
			this.priority = priority;
		}

		@Override
		public void run() {
		}

		@Override
		public Priority priority() {
			return this.priority;
		}

		@Override
		public boolean isPointless() {
			return this.pointless;
		}

		@Override
		public void displaced() {
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
