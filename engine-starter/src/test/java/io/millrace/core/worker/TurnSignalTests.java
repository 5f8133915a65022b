package io.millrace.core.worker;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link TurnSignal}.
 */
class TurnSignalTests {

	private final Queue<Runnable> endOfTurn = new ArrayDeque<>();

	private int calls;

	private final TurnSignal signal = new TurnSignal(() -> this.calls++);

	private void queue(int tasks) {
		for (int i = 0; i < tasks; i++) {
			this.signal.queued(this.endOfTurn::add);
		}
	}

	private void endTurn() {
		Runnable task;
		while ((task = this.endOfTurn.poll()) != null) {
			task.run();
		}
	}

	@Test
	void workersAreCalledOnceForAllTasksOfATurn() {
		queue(15);
		assertThat(this.calls).isZero();
		assertThat(this.endOfTurn).hasSize(1);
		endTurn();
		assertThat(this.calls).isOne();
	}

	@Test
	void theyAreCalledInEveryTurnThatHasTasks() {
		for (int turn = 1; turn <= 3; turn++) {
			queue(turn);
			endTurn();
			assertThat(this.calls).isEqualTo(turn);
		}
	}

	@Test
	void manyTasksDoNotWaitForTheEndOfTheTurn() {
		queue(16);
		assertThat(this.calls).isOne();
		queue(16);
		assertThat(this.calls).isEqualTo(2);
		endTurn();
		assertThat(this.calls).as("nothing is left at the end").isEqualTo(2);
		queue(1);
		endTurn();
		assertThat(this.calls).isEqualTo(3);
	}

	@Test
	void aLoopThatHasStoppedKeepsNobodyWaiting() {
		for (int i = 1; i <= 3; i++) {
			this.signal.queued((task) -> {
				throw new RejectedExecutionException();
			});
			assertThat(this.calls).isEqualTo(i);
		}
	}

}
