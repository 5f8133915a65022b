package io.millrace.benchmarks;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerPools;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Handing 64 tiny tasks, as an event loop does after one poll, to the worker pool and to
 * a plain executor of the same size.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class WorkerHandOffBenchmark {

	private static final int TASKS = 64;

	private WorkerPool pool;

	private ThreadPoolExecutor executor;

	/** Start the threads. */
	@Setup
	public void start() {
		this.pool = WorkerPools.create(new WorkerOptions(WorkerMode.POOL, 200, 10, Duration.ofSeconds(60), 1, 16_384));
		this.executor = new ThreadPoolExecutor(200, 200, 60, TimeUnit.SECONDS, new ArrayBlockingQueue<>(16_384));
	}

	/** Stop the threads. */
	@TearDown
	public void stop() {
		this.pool.stop(Duration.ofSeconds(1));
		this.executor.shutdownNow();
	}

	/**
	 * Our pool.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void workerPool() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(TASKS);
		for (int i = 0; i < TASKS; i++) {
			this.pool.tryExecute(done::countDown);
		}
		done.await();
	}

	/**
	 * The JDK's.
	 * @throws InterruptedException if interrupted
	 */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void threadPoolExecutor() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(TASKS);
		for (int i = 0; i < TASKS; i++) {
			this.executor.execute(done::countDown);
		}
		done.await();
	}

}
