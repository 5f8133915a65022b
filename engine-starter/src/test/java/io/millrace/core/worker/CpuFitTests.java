package io.millrace.core.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link CpuFit} and {@link RunGate}, on real threads.
 */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class CpuFitTests {

	private static final int THREADS = 40;

	private final WorkerPool pool = WorkerPools
		.create(new WorkerOptions(WorkerMode.POOL, THREADS, 0, Duration.ofSeconds(60), 1, 100_000));

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicBoolean over = new AtomicBoolean();

	@AfterEach
	void stop() {
		this.over.set(true);
		this.pool.stop(Duration.ofSeconds(10));
	}

	// As the keeper does; offers what keeps the pool behind.
	private void keepBusy(Runnable task) {
		while (this.pool.snapshot().waiting() < 1000) {
			this.pool.tryExecute(() -> {
				this.running.incrementAndGet();
				try {
					task.run();
				}
				finally {
					this.running.decrementAndGet();
				}
			});
		}
		this.pool.sweep();
	}

	private static void compute() {
		long until = System.nanoTime() + 2_000_000;
		while (System.nanoTime() < until) {
			Thread.onSpinWait();
		}
	}

	private void block() {
		while (!this.over.get()) {
			LockSupport.parkNanos(1_000_000);
		}
	}

	@Test
	void threadsThatComputeAreNotManyMoreThanProcessors() {
		int few = 3 * Runtime.getRuntime().availableProcessors() + 3;
		Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
			keepBusy(CpuFitTests::compute);
			return this.running.get() <= few;
		});
	}

	@Test
	void threadsThatWaitAreAsManyAsThereMayBe() {
		keepBusy(this::block);
		for (int i = 0; i < 20; i++) {
			keepBusy(this::block);
			Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> this.running.get() == THREADS);
		}
	}

	@Test
	void tasksThatWaitForEachOtherFindTheThreadsTheyNeed() throws Exception {
		Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
			keepBusy(CpuFitTests::compute);
			return this.running.get() <= THREADS / 2;
		});
		// All of them have to run at once.
		CountDownLatch all = new CountDownLatch(THREADS);
		for (int i = 0; i < THREADS; i++) {
			this.pool.tryExecute(() -> {
				all.countDown();
				try {
					all.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
		}
		Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
			this.pool.sweep();
			return all.getCount() == 0;
		});
	}

	@Test
	void noTaskIsForgottenWhileTheGateOpensAndCloses() {
		int least = THREADS;
		for (int round = 0; round < 100; round++) {
			CountDownLatch done = new CountDownLatch(300);
			for (int i = 0; i < 300; i++) {
				assertThat(this.pool.tryExecute(() -> {
					long until = System.nanoTime() + 200_000;
					while (System.nanoTime() < until) {
						Thread.onSpinWait();
					}
					done.countDown();
				})).isTrue();
			}
			while (done.getCount() > 0) {
				this.pool.sweep();
				least = Math.min(least, this.pool.snapshot().limit());
				LockSupport.parkNanos(1_000_000);
			}
			this.pool.sweep();
		}
		assertThat(least).isLessThan(THREADS);
	}

	@Test
	void whoWaitsAtTheGateGoesOnWhenItIsRemoved() throws Exception {
		RunGate gate = new RunGate();
		assertThat(gate.enter()).isFalse();
		gate.limit(1);
		assertThat(gate.enter()).isTrue();
		CountDownLatch through = new CountDownLatch(3);
		for (int i = 0; i < 3; i++) {
			new Thread(() -> {
				if (gate.enter()) {
					gate.leave();
				}
				through.countDown();
			}).start();
		}
		assertThat(through.getCount()).isEqualTo(3);
		gate.leave();
		through.await();
		assertThat(gate.enter()).isTrue();
		CountDownLatch last = new CountDownLatch(1);
		new Thread(() -> {
			gate.enter();
			last.countDown();
		}).start();
		gate.remove();
		gate.limit(1);
		last.await();
		assertThat(gate.isOpen()).isTrue();
	}

}
