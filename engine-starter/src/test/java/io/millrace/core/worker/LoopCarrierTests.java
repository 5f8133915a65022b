package io.millrace.core.worker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link LoopCarrier}.
 */
@Timeout(120)
@EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "Loops carry virtual threads from JDK 24 on")
class LoopCarrierTests {

	private final TestLoop loop = new TestLoop();

	private final WorkerPool pool = WorkerPools
		.create(new WorkerOptions(WorkerMode.LOOP, 1, 0, Duration.ofSeconds(1), 100, 100));

	private final AtomicBoolean release = new AtomicBoolean();

	@AfterEach
	void close() {
		this.release.set(true);
		this.pool.stop(Duration.ofSeconds(20));
		this.loop.close();
	}

	private void run(Runnable task) {
		assertThat(this.pool.tryExecute(this.loop.work(task))).isTrue();
	}

	/** Run a task that lets nobody else run, until the end of the test. */
	private Thread hold() {
		AtomicReference<Thread> holder = new AtomicReference<>();
		run(() -> {
			holder.set(Thread.currentThread());
			while (!this.release.get()) {
				Thread.onSpinWait();
			}
		});
		Awaitility.await().until(() -> holder.get() != null);
		return holder.get();
	}

	private void awaitLeft(Thread holder) {
		Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> this.loop.carrier().relieve() == holder);
	}

	private void awaitServed() {
		CountDownLatch served = new CountDownLatch(2);
		run(served::countDown);
		this.loop.execute(served::countDown);
		AbstractWorkerPoolTests.await(served);
	}

	@Test
	void whoHoldsTheCarrierIsLeftBehindAndItsThreadComesBack() {
		Thread holder = hold();
		assertThat(this.loop.carrier().running()).isSameAs(holder);
		awaitLeft(holder);
		awaitServed();
		assertThat(this.loop.spare()).isEqualTo(3);
		this.release.set(true);
		Awaitility.await().until(() -> this.loop.spare() == 4);
		awaitServed();
	}

	@Test
	void noMoreAreLeftBehindThanThereMayBeThreads() {
		for (int i = 0; i < 4; i++) {
			awaitLeft(hold());
		}
		Thread fifth = hold();
		for (int i = 0; i < 100; i++) {
			assertThat(this.loop.carrier().relieve()).isNull();
		}
		assertThat(this.loop.carrier().running()).isSameAs(fifth);
		this.release.set(true);
		awaitServed();
		Awaitility.await().until(() -> this.loop.spare() == 4);
	}

	@Test
	void whoGoesOnIsNotLeftBehind() {
		for (int i = 0; i < 200; i++) {
			awaitServed();
			assertThat(this.loop.carrier().relieve()).isNull();
		}
		assertThat(this.loop.spare()).isEqualTo(4);
	}

	@Test
	void whatIsLateIsCarriedByTheJdk() throws Exception {
		CompletableFuture<String> event = new CompletableFuture<>();
		CompletableFuture<String> seen = new CompletableFuture<>();
		CountDownLatch waits = new CountDownLatch(1);
		run(() -> {
			waits.countDown();
			seen.complete(event.join());
		});
		AbstractWorkerPoolTests.await(waits);
		this.loop.close();
		event.complete("late");
		assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("late");
		CountDownLatch later = new CountDownLatch(1);
		this.pool.resume(later::countDown, this.loop);
		AbstractWorkerPoolTests.await(later);
	}

}
