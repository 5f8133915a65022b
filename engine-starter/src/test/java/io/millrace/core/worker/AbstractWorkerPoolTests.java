package io.millrace.core.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for every pool that has threads.
 */
@Timeout(120)
abstract class AbstractWorkerPoolTests {

	private final List<WorkerPool> pools = new ArrayList<>();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void stopPools() {
		this.release.countDown();
		this.pools.forEach((pool) -> pool.stop(Duration.ofSeconds(10)));
	}

	/**
	 * Create a pool.
	 * @param limit how many tasks may run at once
	 * @param capacity how many may wait
	 * @return the pool
	 */
	abstract WorkerPool create(int limit, int capacity);

	final WorkerPool pool(int limit, int capacity) {
		return managed(create(limit, capacity));
	}

	final WorkerPool managed(WorkerPool pool) {
		this.pools.add(pool);
		return pool;
	}

	/** Fill a pool with tasks that wait for the end of the test. */
	final void block(WorkerPool pool, int count) {
		CountDownLatch running = new CountDownLatch(count);
		for (int i = 0; i < count; i++) {
			assertThat(pool.tryExecute(() -> {
				running.countDown();
				await(this.release);
			})).isTrue();
		}
		await(running);
	}

	final void releaseBlocked() {
		this.release.countDown();
	}

