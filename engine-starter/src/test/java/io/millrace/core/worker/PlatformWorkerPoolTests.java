package io.millrace.core.worker;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link PlatformWorkerPool}.
 */
class PlatformWorkerPoolTests extends AbstractWorkerPoolTests {

	@Override
	WorkerPool create(int limit, int capacity) {
		return create(limit, 0, Duration.ofSeconds(60), capacity);
	}

	private static WorkerPool create(int max, int min, Duration keepAlive, int capacity) {
		return WorkerPools.create(new WorkerOptions(WorkerMode.POOL, max, min, keepAlive, 1, capacity));
	}

	@Test
	void noThreadIsStartedBeforeThereIsWork() {
		assertThat(managed(create(8, 4, Duration.ofSeconds(60), 8)).snapshot().threads()).isZero();
	}

	@Test
	void oneTaskAfterTheOtherNeedsOneThread() {
		WorkerPool pool = pool(8, 8);
		for (int i = 0; i < 500; i++) {
			CountDownLatch done = new CountDownLatch(1);
			pool.tryExecute(done::countDown);
			await(done);
			awaitQuiet(pool);
			assertThat(pool.snapshot().threads()).isOne();
		}
	}

	@Test
	void thereAreNeverMoreThreadsThanTasksAtOnce() {
		WorkerPool pool = pool(100, 100);
		AtomicInteger most = new AtomicInteger();
		for (int i = 0; i < 2000; i++) {
			CountDownLatch done = new CountDownLatch(3);
			for (int task = 0; task < 3; task++) {
				pool.tryExecute(done::countDown);
			}
			await(done);
			awaitQuiet(pool);
			most.accumulateAndGet(pool.snapshot().threads(), Math::max);
		}
		assertThat(most.get()).isBetween(1, 3);
	}

