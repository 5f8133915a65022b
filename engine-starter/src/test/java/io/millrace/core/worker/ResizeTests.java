package io.millrace.core.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.millrace.core.worker.AbstractWorkerPoolTests.await;
import static io.millrace.core.worker.AbstractWorkerPoolTests.awaitQuiet;
import static io.millrace.core.worker.AbstractWorkerPoolTests.meet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Pools of all kinds that are made larger and smaller while they run.
 */
@Timeout(120)
class ResizeTests {

	private final List<WorkerPool> pools = new ArrayList<>();

	private final List<TestLoop> loops = new ArrayList<>();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.release.countDown();
		this.pools.forEach((pool) -> pool.stop(Duration.ofSeconds(10)));
		this.loops.forEach(TestLoop::close);
	}

	static Stream<Kind> kinds() {
		return Stream.of(Kind.values()).filter((kind) -> Runtime.version().feature() >= kind.jdk);
	}

	private ResizableWorkerPool pool(Kind kind, int running, int capacity) {
		return pool(kind, running, capacity, Duration.ofSeconds(60));
	}

	private ResizableWorkerPool pool(Kind kind, int running, int capacity, Duration keepAlive) {
		QueueOptions queue = new QueueOptions(capacity, kind.lanes ? QueueOrder.ADAPTIVE : QueueOrder.FIFO,
				Duration.ZERO, kind.lanes);
		boolean threads = kind.mode == WorkerMode.POOL;
		WorkerPool pool = WorkerPools
			.create(new WorkerOptions(kind.mode, threads ? running : 1, 0, keepAlive, threads ? 1 : running, queue, 0));
		if (kind.mode == WorkerMode.LOOP) {
			this.loops.add(new TestLoop());
			this.loops.add(new TestLoop());
			pool = TestLoop.bind(pool, this.loops.get(0), this.loops.get(1));
		}
		this.pools.add(pool);
		return (ResizableWorkerPool) pool;
	}

	private Blocked block(WorkerPool pool, int count) {
		return new Blocked(pool, count, this.release);
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void aLargerPoolBeginsWhatWaits(Kind kind) {
		ResizableWorkerPool pool = pool(kind, 2, 20);
		block(pool, 2).awaitBegun(2);
		Blocked waiting = block(pool, 8);
		assertThat(waiting.begun()).isZero();
		pool.resize(5, 20);
		waiting.awaitBegun(3);
		assertThat(pool.snapshot().limit()).isEqualTo(5);
		assertThat(pool.snapshot().waiting()).isEqualTo(5);
		pool.resize(20, 20);
		waiting.awaitBegun(8);
		assertThat(pool.snapshot().busy()).isEqualTo(10);
		assertThat(pool.snapshot().waiting()).isZero();
		this.release.countDown();
		awaitQuiet(pool);
		block(pool, 20).awaitBegun(20);
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void aSmallerPoolLetsEndWhatRunsAndThenRunsNoMoreThanItMay(Kind kind) {
		ResizableWorkerPool pool = pool(kind, 6, 50);
		block(pool, 6).awaitBegun(6);
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(40);
		for (int i = 0; i < 40; i++) {
			assertThat(pool.tryExecute(() -> {
				most.accumulateAndGet(now.incrementAndGet(), Math::max);
				LockSupport.parkNanos(100_000);
				now.decrementAndGet();
				done.countDown();
			})).isTrue();
		}
		pool.resize(2, 50);
		assertThat(pool.snapshot().limit()).isEqualTo(2);
		assertThat(pool.snapshot().busy()).isEqualTo(6);
		assertThat(pool.snapshot().waiting()).isEqualTo(40);
		this.release.countDown();
		await(done);
		assertThat(most.get()).isBetween(1, 2);
		awaitQuiet(pool);
		Awaitility.await().until(() -> pool.snapshot().threads() <= 2);
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void whatWaitsIsKeptWhereFewerMayWait(Kind kind) {
		ResizableWorkerPool pool = pool(kind, 1, 10);
		block(pool, 1).awaitBegun(1);
		CountDownLatch done = new CountDownLatch(10);
		for (int i = 0; i < 10; i++) {
			assertThat(pool.tryExecute(done::countDown)).isTrue();
		}
		pool.resize(1, 3);
		assertThat(pool.tryExecute(done::countDown)).isFalse();
		assertThat(pool.snapshot().waiting()).isEqualTo(10);
		assertThat(pool.snapshot().capacity()).isEqualTo(3);
		this.release.countDown();
		await(done);
		awaitQuiet(pool);
		holds(pool, 1, 3);
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void manyMoreMayWaitThanAtStart(Kind kind) {
		ResizableWorkerPool pool = pool(kind, 1, 2);
		block(pool, 1).awaitBegun(1);
		int tasks = 20_000;
		List<Integer> ran = new ArrayList<>();
		CountDownLatch done = new CountDownLatch(tasks);
		int sent = 0;
		// In several steps, each with tasks in it.
		for (int capacity = 2; capacity < 2 * tasks; capacity *= 4) {
			pool.resize(1, capacity);
			while (sent < Math.min(capacity, tasks)) {
				int number = sent++;
				assertThat(pool.tryExecute(() -> {
					ran.add(number);
					done.countDown();
				})).isTrue();
			}
			if (sent == capacity) {
				assertThat(pool.tryExecute(done::countDown)).isFalse();
			}
		}
		assertThat(pool.snapshot().waiting()).isEqualTo(tasks);
		this.release.countDown();
		await(done);
		assertThat(ran).hasSize(tasks).doesNotHaveDuplicates();
		if (!kind.lanes) {
			assertThat(ran).isSorted();
		}
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void whatIsOutOfRangeChangesNothing(Kind kind) {
		ResizableWorkerPool pool = pool(kind, 2, 5);
		assertThatIllegalArgumentException().isThrownBy(() -> pool.resize(0, 5)).withMessageContaining("1");
		assertThatIllegalArgumentException().isThrownBy(() -> pool.resize(2, 0))
			.withMessage("queueCapacity has to be 1 to 1000000, and is 0");
		assertThat(pool.maxRunning()).isEqualTo(2);
		assertThat(pool.queueCapacity()).isEqualTo(5);
		holds(pool, 2, 5);
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void eachTaskRunsOnceOrIsRefusedHoweverOftenTheSizeChanges(Kind kind) throws Exception {
		ResizableWorkerPool pool = pool(kind, 4, 16, Duration.ofMillis(1));
		int producers = 4;
		int tasks = 25_000;
		int most = 12;
		AtomicIntegerArray ran = new AtomicIntegerArray(producers * tasks);
		AtomicInteger accepted = new AtomicInteger();
		AtomicInteger refused = new AtomicInteger();
		AtomicInteger now = new AtomicInteger();
		Queue<String> wrong = new ConcurrentLinkedQueue<>();
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger changes = new AtomicInteger();
		List<Thread> changing = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			changing.add(start(() -> {
				while (!over.get()) {
					ThreadLocalRandom random = ThreadLocalRandom.current();
					pool.resize(1 + random.nextInt(most), 1 + random.nextInt(200));
					changes.incrementAndGet();
					LockSupport.parkNanos(random.nextInt(50_000));
				}
			}));
		}
		List<Thread> producing = new ArrayList<>();
		for (int p = 0; p < producers; p++) {
			int first = p * tasks;
			producing.add(start(() -> {
				for (int i = 0; i < tasks; i++) {
					int number = first + i;
					Runnable task = () -> {
						if (now.incrementAndGet() > most) {
							wrong.add("too many at once");
						}
						ran.incrementAndGet(number);
						now.decrementAndGet();
					};
					if (i % 16 == 0) {
						pool.resume(task);
						accepted.incrementAndGet();
					}
					else if (pool.tryExecute(task)) {
						accepted.incrementAndGet();
					}
					else {
						refused.incrementAndGet();
						ran.set(number, -1);
					}
				}
			}));
		}
		for (Thread thread : producing) {
			thread.join();
		}
		over.set(true);
		for (Thread thread : changing) {
			thread.join();
		}
		awaitQuiet(pool);
		int once = 0;
		for (int i = 0; i < ran.length(); i++) {
			assertThat(ran.get(i)).as("task %d", i).isIn(1, -1);
			once += (ran.get(i) == 1) ? 1 : 0;
		}
		assertThat(wrong).isEmpty();
		assertThat(once).isEqualTo(accepted.get());
		assertThat(pool.snapshot().refused()).isEqualTo(refused.get());
		assertThat(changes.get()).isGreaterThan(10);
		pool.resize(3, 7);
		holds(pool, 3, 7);
	}

	// As AbstractWorkerPoolTests: pairs meet, each of which needs two at once.
	@ParameterizedTest
	@MethodSource("kinds")
	void noTaskIsLeftWaitingWhileOneCouldRunIt(Kind kind) throws Exception {
		int producers = 3;
		ResizableWorkerPool pool = pool(kind, 2 * producers, 8, Duration.ofNanos(50_000));
		AtomicBoolean over = new AtomicBoolean();
		Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
		Thread changing = start(() -> {
			while (!over.get()) {
				ThreadLocalRandom random = ThreadLocalRandom.current();
				pool.resize(2 * producers + random.nextInt(4), 8);
				LockSupport.parkNanos(random.nextInt(50_000));
			}
		});
		AtomicInteger met = new AtomicInteger();
		long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
		List<Thread> producing = new ArrayList<>();
		for (int p = 0; p < producers; p++) {
			producing.add(start(() -> {
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
							Thread.yield();
						}
						await(both);
						met.incrementAndGet();
						LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(100_000));
					}
				}
				catch (Throwable ex) {
					failures.add(ex);
				}
			}));
		}
		for (Thread thread : producing) {
			thread.join();
		}
		over.set(true);
		changing.join();
		assertThat(failures).isEmpty();
		assertThat(met.get()).isGreaterThan(producers);
	}

	@Test
	void threadsThatSleepEndAtOnceWhereThereMayBeFewer() {
		ResizableWorkerPool pool = pool(Kind.POOL, 8, 8);
		Blocked blocked = block(pool, 8);
		blocked.awaitBegun(8);
		this.release.countDown();
		awaitQuiet(pool);
		pool.resize(3, 8);
		Awaitility.await().until(() -> pool.snapshot().threads() == 3);
		holds(pool, 3, 8);
	}

	@Test
	void thereAreNoMoreThreadsThanCouldBeSetAtStart() {
		ResizableWorkerPool pool = pool(Kind.POOL, 2, 5);
		assertThatIllegalArgumentException().isThrownBy(() -> pool.resize(100_001, 5))
			.withMessage("maxThreads has to be 1 to 100000, and is 100001");
		holds(pool, 2, 5);
	}

	// Exactly so many run and wait, and not one more.
	private void holds(ResizableWorkerPool pool, int running, int capacity) {
		CountDownLatch hold = new CountDownLatch(1);
		Blocked blocked = new Blocked(pool, running + capacity, hold);
		blocked.awaitBegun(running);
		assertThat(pool.tryExecute(hold::countDown)).isFalse();
		assertThat(blocked.begun()).isEqualTo(running);
		WorkerSnapshot snapshot = pool.snapshot();
		assertThat(snapshot.limit()).isEqualTo(running);
		assertThat(snapshot.busy()).isEqualTo(running);
		assertThat(snapshot.waiting()).isEqualTo(capacity);
		assertThat(snapshot.capacity()).isEqualTo(capacity);
		hold.countDown();
		blocked.awaitBegun(running + capacity);
		awaitQuiet(pool);
	}

	private static Thread start(Runnable work) {
		Thread thread = new Thread(work);
		thread.start();
		return thread;
	}

	/** A kind of pool. */
	enum Kind {

		POOL(WorkerMode.POOL, false, 17), POOL_WITH_LANES(WorkerMode.POOL, true, 17),

		VIRTUAL(WorkerMode.VIRTUAL, false, 21), VIRTUAL_WITH_LANES(WorkerMode.VIRTUAL, true, 21),

		LOOP(WorkerMode.LOOP, false, 24), LOOP_WITH_LANES(WorkerMode.LOOP, true, 24);

		private final WorkerMode mode;

		private final boolean lanes;

		private final int jdk;

		Kind(WorkerMode mode, boolean lanes, int jdk) {
			this.mode = mode;
			this.lanes = lanes;
			this.jdk = jdk;
		}

	}

	/** Tasks that are held until they are released. */
	private static final class Blocked {

		private final AtomicInteger begun = new AtomicInteger();

		Blocked(WorkerPool pool, int count, CountDownLatch release) {
			for (int i = 0; i < count; i++) {
				assertThat(pool.tryExecute(() -> {
					this.begun.incrementAndGet();
					await(release);
				})).as("task %d", i).isTrue();
			}
		}

		int begun() {
			return this.begun.get();
		}

		void awaitBegun(int count) {
			Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> this.begun.get() == count);
		}

	}

}