	static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).as("awaited").isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static void awaitQuiet(WorkerPool pool) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(1))
			.until(() -> pool.snapshot().busy() == 0 && pool.snapshot().waiting() == 0);
	}

	@Test
	void aTaskIsRunByAThreadOfThePool() {
		WorkerPool pool = pool(1, 1);
		CountDownLatch done = new CountDownLatch(1);
		String[] name = new String[1];
		assertThat(pool.tryExecute(() -> {
			name[0] = Thread.currentThread().getName();
			done.countDown();
		})).isTrue();
		await(done);
		assertThat(name[0]).startsWith("millrace-");
	}

	@Test
	void asManyRunAndWaitAsAreAllowedAndTheNextIsRefused() {
		WorkerPool pool = pool(3, 4);
		AtomicInteger ran = new AtomicInteger();
		for (int round = 0; round < 3; round++) {
			CountDownLatch hold = new CountDownLatch(1);
			CountDownLatch running = new CountDownLatch(3);
			for (int i = 0; i < 7; i++) {
				assertThat(pool.tryExecute(() -> {
					running.countDown();
					await(hold);
					ran.incrementAndGet();
				})).as("task %d of round %d", i, round).isTrue();
			}
			await(running);
			assertThat(pool.tryExecute(ran::incrementAndGet)).isFalse();
			WorkerSnapshot full = pool.snapshot();
			assertThat(full.busy()).isEqualTo(3);
			assertThat(full.waiting()).isEqualTo(4);
			assertThat(full.limit()).isEqualTo(3);
			assertThat(full.capacity()).isEqualTo(4);
			assertThat(full.threads()).isEqualTo(3);
			assertThat(full.refused()).isEqualTo(round + 1);
			hold.countDown();
			awaitQuiet(pool);
			assertThat(ran).hasValue(7 * (round + 1));
		}
	}

	@Test
	void aTaskThatEndsMakesRoomForExactlyOne() {
		WorkerPool pool = pool(2, 1);
		block(pool, 1);
		CountDownLatch hold = new CountDownLatch(1);
		assertThat(pool.tryExecute(() -> await(hold))).isTrue();
		CountDownLatch queued = new CountDownLatch(1);
		assertThat(pool.tryExecute(queued::countDown)).isTrue();
		assertThat(pool.tryExecute(() -> {
		})).isFalse();
		hold.countDown();
		await(queued);
		Awaitility.await().until(() -> pool.snapshot().busy() == 1);
		block(pool, 1);
		assertThat(pool.tryExecute(() -> {
		})).isTrue();
		assertThat(pool.tryExecute(() -> {
		})).isFalse();
	}

	@Test
	void onlyOneThreadAndOnePlaceDo() throws Exception {
		WorkerPool pool = pool(1, 1);
		for (int i = 0; i < 2000; i++) {
			CountDownLatch both = new CountDownLatch(2);
			Runnable task = both::countDown;
			assertThat(pool.tryExecute(task)).isTrue();
			assertThat(pool.tryExecute(task)).isTrue();
			await(both);
			// The thread leaves its last task a moment after that has counted down.
			awaitRoom(pool);
		}
		assertThat(pool.snapshot().threads()).isLessThanOrEqualTo(1);
	}

	private static void awaitRoom(WorkerPool pool) {
		while (pool.snapshot().busy() > 0 || pool.snapshot().waiting() > 0) {
			Thread.yield();
		}
	}

	@Test
	void aTaskThatBlocksDoesNotDelayThoseBehindIt() {
		WorkerPool pool = pool(8, 100);
		block(pool, 7);
		CountDownLatch done = new CountDownLatch(50);
		for (int i = 0; i < 50; i++) {
			assertThat(pool.tryExecute(done::countDown)).isTrue();
		}
		await(done);
	}

	@Test
	void allThatMayRunAtOnceDo() throws Exception {
		WorkerPool pool = pool(16, 16);
		for (int round = 0; round < 200; round++) {
			CyclicBarrier together = new CyclicBarrier(17);
			for (int i = 0; i < 16; i++) {
				assertThat(pool.tryExecute(() -> meet(together))).isTrue();
			}
			together.await(20, TimeUnit.SECONDS);
			awaitRoom(pool);
		}
	}

	static void meet(CyclicBarrier barrier) {
		try {
			barrier.await(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void resumedWorkIsNeverRefusedAndGoesFirst() {
		WorkerPool pool = pool(1, 1);
		List<String> order = new ArrayList<>();
		block(pool, 1);
		assertThat(pool.tryExecute(() -> order.add("new"))).isTrue();
		assertThat(pool.tryExecute(() -> order.add("refused"))).isFalse();
		CountDownLatch resumed = new CountDownLatch(100);
		for (int i = 0; i < 100; i++) {
			pool.resume(() -> {
				order.add("resumed");
				resumed.countDown();
			});
		}
		assertThat(pool.snapshot().waiting()).isEqualTo(101);
		releaseBlocked();
		await(resumed);
		awaitQuiet(pool);
		assertThat(order).hasSize(101).doesNotContain("refused").contains("new");
	}

	@Test
	void whatATaskThrowsHarmsNobody() {
		WorkerPool pool = pool(2, 1000);
		CountDownLatch done = new CountDownLatch(3);
		for (int i = 0; i < 9; i++) {
			int kind = i % 3;
			assertThat(pool.tryExecute(() -> {
				switch (kind) {
					case 0 -> throw new IllegalStateException("A test wants this");
					case 1 -> throw new StackOverflowError("A test wants this");
					default -> done.countDown();
				}
			})).isTrue();
		}
		await(done);
		awaitQuiet(pool);
		assertThat(pool.snapshot().busy()).isZero();
	}

	@Test
	void anInterruptOfOneTaskIsNotSeenByTheNext() {
		WorkerPool pool = pool(1, 10);
		block(pool, 1);
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch done = new CountDownLatch(1);
		pool.tryExecute(() -> Thread.currentThread().interrupt());
		pool.tryExecute(() -> {
			interrupted.set(Thread.currentThread().isInterrupted());
			done.countDown();
		});
		releaseBlocked();
		await(done);
		assertThat(interrupted).isFalse();
	}

	@Test
	void aThreadTakesNothingOverFromTheOneThatStartsIt() throws Exception {
		WorkerPool pool = pool(1, 1);
		InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
		ClassLoader mine = Thread.currentThread().getContextClassLoader();
		String[] seen = { "nothing" };
		ClassLoader[] loader = new ClassLoader[1];
		Thread stranger = new Thread(() -> {
			user.set("alice");
			CountDownLatch done = new CountDownLatch(1);
			pool.resume(() -> {
				seen[0] = user.get();
				loader[0] = Thread.currentThread().getContextClassLoader();
				done.countDown();
			});
			await(done);
		});
		stranger.setContextClassLoader(ClassLoader.getPlatformClassLoader());
		stranger.start();
		stranger.join();
		assertThat(seen[0]).isNull();
		assertThat(loader[0]).isSameAs(mine);
	}

	@Test
	void stopRunsWhatWaitsAndEndsAllThreads() {
		WorkerPool pool = pool(2, 100);
		CountDownLatch hold = new CountDownLatch(1);
		AtomicInteger ran = new AtomicInteger();
		for (int i = 0; i < 50; i++) {
			assertThat(pool.tryExecute(() -> {
				await(hold);
				ran.incrementAndGet();
			})).isTrue();
		}
		hold.countDown();
		pool.stop(Duration.ofSeconds(20));
		assertThat(ran).hasValue(50);
		assertThat(pool.tryExecute(ran::incrementAndGet)).isFalse();
		Awaitility.await().until(() -> pool.snapshot().threads() == 0);
		assertThat(ran).hasValue(50);
	}

	@Test
	void stopInterruptsWhatDoesNotEnd() {
		WorkerPool pool = pool(2, 100);
		AtomicInteger interrupted = new AtomicInteger();
		CountDownLatch running = new CountDownLatch(2);
		for (int i = 0; i < 2; i++) {
			pool.tryExecute(() -> {
				running.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.incrementAndGet();
				}
			});
		}
		await(running);
		pool.stop(Duration.ofMillis(1));
		Awaitility.await().until(() -> pool.snapshot().threads() == 0);
		assertThat(interrupted).hasValue(2);
	}

	@Test
	void whatIsResumedAfterStopIsRunNevertheless() {
		WorkerPool pool = pool(2, 2);
		pool.stop(Duration.ofSeconds(1));
		CountDownLatch done = new CountDownLatch(10);
		for (int i = 0; i < 10; i++) {
			pool.resume(done::countDown);
		}
		await(done);
		Awaitility.await().until(() -> pool.snapshot().threads() == 0);
	}

	@Test
	void aTaskMayStopThePool() {
		WorkerPool pool = pool(2, 2);
		CountDownLatch done = new CountDownLatch(1);
		pool.tryExecute(() -> {
			pool.stop(Duration.ofSeconds(10));
			done.countDown();
		});
		await(done);
	}

	// Pairs meet: each needs two threads at once, and all pairs together as many as there
	// are. A task that is left waiting while a thread is spare leaves its pair waiting.
	final void pairsOfSeveralProducersMeet(WorkerPool pool, int producers, Duration time) throws Exception {
		AtomicInteger met = new AtomicInteger();
		List<Throwable> failures = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		long deadline = System.nanoTime() + time.toNanos();
		for (int p = 0; p < producers; p++) {
			Thread producer = new Thread(() -> {
				try {
					while (System.nanoTime() < deadline) {
						CyclicBarrier pair = new CyclicBarrier(2);
						CountDownLatch both = new CountDownLatch(2);
						Runnable task = () -> {
							meet(pair);
							both.countDown();
						};
						pool.resume(task);
						while (!pool.tryExecute(task)) {
							// The threads of the last round are still leaving.
							Thread.yield();
						}
						await(both);
						met.incrementAndGet();
						pauseNowAndThen();
					}
				}
				catch (Throwable ex) {
					synchronized (failures) {
						failures.add(ex);
					}
				}
			});
			threads.add(producer);
			producer.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failures).isEmpty();
		assertThat(met.get()).isGreaterThan(producers);
		awaitQuiet(pool);
	}

	// So that workers get to lie down, and to retire, at every point of the next round.
	private static void pauseNowAndThen() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		if (random.nextInt(4) == 0) {
			java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(200_000));
		}
	}

	final void everyTaskOfManyRunsOnce(WorkerPool pool, int producers, int tasks) throws Exception {
		AtomicInteger ran = new AtomicInteger();
		AtomicInteger refused = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(producers * tasks);
		List<Thread> threads = new ArrayList<>();
		for (int p = 0; p < producers; p++) {
			Thread producer = new Thread(() -> {
				for (int i = 0; i < tasks; i++) {
					Runnable task = () -> {
						ran.incrementAndGet();
						done.countDown();
					};
					if (i % 16 == 0) {
						pool.resume(task);
					}
					else {
						while (!pool.tryExecute(task)) {
							refused.incrementAndGet();
							Thread.yield();
						}
					}
				}
			});
			threads.add(producer);
			producer.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		await(done);
		awaitQuiet(pool);
		assertThat(ran).hasValue(producers * tasks);
		assertThat(pool.snapshot().refused()).isEqualTo(refused.get());
	}

	@Test
	void everyTaskOfSeveralProducersRunsOnce() throws Exception {
		everyTaskOfManyRunsOnce(pool(8, 64), 4, 50_000);
	}

	@Test
	void whatEventLoopsQueueIsRun() throws Exception {
		WorkerPool pool = pool(8, 100_000);
		List<EventLoop> loops = List.of(new DefaultEventLoop(), new DefaultEventLoop());
		int turns = 2000;
		// More than workers are called for at once, and fewer.
		int perTurn = 20;
		CountDownLatch done = new CountDownLatch(loops.size() * turns * perTurn);
		try {
			for (EventLoop loop : loops) {
				for (int turn = 0; turn < turns; turn++) {
					loop.execute(() -> {
						for (int i = 0; i < perTurn; i++) {
							assertThat(pool.tryExecute(done::countDown, loop)).isTrue();
						}
					});
				}
			}
			await(done);
			awaitQuiet(pool);
		}
		finally {
			loops.forEach((loop) -> loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
		}
	}

	@Test
	void aTaskOfALoopThatHasNoMoreIsRun() throws Exception {
		WorkerPool pool = pool(2, 2);
		EventLoop loop = new DefaultEventLoop();
		try {
			for (int i = 0; i < 500; i++) {
				CountDownLatch done = new CountDownLatch(1);
				loop.execute(() -> pool.tryExecute(done::countDown, loop));
				await(done);
				awaitRoom(pool);
			}
		}
		finally {
			loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
		}
	}

	@Test
	void everyTaskRunsOnceThroughOneThreadAndOnePlace() throws Exception {
		everyTaskOfManyRunsOnce(pool(1, 1), 3, 10_000);
	}

	@Test
	void noTaskIsLeftWaitingWhileAThreadCouldRunIt() throws Exception {
		pairsOfSeveralProducersMeet(pool(8, 8), 4, Duration.ofSeconds(1));
	}

}