	@Test
	void theLastToLieDownIsTheFirstToBeCalled() {
		WorkerPool pool = pool(4, 4);
		block(pool, 4);
		releaseBlocked();
		awaitAsleep(4);
		Set<String> names = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 50; i++) {
			CountDownLatch done = new CountDownLatch(1);
			pool.tryExecute(() -> {
				names.add(Thread.currentThread().getName());
				done.countDown();
			});
			await(done);
			awaitAsleep(4);
		}
		assertThat(names).hasSize(1);
	}

	// Engines of other tests may still be open in this JVM.
	private final Set<Thread> others = Set.copyOf(workers(Set.of()));

	private List<Thread> workers() {
		return workers(this.others);
	}

	private static List<Thread> workers(Set<Thread> others) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("millrace-worker-") && !others.contains(thread))
			.toList();
	}

	private void awaitAsleep(int count) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(1))
			.until(() -> workers().stream()
				.filter((thread) -> thread.getState() == Thread.State.TIMED_WAITING)
				.count() == count);
	}

	@Test
	void idleThreadsRetireDownToTheMinimum() {
		WorkerPool pool = managed(create(8, 3, Duration.ofMillis(20), 8));
		block(pool, 8);
		assertThat(pool.snapshot().threads()).isEqualTo(8);
		releaseBlocked();
		Awaitility.await().until(() -> pool.snapshot().threads() == 3);
		CountDownLatch done = new CountDownLatch(100);
		for (int i = 0; i < 100; i++) {
			while (!pool.tryExecute(done::countDown)) {
				Thread.yield();
			}
		}
		await(done);
		Awaitility.await().until(() -> pool.snapshot().threads() == 3);
	}

	@Test
	void withoutMinimumAllThreadsRetireAndComeBack() {
		WorkerPool pool = managed(create(2, 0, Duration.ofMillis(1), 8));
		for (int i = 0; i < 20; i++) {
			CountDownLatch done = new CountDownLatch(1);
			assertThat(pool.tryExecute(done::countDown)).isTrue();
			await(done);
			Awaitility.await()
				.pollInterval(Duration.ofMillis(1))
				.until(() -> pool.snapshot().threads() == 0 && workers().isEmpty());
		}
	}

	@Test
	void noTaskIsForgottenWhileWorkersRetire() throws Exception {
		pairsOfSeveralProducersMeet(managed(create(8, 0, Duration.ofNanos(1), 8)), 4, Duration.ofSeconds(1));
		pairsOfSeveralProducersMeet(managed(create(6, 2, Duration.ofNanos(50_000), 6)), 3, Duration.ofSeconds(1));
	}

	@Test
	void noTaskIsForgottenByTwoThreads() throws Exception {
		pairsOfSeveralProducersMeet(managed(create(2, 0, Duration.ofNanos(20_000), 1)), 1, Duration.ofSeconds(1));
	}

	@Test
	void threadsAreDaemonsOfNormalPriority() {
		WorkerPool pool = pool(1, 1);
		CountDownLatch done = new CountDownLatch(1);
		Thread[] worker = new Thread[1];
		pool.tryExecute(() -> {
			worker[0] = Thread.currentThread();
			done.countDown();
		});
		await(done);
		assertThat(worker[0].isDaemon()).isTrue();
		assertThat(worker[0].getPriority()).isEqualTo(Thread.NORM_PRIORITY);
		assertThat(worker[0].getName()).isEqualTo("millrace-worker-1");
	}

	@Test
	void withoutAFurtherThreadThoseThatLiveGoOn() {
		AtomicInteger started = new AtomicInteger();
		WorkerPool pool = managed(new PlatformWorkerPool(options(4), (thread) -> {
			if (started.incrementAndGet() > 2) {
				throw new OutOfMemoryError("unable to create native thread (a test wants this)");
			}
			thread.start();
		}));
		block(pool, 2);
		CountDownLatch done = new CountDownLatch(10);
		for (int i = 0; i < 8; i++) {
			assertThat(pool.tryExecute(done::countDown)).isTrue();
		}
		assertThat(pool.tryExecute(done::countDown)).isFalse();
		pool.resume(done::countDown);
		pool.resume(done::countDown);
		assertThat(pool.snapshot().threads()).isEqualTo(2);
		// Not for every task anew: that would cost more than it could bring.
		assertThat(started.get()).isLessThan(10);
		releaseBlocked();
		await(done);
	}

	@Test
	void withoutAnyThreadTasksAreRefusedUntilThereIsOne() {
		AtomicBoolean memory = new AtomicBoolean();
		WorkerPool pool = managed(new PlatformWorkerPool(options(4), (thread) -> {
			if (!memory.get()) {
				throw new OutOfMemoryError("unable to create native thread (a test wants this)");
			}
			thread.start();
		}));
		CountDownLatch done = new CountDownLatch(2);
		assertThat(pool.tryExecute(done::countDown)).isFalse();
		pool.resume(done::countDown);
		assertThat(pool.snapshot().threads()).isZero();
		assertThat(pool.snapshot().refused()).isOne();
		memory.set(true);
		assertThat(pool.tryExecute(done::countDown)).isTrue();
		await(done);
	}

	private static WorkerOptions options(int max) {
		return new WorkerOptions(WorkerMode.POOL, max, 0, Duration.ofSeconds(60), 1, 6);
	}

	@Test
	void aSleepingThreadMayBeInterrupted() {
		WorkerPool pool = pool(2, 2);
		block(pool, 2);
		releaseBlocked();
		awaitAsleep(2);
		for (int i = 0; i < 100; i++) {
			workers().forEach(Thread::interrupt);
			CountDownLatch done = new CountDownLatch(2);
			for (int task = 0; task < 2; task++) {
				assertThat(pool.tryExecute(done::countDown)).isTrue();
			}
			await(done);
			awaitQuiet(pool);
		}
	}

	@Test
	void nothingIsAllocatedForATask() throws Exception {
		com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
		WorkerPool pool = managed(create(4, 4, Duration.ofSeconds(60), 1024));
		AtomicInteger left = new AtomicInteger();
		Runnable task = left::decrementAndGet;
		int tasks = 100_000;
		runAll(pool, task, left, tasks);
		List<Thread> involved = new ArrayList<>(workers());
		involved.add(Thread.currentThread());
		long before = allocated(threads, involved);
		runAll(pool, task, left, tasks);
		// The measuring itself takes a little.
		assertThat((allocated(threads, involved) - before) / tasks).isZero();
	}

	private static void runAll(WorkerPool pool, Runnable task, AtomicInteger left, int tasks) {
		left.set(tasks);
		for (int i = 0; i < tasks; i++) {
			while (!pool.tryExecute(task)) {
				Thread.yield();
			}
		}
		while (left.get() > 0) {
			Thread.yield();
		}
	}

	private static long allocated(com.sun.management.ThreadMXBean threads, List<Thread> involved) {
		return involved.stream().mapToLong((thread) -> threads.getThreadAllocatedBytes(thread.getId())).sum();
	}

}
